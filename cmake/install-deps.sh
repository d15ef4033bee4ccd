#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# install-deps.sh GROUP...: installs the Debian 12 packages of these groups that are missing.
# Does nothing, and needs no rights, when all are there.
set -euo pipefail

declare -A groups=(
    [build]="g++ cmake ninja-build pkg-config libboost1.81-dev libboost-json1.81-dev libssl-dev ca-certificates"
    [examples]="libcli11-dev"
    [tests]="doctest-dev nginx-light"
    [clang]="clang-19"
    [tsan]="clang-19 libclang-rt-19-dev llvm-19"
)

usage() {
    echo "usage: ${0##*/} GROUP..., where GROUP is one of: ${!groups[*]}" >&2
    exit 2
}

is_installed() {
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# A program the tests start by themselves must not become a server of this machine: Debian's package would
# start nginx on port 80 now and at every boot. `update-rc.d nginx enable` brings that back.
install_without_starting_nginx() {
    local systemd=
    if [[ -d /run/systemd/system ]]; then
        systemd=yes
        "${as_root[@]}" systemctl mask --runtime --quiet nginx.service
    fi
    local status=0
    install_packages "$@" || status=$?
    if [[ -n $systemd ]]; then
        "${as_root[@]}" systemctl unmask --runtime --quiet nginx.service
    fi
    [[ $status -ne 0 ]] || "${as_root[@]}" update-rc.d nginx disable
    return "$status"
}

install_packages() {
    # RUNLEVEL=1 tells the service scripts of systems without systemd that this is no time to start.
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
        apt-get install --yes --quiet --no-install-recommends "$@"
}

[[ $# -gt 0 ]] || usage
missing=()
for group in "$@"; do
    [[ -v groups[$group] ]] || usage
    for package in ${groups[$group]}; do
        is_installed "$package" || missing+=("$package")
    done
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

echo "installing ${missing[*]}"
as_root=()
if [[ $EUID -ne 0 ]]; then
    command -v sudo >/dev/null || {
        echo "error: installing packages needs root or sudo. As root, run: apt-get install ${missing[*]}" >&2
        exit 1
    }
    as_root=(sudo)
fi

"${as_root[@]}" apt-get update --quiet
if [[ " ${missing[*]} " == *" nginx-light "* ]] && ! is_installed nginx; then
    install_without_starting_nginx "${missing[@]}"
else
    install_packages "${missing[@]}"
fi
