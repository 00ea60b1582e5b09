#!/bin/sh
# Brings public recordings into frames form (see include/market/frames.h) on stdout.
#
#   to_frames.sh hftbacktest FILE[.gz] SYMBOL           lines "recv_ns message"
#   to_frames.sh cryptofeed-binance WS.tsv SNAPSHOTS.tsv  "recv_s TAB message" and
#                                                       "recv_s TAB symbol TAB REST depth"
#   to_frames.sh cryptofeed-upbit FILE.tsv              "recv_s TAB message"
#   to_frames.sh upbit-ndjson FILE                      messages without a receive time
#
# Seconds become nanoseconds by moving digits, never through floating point.
set -eu

usage() {
    sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

plain() {
    case $1 in
    *.gz) gzip -dc -- "$1" ;;
    *) cat -- "$1" ;;
    esac
}

# A bare REST snapshot has no envelope; it is known by its first member.
hftbacktest() {
    plain "$1" | awk -v symbol="$2" '
    {
        space = index($0, " ")
        message = substr($0, space + 1)
        channel = message ~ /^\{"lastUpdateId"/ ? "rest.depth:" symbol : "ws"
        print substr($0, 1, space - 1) "\tbinance\t" channel "\t" message
    }'
}

TO_NS='
function to_ns(seconds,    dot, fraction) {
    dot = index(seconds, ".")
    if (dot == 0) {
        return seconds "000000000"
    }
    fraction = substr(substr(seconds, dot + 1) "000000000", 1, 9)
    return substr(seconds, 1, dot - 1) fraction
}'

# Both files are in order of receipt; together they are merged by it, the socket first on a tie.
cryptofeed_binance() {
    {
        plain "$1" | awk -F '\t' "$TO_NS"'
            { print to_ns($1) "\tbinance\tws\t" $2 }'
        plain "$2" | awk -F '\t' "$TO_NS"'
            { print to_ns($1) "\tbinance\trest.depth:" $2 "\t" $3 }'
    } | LC_ALL=C sort -s -t "$(printf '\t')" -k 1,1
}

cryptofeed_upbit() {
    plain "$1" | awk -F '\t' "$TO_NS"'
        { print to_ns($1) "\tupbit\tws\t" $2 }' |
        LC_ALL=C sort -s -t "$(printf '\t')" -k 1,1
}

# Received when sent, or a millisecond behind the message before it.
upbit_ndjson() {
    plain "$1" | awk '
    {
        time_ms = last_ms + 1
        if (match($0, /"(timestamp|tms)":[0-9]+/)) {
            sent_ms = substr($0, RSTART, RLENGTH)
            sub(/.*:/, "", sent_ms)
            time_ms = sent_ms + 0 > time_ms ? sent_ms + 0 : time_ms
        }
        last_ms = time_ms
        printf "%.0f000000\tupbit\tws\t%s\n", time_ms, $0
    }'
}

case ${1-}-$# in
hftbacktest-3) hftbacktest "$2" "$3" ;;
cryptofeed-binance-3) cryptofeed_binance "$2" "$3" ;;
cryptofeed-upbit-2) cryptofeed_upbit "$2" ;;
upbit-ndjson-2) upbit_ndjson "$2" ;;
*) usage ;;
esac
