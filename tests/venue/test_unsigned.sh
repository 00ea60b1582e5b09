#!/bin/sh
# A program that was built without live-trading cannot sign: neither the means nor the venues'
# private calls are in it. With the option it can, which shows that this test sees.
# $1: arblite; $2: is it built with live-trading?
set -u
[ -x "$1" ] || { echo "no program at $1"; exit 1; }
nm "$1" >/dev/null 2>&1 || { echo "no nm, or nothing to read: not checked"; exit 77; }
found=$(nm "$1" | grep -E ' (sign_(hmac|token|sha512)|venue_keys_|venue_orders_|HMAC|EVP_MAC_|EVP_DigestSign)' |
  awk '{print $NF}' | tr '\n' ' ')
words=$(grep -a -o -E 'X-MBX-APIKEY|query_hash_alg|SECRET_KEY' "$1" | sort -u | tr '\n' ' ')
if [ "$2" = enabled ]; then
  [ -n "$found" ] && [ -n "$words" ] && exit 0
  echo "built with live-trading, but nothing that signs was found"
  exit 1
fi
[ -z "$found$words" ] && exit 0
echo "built without live-trading, but it holds: $found$words"
exit 1
