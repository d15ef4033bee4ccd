#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# install-deps.sh GROUP...: installs the Debian 12 packages of these groups that are missing.
# Does nothing, and needs no rights, when all are there.
set -euo pipefail

declare -A groups=(
    [build]="g++ cmake ninja-build pkg-config libboost1.81-dev libboost-json1.81-dev libssl-dev ca-certificates"
    [examples]="doctest-dev libboost-context1.81-dev libcli11-dev"
    [tests]="doctest-dev haproxy nginx-light tinyproxy-bin nodejs npm mandoc zsh"
    [benchmarks]="nginx-light openssl libcurl4-openssl-dev libcpp-httplib-dev valgrind python3"
    [network]="iproute2 nftables haproxy nginx-light nodejs python3 python3-h11"
    [docs]="doxygen python3"
    [mutants]="python3"
    [browser]="chromium fonts-dejavu-core"
    [coverage]="clang-19 libclang-rt-19-dev llvm-19 python3"
    [clang]="clang-19"
    [sanitizers]="clang-19 libclang-rt-19-dev llvm-19"
)

usage() {
    echo "usage: ${0##*/} GROUP..., where GROUP is one of: ${!groups[*]}" >&2
    exit 2
}

is_installed() {
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# Some builds of nodejs come with npm, and do not get along with the package of that name.
is_there() {
    is_installed "$1" || { [[ $1 == npm ]] && command -v npm >/dev/null; }
}

# Programs the tests start by themselves must not become servers of this machine: Debian's packages would start
# them now and at every boot. `update-rc.d NAME enable` brings that back.
declare -A services=([haproxy]=haproxy [nginx-light]=nginx)

# The services among the missing packages that nobody has installed before, by whichever package.
new_services() {
    local package
    for package in "$@"; do
        if [[ -v services[$package] ]] && ! is_installed "${services[$package]}"; then
            echo "${services[$package]}"
        fi
    done
}

install_without_starting_services() {
    local names name status=0
    mapfile -t names < <(new_services "$@")
    if [[ -d /run/systemd/system ]]; then
        for name in "${names[@]}"; do
            "${as_root[@]}" systemctl mask --runtime --quiet "$name.service"
        done
    fi
    install_packages "$@" || status=$?
    for name in "${names[@]}"; do
        if [[ -d /run/systemd/system ]]; then
            "${as_root[@]}" systemctl unmask --runtime --quiet "$name.service"
        fi
        [[ $status -ne 0 ]] || "${as_root[@]}" update-rc.d "$name" disable
    done
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
        is_there "$package" || missing+=("$package")
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
install_without_starting_services "${missing[@]}"
