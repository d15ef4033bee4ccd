#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# check.sh WAY SOURCE_DIR BUILD_DIR: builds a program in one of the ways a user would, runs it, and looks at
# what it prints. CXX is the compiler, CMAKE is cmake. Command lines and CMake code are those of README.md.
set -euo pipefail

way=$1
source_dir=$2
build_dir=$3
consumers=$source_dir/tests/consumers
work=$build_dir/tests/consumers/$way
installed=$build_dir/tests/consumers/installed
moved=$build_dir/tests/consumers/moved
version=$(sed -n 's/.*VERSION_STRING "\(.*\)"/\1/p' "$source_dir/include/partner_center/version.hpp")

fail() {
    echo "error: $*" >&2
    exit 1
}

# What each of the programs prints.
declare -A printed=(
    [update]="partner_center $version: Redmond, then Tallinn, kept as Tallinn"
    [round_trip]="partner_center $version: "'{"companyName":"Fabrikam","domain":null,"notYetKnown":[1,{}]}'
    [partner_profile]="partner_profile $version"
    [refused]="connection failed in the phase connecting"
)

# expect PROGRAM COMMAND...
expect() {
    local wanted=${printed[$1]} text
    shift
    text=$("$@")
    [[ $text == "$wanted" ]] || fail "'$*' printed '$text', not '$wanted'"
    echo "$text"
}

# The paragraph of README.md's CMake code in which this word is.
readme_cmake() {
    awk -v word="$1" '
        /^```cmake$/ { inside = 1; paragraph = ""; next }
        inside && (/^```$/ || /^$/) { if (index(paragraph, word)) print paragraph; paragraph = "" }
        /^```/ { inside = 0 }
        inside { paragraph = paragraph $0 "\n" }' "$source_dir/README.md" |
        sed "s|/path/to/partner_center|$source_dir|" | grep . || fail "README.md has no CMake code with $1"
}

# project WORD PROGRAM TARGET CMAKE_ARGUMENT...
project() {
    local word=$1 program=$2 target=$3
    shift 3
    cp "$consumers/project/CMakeLists.txt" "$work"
    cp "$consumers/programs/$program.cpp" "$work/app.cpp"
    readme_cmake "$word" >"$work/readme.cmake"
    "$CMAKE" -G Ninja -S "$work" -B "$work/build" -DTARGET="$target" "$@"
    "$CMAKE" --build "$work/build" -j 1
    expect "$program" "$work/build/app"
}

compile() {
    echo "+ $CXX $*"
    "$CXX" "$@"
}

copied_headers() {
    local command
    command=$(grep -o 'g++ -std=c++20 -I include app\.cpp[^`]*' "$source_dir/README.md" | head -n 1) ||
        fail "README.md has no command line for copied headers"
    cp -r "$source_dir/include" "$work"
    cp "$consumers/programs/update.cpp" "$work/app.cpp"
    cd "$work"
    bash -xc "\"\$CXX\" ${command#g++ }"
    expect update ./a.out
}

install() {
    rm -rf "$installed" "$moved"
    "$CMAKE" --install "$build_dir" --prefix "$installed" | tail -n 1
    # What helps to debug the program names its sources.
    if grep -rl --exclude-dir=bin -e "$installed" -e "$source_dir/" "$installed"; then
        fail "these installed files name the place they came from"
    fi
    cp -r "$installed" "$moved"
    [[ -x $build_dir/examples/partner_profile/partner_profile ]] || return 0
    expect partner_profile "$moved/bin/partner_profile" --version
    local file
    for file in man/man1/partner_profile.1 bash-completion/completions/partner_profile \
        zsh/site-functions/_partner_profile; do
        [[ -s $moved/share/$file ]] || fail "$file is not installed"
    done
}

pkg_config() {
    local text
    export PKG_CONFIG_PATH=$moved/share/pkgconfig
    text=$(pkg-config --modversion partner_center)
    [[ $text == "$version" ]] || fail "pkg-config says version $text, the headers $version"
    ! pkg-config --exists "partner_center > $version" || fail "pkg-config takes $version for a newer one"
    # Without -r, so that the backslashes that pkg-config puts before spaces in a path are understood.
    # shellcheck disable=SC2162
    read -a flags <<<"$(pkg-config --cflags --libs partner_center)"
    compile -std=c++23 "$consumers/programs/update.cpp" "${flags[@]}" -o "$work/app"
    expect update "$work/app"
}

versions() {
    local major=$((${version%%.*} + 1)) text
    "$CMAKE" -G Ninja -S "$consumers/versions" -B "$work/build" -DVERSION="$version" \
        "-DCMAKE_PREFIX_PATH=$moved"
    if text=$("$CMAKE" -S "$consumers/versions" -B "$work/build" -DWANTED="$major.0" 2>&1); then
        fail "$major.0 is asked for, and $version taken"
    fi
    text=$(tr -s ' \n' ' ' <<<"$text") # CMake breaks lines by their length
    [[ $text == *"\"partner_center\" that is compatible with requested version \"$major.0\""* &&
        $text == *"version: $version"* ]] || fail "a version that is not there is refused by: $text"
}

# Two of the files include every public header, one from another one on and backwards. The others include
# different ones of those that cost little.
many_files() {
    local headers=() light=() names=() count=20 number i k
    cd "$source_dir/include"
    mapfile -t headers < <(find . -name '*.hpp' -not -path '*/detail/*' -not -name src.hpp -printf '%P\n' |
        sort)
    for i in "${headers[@]}"; do
        [[ $("$CXX" -std=c++20 -I . -M -x c++ "$i") == *boost/asio/* ]] || light+=("$i")
    done
    for ((number = 0; number < count; number++)); do
        if ((number % 10 == 0)); then names=("${headers[@]}"); else names=("${light[@]}"); fi
        {
            for ((k = 0; k < ${#names[@]}; k++)); do
                i=$(((k + number * 2) % ${#names[@]}))
                ((number % 20 < 10)) || i=$((${#names[@]} - 1 - i))
                ((number % 10 != 0 && i * (number + 1) % 7 > 3)) || echo "#include <${names[i]}>"
            done
            echo "int number_of_file_$number();"
            echo "int number_of_file_$number() { return $number; }"
        } >"$work/file_$number.cpp"
    done
    echo "${#headers[@]} headers, ${#light[@]} of them without the network, in $count files"
    [[ ${#light[@]} -gt 0 && ${#light[@]} -lt ${#headers[@]} ]] || fail "headers are not told apart"
    cp "$consumers/programs/round_trip.cpp" "$work/main.cpp"
    compile -std=c++20 -I . "$work"/*.cpp -lboost_json -lssl -lcrypto -pthread -o "$work/app"
    expect round_trip "$work/app"
}

own_json() {
    local part
    for part in update library own_json; do
        compile -std=c++20 -fno-rtti -DPARTNER_CENTER_SEPARATE_COMPILATION -I "$source_dir/include" \
            -c "$consumers/programs/$part.cpp" -o "$work/$part.o"
    done
    compile "$work"/*.o -lssl -lcrypto -pthread -o "$work/app"
    expect update "$work/app"
}

rm -rf "$work"
mkdir -p "$work"
case $way in
install | copied_headers | pkg_config | versions | many_files | own_json) "$way" ;;
add_subdirectory)
    ln -s "$source_dir" "$work/partner_center"
    project "$way" update testing_compiled
    ;;
fetch_content) project FetchContent refused compiled ;;
find_package) project "$way" round_trip partner_center "-DCMAKE_PREFIX_PATH=$installed" ;;
find_package_moved) project find_package update partner_center "-DCMAKE_PREFIX_PATH=$moved" ;;
*) fail "unknown way: $way" ;;
esac
