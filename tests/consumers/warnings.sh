#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# warnings.sh SOURCE_DIR WORK_DIR: the headers are ordinary ones (-I, not -isystem) of a program whose
# warnings are errors, all that a library can satisfy. CXX is the compiler, CXXFLAGS replaces -O0.
set -euo pipefail

source_dir=$1
work=$2
programs=$source_dir/tests/consumers/programs

clang_flags=(
    -Weverything
    # This is C++20, and says so.
    -Wno-c++98-compat -Wno-c++98-compat-pedantic
    # Tells of every struct that is not as long as its members.
    -Wno-padded
    # A header-only library has no other place for its virtual functions.
    -Wno-weak-vtables
    # Wants every pointer that moves replaced by a container, std::from_chars(begin, end) included.
    -Wno-unsafe-buffer-usage
    # std::lock_guard has no deduction guide of its own; it needs none.
    -Wno-ctad-maybe-unsupported
    # Wants a default in a switch over all enumerators, where -Wcovered-switch-default wants none. Without
    # one, -Wswitch tells of an enumerator that was forgotten.
    -Wno-switch-default
    # OpenSSL's macros for stacks use functions that it marks unused.
    -Wno-used-but-marked-unused
)
# Not among them, for g++ 12 reports what it makes of coroutines itself: -Wswitch-default,
# -Wzero-as-null-pointer-constant; and the conditions of the standard library's noexcept: -Wnoexcept. In
# optimized builds it takes any std::shared_ptr that it does not see set for null: -Wnull-dereference.
gcc_flags=(
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Warith-conversion -Wdouble-promotion
    -Wfloat-equal -Wshadow -Wold-style-cast -Wuseless-cast -Wcast-align=strict -Wcast-qual
    -Wduplicated-cond -Wduplicated-branches -Wlogical-op -Wswitch-enum -Wimplicit-fallthrough=5
    -Woverloaded-virtual -Wnon-virtual-dtor -Wsuggest-override -Wextra-semi -Wdeprecated-copy-dtor
    -Wcatch-value=3 -Wredundant-tags -Wmismatched-tags -Wcomma-subscript -Wvolatile -Wctor-dtor-privacy
    -Wstrict-null-sentinel
    -Wformat=2 -Wformat-signedness -Wundef -Wunused -Wunused-macros -Wunused-const-variable=2
    -Wredundant-decls -Wmissing-declarations -Wdate-time -Walloca -Wvla -Wplacement-new=2
    -Wconditionally-supported
)

if "$CXX" --version | grep clang >/dev/null; then
    flags=("${clang_flags[@]}")
else
    flags=("${gcc_flags[@]}")
fi
# shellcheck disable=SC2206 # CXXFLAGS is a list of words
flags+=(-Werror -std=c++20 ${CXXFLAGS--O0} -DBOOST_ASIO_NO_DEPRECATED -DBOOST_ASIO_NO_TS_EXECUTORS
    -I "$source_dir/include")

rm -rf "$work"
mkdir -p "$work"
echo "+ $CXX ${flags[*]}"
# All that there is, as one file; and a program, header-only.
"$CXX" "${flags[@]}" -DPARTNER_CENTER_SEPARATE_COMPILATION -c "$programs/library.cpp" -o "$work/library.o"
"$CXX" "${flags[@]}" "$programs/update.cpp" -lboost_json -lssl -lcrypto -pthread -o "$work/app"
"$work/app" | tee "$work/output"
grep -q ': Redmond, then Tallinn, kept as Tallinn$' "$work/output"
