#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# search_for_secrets.sh FOLDER [LOG...]: searches what the tests wrote down of calls and events, and their
# logs, for a token, a secret, an assertion or a key. All of these can be told by their form: the emulator's
# begin with what they are, and the tests' own with "fake".
set -euo pipefail

folder=$1
shift
secrets='(access|refresh|secret|device)\.[0-9a-fA-F]{8}-|fake[-~]|eyJ[A-Za-z0-9_-]{8,}\.|PRIVATE KEY'

# The search itself has to work: these are what it looks for.
for example in access.0123abcd- refresh.0123abcd- secret.0123abcd- device.0123abcd- fake-token fake~secret \
    eyJhbGciOiJQUzI1NiJ9. 'BEGIN PRIVATE KEY'; do
    grep -qE "$secrets" <<<"$example" || { echo "the search does not find $example"; exit 1; }
done

shopt -s nullglob
files=("$folder"/*.txt)
[[ ${#files[@]} -gt 0 ]] || { echo "nothing was written down in $folder"; exit 1; }
calls=$(cat "${files[@]}" | grep -c '^call' || true)
events=$(cat "${files[@]}" | grep -c '^event' || true)
errors=$(cat "${files[@]}" | grep -c '^call.* failed: ' || true)
tokens=$(cat "${files[@]}" | grep -c '/token' || true)
echo "searched what was written down of $calls calls ($errors failed) and $events events ($tokens of tokens), and" \
    "$# logs"
[[ $calls -gt 1000 && $errors -gt 100 && $events -gt 100 && $tokens -gt 10 ]] || {
    echo "that is too little to tell anything"
    exit 1
}
if grep -nE "$secrets" "${files[@]}" "$@"; then
    echo "these are secrets"
    exit 1
fi
