#!/bin/sh
# tidy.sh finds every breach in tests/tidy/bad, each at its line, and fails; nothing else is one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

got=$(mktemp)
trap 'rm -f "$got"' EXIT
if "$here/tidy.sh" "$here/bad" >"$got"; then
    echo "tidy.sh passed a tree full of breaches"
    exit 1
fi
diff -u "$here/bad/expected" "$got"
