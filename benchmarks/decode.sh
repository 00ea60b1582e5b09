#!/bin/sh
# decode.sh: instructions for one pair of messages, Upbit's book of 15 levels and Binance's
# depth20, counted by valgrind: the difference of 512 pairs and none, per pair.
#
# BUILD is the build folder (build), with `ninja benchmarks/decode_cost` done.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=${BUILD:-$here/../build}
program=$(realpath "$build")/benchmarks/decode_cost
counts=$(mktemp)
trap 'rm -f "$counts"' EXIT

instructions()
{
    valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null "$program" "$@" \
        2> "$counts"
    sed -n 's/.*I *refs: *//p' "$counts" | tr -d ,
}

for mode in tree decode events decide; do
    none=$(instructions $mode 0)
    all=$(instructions $mode 512)
    echo "$mode $(((all - none) / 512))"
done
