# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# Completion of partner_profile for bash.

_partner_profile_options() {
    local network="--cloud --base-url --ca-file --timeout --verbose"
    local application="--token-file --tenant --client-id --client-secret --authority $network"
    local change="--dry-run --json --color --token $application"
    case $1 in
    get) echo "--help --json --token $application" ;;
    set) echo "--help --null --unset --from $change" ;;
    edit) echo "--help $change" ;;
    validate) echo "--help --online --json --token $application" ;;
    diff) echo "--help --json --color --token $application" ;;
    emulate)
        echo "--help --port --state-file --ca-file --authority --access-token-seconds --approve-after-polls" \
            "--client-certificate --poll-seconds --requests-per-minute --delay-ms --fail-percent --seed"
        ;;
    sign-in) echo "--help --force $application" ;;
    *) echo "--help --version" ;;
    esac
}

_partner_profile_members() {
    local name
    for name in id companyName tenantId domain email language culture profileType \
        defaultAddress.{country,region,city,state,addressLine1,addressLine2,postalCode} \
        defaultAddress.{firstName,middleName,lastName,phoneNumber}; do
        echo "$name$1"
    done
}

# _partner_profile_offer WORDS: those that go on with the present word.
_partner_profile_offer() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$word"); }

_partner_profile() {
    local commands="get set edit validate diff emulate sign-in"
    local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]} command= i
    for ((i = 1; i < COMP_CWORD; ++i)); do
        if [[ " $commands " == *" ${COMP_WORDS[i]} "* ]]; then
            command=${COMP_WORDS[i]}
            break
        fi
    done
    COMPREPLY=()

    # --color=al is three words to bash.
    if [[ $word == = ]]; then
        word=
    elif [[ $option == = ]]; then
        option=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    case $command:$option in
    *:--color) _partner_profile_offer "auto always never" ;;
    *:--cloud) _partner_profile_offer "global us_government china_21vianet" ;;
    emulate:--authority) _partner_profile_offer "$(_partner_profile_options emulate)" ;;
    *:--from | *:--ca-file | *:--token-file | *:--state-file | *:--client-certificate)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        ;;
    set:--null | set:--unset) _partner_profile_offer "$(_partner_profile_members '')" ;;
    *:--token | *:--tenant | *:--client-id | *:--client-secret | *:--authority | *:--base-url) ;;
    *:--timeout | *:--port | *:--delay-ms | *:--*-seconds | *:--*-polls | *:--*-minute | *:--*-percent) ;;
    *:--seed) ;;
    :*)
        if [[ $word == -* ]]; then
            _partner_profile_offer "$(_partner_profile_options)"
        else
            _partner_profile_offer "$commands"
        fi
        ;;
    *)
        if [[ $word == -* ]]; then
            _partner_profile_offer "$(_partner_profile_options "$command")"
        elif [[ $command == set ]]; then
            compopt -o nospace 2>/dev/null
            _partner_profile_offer "$(_partner_profile_members =)"
        elif [[ $command == validate || $command == diff ]]; then
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -f -- "$word")
        fi
        ;;
    esac
}

complete -F _partner_profile partner_profile
