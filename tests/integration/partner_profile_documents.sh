#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# partner_profile_documents.sh PROGRAM FOLDER: what the shells complete and the manual page tells are the
# options and the exit statuses that `partner_profile --help` tells.
set -euo pipefail

program=$1
folder=$2
commands="get set edit validate diff emulate sign-in"
failures=0

# same WHAT EXPECTED ACTUAL
same() {
    [[ $2 == "$3" ]] && return
    echo "FAILED: $1: '<' has what --help tells"
    diff <(echo "$2") <(echo "$3") || true
    failures=$((failures + 1))
}

options_in() { { grep -oE -e '(^|[ ,])--[a-z-]+' || true; } | tr -d ' ,' | LC_ALL=C sort -u; }
# Of the column on the left: texts name options, too.
help_options() { "$program" "$@" --help | grep -E '^  -' | grep -oE '^  (-h,)?--[a-z-]+' | options_in; }

bash_options() {
    bash -c '
        . "$1"
        COMP_WORDS=(partner_profile "${@:2}" --)
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _partner_profile
        printf "%s\n" "${COMPREPLY[@]}"' - "$folder/partner_profile.bash" "$@" | options_in
}

zsh_options() {
    zsh -f -c '
        _arguments() { print -l -- "$@"; }
        words=(partner_profile "${@:2}" --)
        CURRENT=$#words
        . "$1"' - "$folder/_partner_profile" "$@" | sed -E 's/^(\*?)(--[a-z-]+).*/\2/' | options_in
}

zsh -n "$folder/_partner_profile"
for command in "" $commands; do
    wanted=$(help_options $command)
    [[ $wanted == *--help* ]] || { echo "FAILED: $command --help tells no options"; exit 1; }
    same "bash, $command" "$wanted" "$(bash_options $command)"
    same "zsh, $command" "$wanted" "$(zsh_options $command)"
done

completes() {
    local wanted=$1
    shift
    local actual
    actual=$(bash -c '
        . "$1"
        COMP_WORDS=("${@:2}")
        COMP_CWORD=$(($# - 2))
        _partner_profile
        echo "${COMPREPLY[*]}"' - "$folder/partner_profile.bash" "$@")
    [[ $actual == "$wanted" ]] || {
        echo "FAILED: '$*' is completed to '$actual' instead of '$wanted'"
        failures=$((failures + 1))
    }
}
completes "set sign-in" partner_profile s
completes "always" partner_profile diff --color al
completes "always" partner_profile diff --color = al
completes "auto always never" partner_profile diff --color =
completes "us_government" partner_profile get --cloud us
completes "defaultAddress.phoneNumber=" partner_profile set defaultAddress.ph
completes "companyName" partner_profile set --unset comp
completes "--authority" partner_profile emulate --au
completes "--port" partner_profile emulate --authority --por
completes "" partner_profile get --token x

all=$(for command in "" $commands; do help_options $command; done | LC_ALL=C sort -u)
page=$folder/partner_profile.1
told=$(sed -n '/^\.SH OPTIONS/,/^\.SH EXIT STATUS/p' "$page" |
    grep -E '^\.BI? ' | sed 's/\\-/-/g' | options_in)
same "the manual page's options" "$all" "$told"
statuses=$("$program" --help | sed -n 's/^ *\([0-9][0-9]*\)  \(.*\)/\1 \2/p' | grep -v '^129')
told=$(sed -n '/^\.SH EXIT STATUS/,/^\.SH ENV/p' "$page" | sed -n '/^\.B [0-9]/{s/^\.B //;N;s/\n/ /;p}' |
    grep -vE '^(129|130|143) ')
same "the manual page's exit statuses" "$statuses" "$told"
mandoc -T lint -W warning "$page" || {
    echo "FAILED: the manual page is not in order"
    failures=$((failures + 1))
}
# Bold letters are printed twice, with a backspace in between.
[[ $(mandoc -T ascii "$page" | sed 's/.\x08//g') == *"partner_profile get [--json] [service options]"* ]] || {
    echo "FAILED: the manual page does not begin with a synopsis"
    failures=$((failures + 1))
}

[[ $failures -eq 0 ]]
echo "bash, zsh and the manual page have what --help tells"
