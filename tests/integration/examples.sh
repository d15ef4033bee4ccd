#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# examples.sh BIN_DIR: runs the example programs against each other, as a user would.
set -euo pipefail

bin=$(cd "$1" && pwd)
. "$(dirname "${BASH_SOURCE[0]}")/fixtures/example_programs.sh"

update() { expect 0 "$bin/update_profile" "$@"; }
profile() { expect 0 "$bin/get_profile" --json; }
# refused WORDS COMMAND_ARGUMENT...: update_profile calls this bad usage, with these words.
refused() {
    local words=$1
    shift
    expect 2 "$bin/update_profile" "$@"
    prints "$words"
}

# --- On its own it starts an emulator, says so, and keeps the standard output clean.
update
prints "has started at https://localhost:"
prints "PUT https://localhost:"
prints '- defaultAddress.phoneNumber: ""'
grep -qE '^\+ defaultAddress.phoneNumber: "[1-9][0-9]{9}"$' stdout || fail "no new phone number"
grep -qE '^MS-RequestId: +[0-9a-f-]{36}$' stdout || fail "no request id"
grep -qE '^MS-CorrelationId: +[0-9a-f-]{36}$' stdout || fail "no correlation id"
update --json --set companyName=Contoso
[[ $(<stdout) == '{'*'"companyName":"Contoso"'*'}' && $(wc -l <stdout) -eq 1 ]] || fail "not one line of JSON"
expect 0 "$bin/get_profile"
prints "has started at https://localhost:"
prints '"companyName": "TEST_TEST_BugBash1"'

# --- What happens on the connections is told.
expect 0 "$bin/trace_calls" --calls 2
prints "connection opened #1, attempt 1, GET https://localhost:"
prints "connection reused #1, attempt 1, GET https://localhost:"
[[ $(grep -c '^attempt finished #1, .*, status 200, ' stdout) -eq 2 ]] || fail "not two attempts"
prints "connection closed #1 to localhost:"
prints "the transport was closed"

# --- Updates are applied, and outlive the emulator that stored them.
start_emulator --state-file state.json --ca-file "a folder's ca.pem"
[[ $PARTNER_CENTER_CA_FILE == "$PWD/a folder's ca.pem" ]] || fail "CA file $PARTNER_CENTER_CA_FILE"
profile
lacks "has started"
update --set defaultAddress.phoneNumber=4255550101 --set companyName='A=B "ü"' --set email= \
    --set-null defaultAddress.region --unset defaultAddress.addressLine2
prints '- companyName: "TEST_TEST_BugBash1"'
prints '+ companyName: "A=B \"ü\""'
prints '+ email: ""'
prints '+ defaultAddress.region: null'
prints '- defaultAddress.addressLine2: ""'
lacks '+ defaultAddress.addressLine2'
lacks "$escape"
profile
for member in '"phoneNumber":"4255550101"' '"companyName":"A=B \"ü\""' '"email":""' '"region":null'; do
    prints "$member"
done
lacks addressLine2
cp stdout stored

# --- A dry run changes nothing.
update --dry-run --set companyName=Elsewhere
prints '+ companyName: "Elsewhere"'
prints "Would send PUT https://localhost:"
profile
cmp -s stdout stored || fail "the dry run changed the profile"
update --dry-run --set companyName='A=B "ü"'
prints "(no difference)"

# --- Colours are for terminals.
dry_run="'$bin/update_profile' --dry-run --set companyName=Elsewhere"
expect 0 script -qec "$dry_run" /dev/null
prints "${escape}[31m- companyName"
prints "${escape}[32m+ companyName"
NO_COLOR=1 expect 0 script -qec "$dry_run" /dev/null
lacks "$escape"
TERM=dumb expect 0 script -qec "$dry_run" /dev/null
lacks "$escape"

# --- What the service or the connection refuses is 1.
expect 1 "$bin/update_profile" --set defaultAddress.state=Washington
prints 'defaultAddress.state: expected 0 to 2 characters'
prints "request id"
PARTNER_CENTER_TOKEN=not.the.token expect 1 "$bin/get_profile"
prints "401"
PARTNER_CENTER_CA_FILE='' expect 1 "$bin/get_profile"
prints "certificate"
profile
cmp -s stdout stored || fail "a failed call changed the profile"

# --- What the user has to put right is 2, and says how.
refused "no member 'phoneNumbr'" --set defaultAddress.phoneNumbr=1
refused "no member 'nothing'" --unset nothing
refused "'companyName' is no object" --set companyName.first=1
refused "/links: expected object, got string" --set links=1
refused "write PATH=VALUE" --set companyName
refused "'a..b' is no path" --set a..b=1
refused "'' is no path" --set =1
refused "change the same member" --set companyName=1 --unset companyName
refused "change the same member" --set-null links --set links.self.uri=1
refused "is not UTF-8" --set companyName=$'\xff'
refused "--json" --json --dry-run
refused "not expected: an argument that belongs to no option" "$PARTNER_CENTER_TOKEN"
refused "not expected: --tokn" --tokn="$PARTNER_CENTER_TOKEN"
refused "use https://" --base-url "${PARTNER_CENTER_BASE_URL/https/http}"
refused "base_url" --base-url nonsense
refused "nowhere.pem" --ca-file nowhere.pem
PARTNER_CENTER_TOKEN=$'no token' refused "bearer token"
PARTNER_CENTER_TOKEN='' refused "a base URL is set but no token"
# A token alone is for the global cloud; this one is refused before anybody is asked.
PARTNER_CENTER_BASE_URL='' PARTNER_CENTER_TOKEN='not a token' \
    refused "https://api.partnercenter.microsoft.com/v1/profiles/organization"
PARTNER_CENTER_BASE_URL='' PARTNER_CENTER_TOKEN='' refused "a CA file is set but"
PARTNER_CENTER_TOKEN='' expect 2 "$bin/get_profile"
expect 2 "$bin/partner_center_emulator" --port 65536
expect 1 "$bin/partner_center_emulator" --port "${PARTNER_CENTER_BASE_URL##*:}"
prints "${PARTNER_CENTER_BASE_URL##*:}"
expect 1 "$bin/partner_center_emulator" --ca-file nowhere/ca.pem
prints "nowhere/ca.pem"
for program in update_profile get_profile sign_in partner_center_emulator; do
    expect 0 "$bin/$program" --help
    prints "Usage: $program"
done
if "$bin/get_profile" >/dev/full 2>stderr; then fail "get_profile did not notice that it cannot write"; fi

# --- Another emulator goes on with the same state, under a new token and certificate.
stop_emulator TERM
expect 1 "$bin/get_profile"
prints "$PARTNER_CENTER_BASE_URL"
start_emulator --state-file state.json
ca_file=$PARTNER_CENTER_CA_FILE
profile
cmp -s stdout stored || fail "the state file does not hold what was stored"
stop_emulator INT
[[ ! -e $ca_file ]] || fail "the emulator left $ca_file behind"

# --- It contains an authority, and fails on purpose.
start_emulator --authority --requests-per-minute 1000
read_authority
profile
stop_emulator TERM

# --- A person signs in once, and never again while the refresh token lives.
start_emulator --authority --approve-after-polls 1 --poll-seconds 1
read_authority
echo "$PARTNER_CENTER_CLIENT_SECRET" >>tokens
expect 0 "$bin/sign_in" --file token
prints "$PARTNER_CENTER_BASE_URL/devicelogin"
prints "Signed in. The refresh token is stored in $PWD/token"
prints "Company: TEST_TEST_BugBash1"
[[ $(stat -c %a token) == 600 ]] || fail "others may read the refresh token"
cp token used_token
expect 0 "$bin/sign_in" --file token
lacks "Signed in"
prints "Company: TEST_TEST_BugBash1"
[[ $(stat -c %a token) == 600 ]] || fail "others may read the next refresh token"
! cmp -s token used_token || fail "the next refresh token was not stored"
cat token used_token | sed 's/$/\n/' | grep . >>tokens
[[ ! -e token.new ]] || fail "token.new was left behind"
chmod 640 token
expect 1 "$bin/sign_in" --file token
prints "others may use $PWD/token"
: >empty_token
chmod 600 empty_token
expect 1 "$bin/sign_in" --file empty_token
prints "empty_token is empty"
chmod 600 used_token
expect 1 "$bin/sign_in" --file used_token
prints "a person must sign in again"
expect 1 "$bin/sign_in" --file nowhere/token
prints "nowhere"
PARTNER_CENTER_CLIENT_ID=my-app expect 2 "$bin/sign_in" --file other_token
prints "client_id: it is not a GUID"
stop_emulator TERM
unset PARTNER_CENTER_TENANT PARTNER_CENTER_AUTHORITY PARTNER_CENTER_CLIENT_ID PARTNER_CENTER_CLIENT_SECRET
for _ in 1 2; do
    PARTNER_CENTER_CA_FILE='' expect 0 "$bin/sign_in" --file own_token
    prints "Company: TEST_TEST_BugBash1"
done
lacks "Signed in"

start_emulator --fail-percent 100 --seed 7
expect 1 "$bin/get_profile"
stop_emulator TERM
expect 2 "$bin/partner_center_emulator" --fail-percent 101

# --- No token is shown by any program that was given one.
echo not.the.token >>tokens
no_token_was_printed
echo "all as expected"
