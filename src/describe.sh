#!/bin/sh
# describe.sh VERSION: VERSION with the commit a build is of, and -dirty when files differ from it.
# Fails where the sources are not a repository of their own: somebody else's may be around them.
set -eu
cd "$(dirname "$0")/.."
test "$(git rev-parse --show-toplevel)" = "$(pwd -P)"
commit=$(GIT_OPTIONAL_LOCKS=0 git describe --always --dirty --abbrev=12 --exclude '*')
printf '%s+%s\n' "$1" "$commit"
