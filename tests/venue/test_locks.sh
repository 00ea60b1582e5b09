#!/bin/sh
# No way in: live trading is refused, and so are keys beside a session that must have none.
# $1: arblite
set -u
[ -x "$1" ] || { echo "no program at $1"; exit 1; }
state=$(mktemp -d) || exit 1
trap 'rm -r "$state"' EXIT
unset ARBLITE_UPBIT_ACCESS_KEY ARBLITE_UPBIT_SECRET_KEY
unset ARBLITE_BINANCE_ACCESS_KEY ARBLITE_BINANCE_SECRET_KEY
bad=0

# $1: what must be said; the rest is the command.
refused() {
  word=$1; shift
  said=$("$@" 2>&1); code=$?
  case "$said" in
    *"$word"*) [ "$code" = 3 ] && return ;;
  esac
  echo "expected $word and exit 3 of: $*"; echo "got $code: $said"; bad=1
}

refused GATE.LIVE_DISABLED "$1" paper --state-dir "$state/s" --mode live
refused GATE.LIVE_DISABLED "$1" paper --state-dir "$state/s" --mode live \
  --set live.enabled=true --set session.name=desk
for name in ARBLITE_UPBIT_ACCESS_KEY ARBLITE_BINANCE_SECRET_KEY; do
  for mode in paper shadow; do
    refused "GATE.MODE_MISMATCH: '$name'" env "$name=canary4711" \
      "$1" paper --state-dir "$state/s" --mode $mode --max-events 10 --speed max
  done
done
grep -r -q canary4711 "$state" && { echo "a key was written down"; bad=1; }
exit $bad
