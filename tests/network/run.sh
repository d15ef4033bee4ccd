#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# run.sh [SECONDS_PER_ROW [WORD]]: the client in one namespace of the network and real servers in another,
# while the link is cut, packets get lost and servers are killed. Installs what is missing, builds, and plays
# every row, or those with WORD in their name; a crowd of calls is at work for so many seconds in each, half
# a second unless told otherwise. Status 1 after a row that is wrong. Where the system does not permit
# namespaces or what has to be done in them, it says so in a line that begins with SKIPPED, and ends with
# status 77.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$root/build/network
milliseconds=500
word=${2:-}
if [[ $# -gt 0 ]]; then
    [[ $1 =~ ^[1-9][0-9]{0,3}$ ]] || {
        echo "error: SECONDS_PER_ROW must be a number from 1 to 9999, not '$1'" >&2
        exit 2
    }
    milliseconds=${1}000
fi

mkdir -p "$build"
quietly() {
    "$@" >"$build/build.log" 2>&1 || {
        cat "$build/build.log" >&2
        exit 2
    }
}
quietly "$root/cmake/install-deps.sh" build network

work=$(mktemp -d /tmp/partner_center-network-XXXXXX)
client=${work##*/}-client
server=${work##*/}-server
probe=${work##*/}-probe
player=

# Whatever runs in namespaces of these names was started from here.
remove_everything() {
    local name
    if [[ -n $player ]]; then
        kill "$player" 2>/dev/null || true
        wait "$player" || true
    fi
    for name in "$client" "$server" "$probe"; do
        [[ -e /run/netns/$name ]] || continue
        ip netns pids "$name" | xargs -r kill -KILL 2>/dev/null || true
        ip netns delete "$name" || true
    done
    rm -rf "$work"
}
trap remove_everything EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# What the system does not permit at all is no fault of ours. These are as plain as can be, and nothing else is
# forgiven: a mistake below, or in a row, must not look like a system that refuses.
permitted() {
    "$@" >"$work/refusal" 2>&1 || {
        echo "SKIPPED: tests/network: the system refuses \"$*\": $(tr '\n' ' ' <"$work/refusal")"
        exit 77
    }
}
permitted ip netns add "$probe"
permitted ip link add name one netns "$probe" type veth peer name other netns "$probe"
permitted ip netns exec "$probe" mount --bind "$work" "$work"
permitted ip netns exec "$probe" nft add table ip probe
permitted tc -n "$probe" qdisc add dev one root pfifo
ip netns delete "$probe"

ip netns add "$client"
ip netns add "$server"
# Without segments that the kernel puts together, which would be lost as one packet.
ip link add name wire netns "$client" gso_max_segs 1 type veth \
    peer name wire netns "$server" gso_max_segs 1
ip -n "$client" address add 192.0.2.2/24 dev wire
ip -n "$server" address add 192.0.2.1/24 dev wire
ip -n "$server" address add 192.0.2.3/32 dev wire
for name in "$client" "$server"; do
    ip -n "$name" link set lo up
    ip -n "$name" link set wire up
    # What the rows use; a kernel that lacks it says so here, and not in the middle.
    ip netns exec "$name" nft "table ip faults { chain tried { type filter hook input priority 0; \
        tcp dport 1 reject with tcp reset; numgen random mod 100 < 1 quota over 1 bytes drop; }; }"
    ip netns exec "$name" nft flush ruleset
    tc -n "$name" qdisc add dev wire root tbf rate 64kbit burst 3000 latency 2s
    tc -n "$name" qdisc delete dev wire root
done

# Names are looked up in these files by the client; whoever mounts them there is alone with that.
printf '192.0.2.1 service.test\n192.0.2.3 service.test\n' >"$work/hosts"
printf 'nameserver 192.0.2.1\noptions timeout:1 attempts:1\n' >"$work/resolv.conf"

quietly cmake -G Ninja -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS=-O1 \
    -DCMAKE_CXX_COMPILER=g++ -DPARTNER_CENTER_BUILD_NETWORK=ON -DPARTNER_CENTER_BUILD_TESTS=OFF \
    -DPARTNER_CENTER_BUILD_EXAMPLES=OFF
quietly cmake --build "$build"

cp -r "$here/peers" "$work/peers"
# shellcheck disable=SC2016
ip netns exec "$client" bash -c '
    mount --bind "$1/hosts" /etc/hosts && mount --bind "$1/resolv.conf" /etc/resolv.conf && exec "${@:2}"' \
    bash "$work" timeout --verbose $((milliseconds / 10 + 600)) \
    "$build/tests/network/network" "$client" "$server" "$work" \
    "$milliseconds" ${word:+"$word"} &
player=$!
status=0
wait "$player" || status=$?
player=
exit "$status"
