#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# newer_boost.sh [CTEST_ARGUMENT...]: builds library, tests and examples with the newest Boost that Debian
# has, and runs the tests. Fetches Boost's headers by the name of their package from where this system's
# packages come from, and leaves the system as it is. PARTNER_CENTER_JOBS is how many files to compile at
# once, 1 if not set.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/own_boost.sh"

suite=sid
work=$root/build/newer_boost
"$root/cmake/install-deps.sh" build examples tests

step "Looking for the newest Boost in Debian $suite"
# shellcheck source=/dev/null
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
# shellcheck disable=SC2016 # the format is apt's
uri=$(apt-get indextargets --format '$(ORIGIN) $(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
    awk -v codename="$codename" '$1 == "Debian" && $2 == codename && !found++ {print $3}')
[[ -n $uri ]] || skip "apt has no list of Debian's packages; apt-get update makes one"
mkdir -p "$work"/apt/{lists,cache/archives}/partial
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keyring] $uri $suite main" >"$work/apt/sources.list"
apt_options=(-o "Dir::Etc::sourcelist=$work/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::lists=$work/apt/lists" -o "Dir::Cache=$work/apt/cache" -o Acquire::Languages=none)
apt-get "${apt_options[@]}" -o APT::Sandbox::User=root -o APT::Update::Error-Mode=any --quiet update >&2 ||
    skip "the list of packages of $suite cannot be had"
package=$(apt-cache "${apt_options[@]}" pkgnames libboost1. | grep -E '^libboost1\.[0-9]+-dev$' | sort -V |
    tail -n 1)
[[ -n $package ]] || skip "$suite has no package of Boost's headers"

step "Unpacking $package"
unpack "$work/unpacked" "$package" || skip "$package cannot be had"
version=$(boost_package "$work/package" "$work/unpacked/usr/include")

step "Building with Boost $version"
cmake -S "$root" -B "$work/build" -G Ninja -DBoost_DIR="$work/package" -DCMAKE_BUILD_TYPE=None \
    -DPARTNER_CENTER_INSTALL=OFF \
    -DCMAKE_CXX_FLAGS="-O0 -DBOOST_ASIO_NO_TS_EXECUTORS ${CXXFLAGS-}"
cmake --build "$work/build" -j "${PARTNER_CENTER_JOBS:-1}"

step "Running the tests with Boost $version"
ctest --test-dir "$work/build" --output-on-failure --no-tests=error "$@"
echo "passed with Boost $version"
