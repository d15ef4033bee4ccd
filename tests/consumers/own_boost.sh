# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# For scripts that build the project with packages that are unpacked beside the system instead of installed:
# sourced by newer_boost.sh and libcxx.sh, which set apt_options and use root.
# shellcheck shell=bash disable=SC2034,SC2154

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

step() { echo "==> $*" >&2; }

skip() {
    echo "skipped: $*" >&2
    exit 77
}

# unpack FOLDER PACKAGE...: downloads with the options in apt_options and unpacks; nothing is installed.
unpack() {
    local folder=$1
    shift
    rm -rf "$folder"
    mkdir -p "$folder/packages"
    (cd "$folder/packages" && apt-get "${apt_options[@]}" -o APT::Sandbox::User=root --quiet download "$@") ||
        return 1
    local package
    for package in "$folder"/packages/*.deb; do
        dpkg-deb -x "$package" "$folder"
    done
}

# boost_package FOLDER INCLUDE_DIR: makes a CMake package of the Boost in INCLUDE_DIR, whose Boost.JSON is
# compiled by whoever uses it: the libraries of another distribution or of another standard library do not
# link here. Prints the version.
boost_package() {
    local folder=$1 include_dir=$2 number version
    number=$(awk '/^#define BOOST_VERSION /{print $3}' "$include_dir/boost/version.hpp")
    version=$((number / 100000)).$((number / 100 % 1000)).$((number % 100))
    mkdir -p "$folder"
    echo '#include <boost/json/src.hpp>' >"$folder/json.cpp"
    cat >"$folder/BoostConfig.cmake" <<END
if(NOT TARGET Boost::headers)
    add_library(Boost::headers INTERFACE IMPORTED GLOBAL)
    target_include_directories(Boost::headers SYSTEM INTERFACE "$include_dir")
    add_library(boost_json_from_source STATIC \${CMAKE_CURRENT_LIST_DIR}/json.cpp)
    target_compile_features(boost_json_from_source PUBLIC cxx_std_20)
    target_link_libraries(boost_json_from_source PUBLIC Boost::headers)
    add_library(Boost::json ALIAS boost_json_from_source)
endif()
set(Boost_headers_FOUND TRUE)
set(Boost_json_FOUND TRUE)
END
    cat >"$folder/BoostConfigVersion.cmake" <<END
set(PACKAGE_VERSION $version)
if(NOT PACKAGE_FIND_VERSION VERSION_GREATER PACKAGE_VERSION)
    set(PACKAGE_VERSION_COMPATIBLE TRUE)
endif()
END
    echo "$version"
}
