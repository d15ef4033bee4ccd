#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# check.sh WAY SOURCE_DIR BUILD_DIR: builds and runs the consumer in one of the ways a user would.
set -euo pipefail

way=$1
source_dir=$2
build_dir=$3
consumer=$source_dir/tests/install/consumer
work=$build_dir/tests/install/$way
prefix=$build_dir/tests/install/moved

build_consumer() {
    "$CMAKE" -G Ninja -S "$consumer" -B "$work" "$@"
    "$CMAKE" --build "$work"
    "$work/consumer"
}

rm -rf "$work"
case $way in
install)
    rm -rf "$prefix"
    "$CMAKE" --install "$build_dir" --prefix "$work"
    mv "$work" "$prefix"
    if grep -rl -e "$work" -e "$source_dir/" "$prefix"; then
        echo "these installed files name the place they came from"
        exit 1
    fi
    ;;
find_package)
    build_consumer "-DCMAKE_PREFIX_PATH=$prefix"
    ;;
pkg_config)
    mkdir -p "$work"
    export PKG_CONFIG_PATH=$prefix/share/pkgconfig
    # Without -r, so that the backslashes that pkg-config puts before spaces in a path are understood.
    # shellcheck disable=SC2162
    read -a flags <<<"$(pkg-config --cflags --libs partner_center)"
    "$CXX" -std=c++20 "$consumer/main.cpp" "${flags[@]}" -o "$work/consumer"
    "$work/consumer"
    ;;
add_subdirectory)
    build_consumer "-DPARTNER_CENTER_SOURCE_DIR=$source_dir"
    ;;
*)
    echo "unknown way: $way" >&2
    exit 2
    ;;
esac
