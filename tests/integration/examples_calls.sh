#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# examples_calls.sh BIN_DIR EXAMPLE: runs one of the short example programs, on its own and against an emulator,
# with success and without, and looks at what it prints and what becomes of the profile. Status 77 when the
# example is not built, or a program is missing for a part of the test; 1 instead where PARTNER_CENTER_NO_SKIPS
# is set.
set -euo pipefail

bin=$(cd "$1" && pwd)
example=$2
program=$bin/$example
skip() {
    if [[ -n ${PARTNER_CENTER_NO_SKIPS:-} ]]; then
        echo "FAILED: must not be skipped (PARTNER_CENTER_NO_SKIPS): $1" >&2
        exit 1
    fi
    echo "skipped: $1"
    exit 77
}
[[ -x $program ]] || skip "$example is not built"
rest_is_skipped= # why, when a part is
. "$(dirname "${BASH_SOURCE[0]}")/fixtures/example_programs.sh"
unset PARTNER_CENTER_TOKENS PARTNER_CENTER_CLOUD PROXY_USERNAME PROXY_PASSWORD
unset PARTNER_CENTER_CERTIFICATE_FILE PARTNER_CENTER_KEY_FILE PARTNER_CENTER_KEY_PASSPHRASE

# With neither token nor base URL it starts an emulator, and prints these words.
works_on_its_own() {
    expect 0 "$program"
    prints "has started at https://localhost:"
    prints "$1"
    grep -qF -e "$1" stdout || fail "the standard output lacks '$1'"
}
has_profile() {
    expect 0 "$bin/get_profile" --json
    prints "$1"
}
# What goes wrong is told, is the exit status, and changes nothing.
fails_honestly() {
    expect 0 "$bin/get_profile" --json
    cp stdout before
    PARTNER_CENTER_TOKEN=not.the.token expect 1 "$program"
    prints "401"
    prints "request id"
    PARTNER_CENTER_CA_FILE='' expect 1 "$program"
    prints "certificate"
    PARTNER_CENTER_TOKEN='' expect 2 "$program"
    prints "a base URL is set but no token"
    PARTNER_CENTER_BASE_URL=http://localhost expect 2 "$program"
    prints "https"
    expect 0 "$bin/get_profile" --json
    cmp -s stdout before || fail "a failed call changed the profile"
    ! "$program" >/dev/full 2>stderr || fail "$example did not notice that it cannot write"
    echo not.the.token >>tokens
}

# changes MEMBER PRINTED: the example sets this member, and prints these words.
changes() {
    works_on_its_own "$2"
    start_emulator
    expect 0 "$program"
    prints "$2"
    has_profile "$1"
}

# Until somebody is connected to the emulator, which answers later.
wait_for_connection() {
    local port=${PARTNER_CENTER_BASE_URL##*:} hex i
    printf -v hex '%04X' "$port"
    for ((i = 0; i != 200; ++i)); do
        ! grep -qE "^ *[0-9]+: 0100007F:$hex [0-9A-F]{8}:[0-9A-F]{4} 01 " /proc/net/tcp || return 0
        sleep 0.05
    done
    fail "$example did not connect to the emulator"
}

coroutine() {
    changes '"phoneNumber":"4255550101"' "The phone number is 4255550101."
    fails_honestly
}

callback() {
    changes '"phoneNumber":"4255550102"' "The phone number is 4255550102 (request "
    fails_honestly
}

future() {
    works_on_its_own "Company: TEST_TEST_BugBash1"
    start_emulator
    expect 0 "$bin/update_profile" --set companyName=Contoso
    expect 0 "$program"
    prints "Company: Contoso"
    fails_honestly
}

as_tuple() {
    changes '"city":"Bellevue"' "The city is Bellevue."
    fails_honestly
    cp "$PARTNER_CENTER_CA_FILE" ca.pem
    stop_emulator TERM
    PARTNER_CENTER_CA_FILE=ca.pem expect 1 "$program"
    prints "Try again later: "
}

timeout() {
    changes '"phoneNumber":"4255550103"' "The phone number is changed."
    fails_honestly
    stop_emulator TERM
    start_emulator --delay-ms 60000
    expect 1 "$program"
    prints "no answer within 2 seconds"
    stop_emulator TERM
    # The read is in time; what the change consists of is not.
    start_emulator --delay-ms 1100
    expect 1 "$program"
    prints "Company: "
    prints "the call's time is over"
    prints "the change may have been applied"
}

cancellation() {
    changes '"language":"en"' "The language is en."
    fails_honestly
    stop_emulator TERM
    start_emulator --delay-ms 60000
    "$program" >output 2>&1 &
    other_pid=$!
    wait_for_connection
    kill -TERM "$other_pid"
    local status=0
    wait "$other_pid" || status=$?
    other_pid=
    [[ $status -eq 1 ]] || fail "it ended with $status when it was cancelled"
    prints "Cancelled; nothing was changed."
}

thread_pool() {
    works_on_its_own "100 calls, 0 failures, "
    start_emulator
    expect 0 "$program"
    [[ $(<stdout) =~ ^100\ calls,\ 0\ failures,\ [1-8]\ connections$ ]] || fail "another summary"
    PARTNER_CENTER_TOKEN=not.the.token expect 1 "$program"
    prints "100 calls, 100 failures, "
    [[ $(grep -c '^GET https://localhost:.* 401' stderr) -eq 100 ]] || fail "not 100 whole lines"
}

stackful() {
    changes '"city":"Kirkland"' "The city is Kirkland."
    fails_honestly
}

many_partners() {
    works_on_its_own "Partner 1: TEST_TEST_BugBash1"
    start_emulator
    PARTNER_CENTER_TOKENS="$PARTNER_CENTER_TOKEN not.the.token $PARTNER_CENTER_TOKEN" expect 1 "$program"
    prints "Partner 1: TEST_TEST_BugBash1"
    prints "Partner 3: TEST_TEST_BugBash1"
    grep -q '^Partner 2: .* 401' stderr || fail "nothing is said of partner 2"
    PARTNER_CENTER_TOKENS="$PARTNER_CENTER_TOKEN $PARTNER_CENTER_TOKEN" expect 0 "$program"
    fails_honestly
}

corporate_proxy() {
    works_on_its_own "Connected directly."
    start_emulator
    fails_honestly
    expect 0 "$program"
    prints "Connected directly."
    local tinyproxy port i
    tinyproxy=$(PATH=$PATH:/usr/sbin:/usr/bin command -v tinyproxy) || {
        rest_is_skipped="all with a proxy: tinyproxy is not installed (Debian's package tinyproxy-bin)"
        return
    }
    # A port that is free now may be taken by the time tinyproxy wants it.
    for ((i = 0; i != 5; ++i)); do
        port=$((20000 + RANDOM % 40000))
        printf '%s\n' "Port $port" "Listen 127.0.0.1" "LogLevel Info" "LogFile \"$work/proxy.log\"" \
            "BasicAuth alice secret-of-alice" "ConnectPort ${PARTNER_CENTER_BASE_URL##*:}" >proxy.conf
        "$tinyproxy" -d -c proxy.conf >proxy_output 2>&1 &
        other_pid=$!
        until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
            kill -0 "$other_pid" 2>/dev/null || break
            sleep 0.05
        done
        ! kill -0 "$other_pid" 2>/dev/null || break
        other_pid=
    done
    [[ -n $other_pid ]] || fail "tinyproxy does not start: $(<proxy_output)"
    export HTTPS_PROXY=http://127.0.0.1:$port
    PROXY_USERNAME=alice PROXY_PASSWORD=secret-of-alice expect 0 "$program"
    prints "Connected through 127.0.0.1:$port."
    prints "Company: TEST_TEST_BugBash1"
    grep -qF "CONNECT localhost:${PARTNER_CENTER_BASE_URL##*:}" proxy.log || fail "nothing went through the proxy"
    ! grep -qF -f tokens proxy.log || fail "the proxy has seen a token"
    echo secret-of-alice >>tokens
    expect 1 "$program"
    prints "Set PROXY_USERNAME and PROXY_PASSWORD."
    NO_PROXY=localhost expect 0 "$program"
    prints "Connected directly."
    start_emulator_again
    PROXY_USERNAME=alice PROXY_PASSWORD=secret-of-alice expect 1 "$program"
    prints "has to allow CONNECT"
}

# On a port that the proxy does not let through.
start_emulator_again() {
    local before=$PARTNER_CENTER_BASE_URL
    while [[ $PARTNER_CENTER_BASE_URL == "$before" ]]; do
        stop_emulator TERM
        start_emulator
    done
}

# As the example sign_in would leave it.
keep_refresh_token() {
    (umask 077 && echo "$PARTNER_CENTER_REFRESH_TOKEN" >partner_center.refresh_token)
}
new_refresh_token_is_kept() {
    [[ $(<partner_center.refresh_token) != "$PARTNER_CENTER_REFRESH_TOKEN" ]] || fail "no new refresh token"
    [[ $(stat -c %a partner_center.refresh_token) == 600 ]] || fail "others may read the refresh token"
    { cat partner_center.refresh_token && echo; } >>tokens
}

national_cloud() {
    expect 2 "$program"
    prints "PARTNER_CENTER_TENANT is not set"
    start_emulator --authority
    read_authority
    echo "$PARTNER_CENTER_CLIENT_SECRET" >>tokens
    expect 2 "$program"
    prints "refresh_token"
    keep_refresh_token
    expect 0 "$program"
    prints "Tokens from $PARTNER_CENTER_BASE_URL, calls to $PARTNER_CENTER_BASE_URL"
    prints "Company: TEST_TEST_BugBash1"
    new_refresh_token_is_kept
    PARTNER_CENTER_CLOUD=us_government expect 0 "$program"
    PARTNER_CENTER_CLOUD=germany expect 2 "$program"
    prints "PARTNER_CENTER_CLOUD is 'germany'"
    PARTNER_CENTER_CLIENT_SECRET=not.the.secret expect 1 "$program"
    prints "AADSTS7000215"
    stop_emulator TERM
    # Nobody is asked: a file is missing.
    unset PARTNER_CENTER_AUTHORITY PARTNER_CENTER_BASE_URL
    export PARTNER_CENTER_CA_FILE=nowhere.pem
    PARTNER_CENTER_CLOUD=global expect 2 "$program"
    prints "Tokens from https://login.microsoftonline.com, calls to https://api.partnercenter.microsoft.com"
    PARTNER_CENTER_CLOUD=us_government expect 2 "$program"
    prints "Tokens from https://login.microsoftonline.us, calls to https://api.partnercenter.microsoft.com"
    PARTNER_CENTER_CLOUD=china_21vianet expect 2 "$program"
    prints "Tokens from https://login.partner.microsoftonline.cn, calls to https://partner.partnercenterapi."
}

make_certificate() {
    openssl req -x509 -newkey rsa:2048 -passout pass:fake-passphrase -keyout "$1.key" -out "$1.pem" -days 2 \
        -subj /CN=application 2>/dev/null
}

client_certificate() {
    expect 2 "$program"
    prints "PARTNER_CENTER_TENANT is not set"
    make_certificate known
    make_certificate unknown
    start_emulator --authority --client-certificate known.pem
    read_authority
    keep_refresh_token
    expect 2 "$program"
    prints "PARTNER_CENTER_CERTIFICATE_FILE is not set"
    export PARTNER_CENTER_CERTIFICATE_FILE=known.pem PARTNER_CENTER_KEY_FILE=known.key
    export PARTNER_CENTER_KEY_PASSPHRASE=fake-passphrase
    echo fake-passphrase >>tokens
    expect 0 "$program"
    prints "Company: TEST_TEST_BugBash1"
    new_refresh_token_is_kept
    PARTNER_CENTER_KEY_FILE=nowhere.key expect 2 "$program"
    prints "nowhere.key cannot be read"
    PARTNER_CENTER_KEY_PASSPHRASE=another expect 2 "$program"
    prints "does not decrypt the private key"
    PARTNER_CENTER_KEY_FILE=unknown.key expect 2 "$program"
    PARTNER_CENTER_CERTIFICATE_FILE=unknown.pem PARTNER_CENTER_KEY_FILE=unknown.key expect 1 "$program"
    prints "Does the authority know this certificate?"
    expect 2 "$bin/partner_center_emulator" --client-certificate nowhere.pem
    prints "nowhere.pem"
}

unit_test() {
    expect 0 "$program"
    prints "Status: SUCCESS!"
}

[[ $(type -t "$example") == function ]] || fail "there is no test for the example $example"
"$example"
no_token_was_printed
[[ -z $rest_is_skipped ]] || skip "$rest_is_skipped"
echo "all as expected"
