#!/bin/sh
# tidy.sh [--report] ROOT: the house rules, checked. Prints `FILE:LINE: RULE: what` for each
# breach and ends with 1 when there is any; --report prints only.
#
# Breaches that are meant stand in tests/tidy/exceptions as `FILE RULE reason`. One that is no
# longer needed is a breach itself.
set -eu

report_only=false
if [ "$1" = --report ]; then
    report_only=true
    shift
fi
root=$1
here=$(cd "$(dirname "$0")" && pwd)
export LC_ALL=C

found=$(mktemp)
trap 'rm -f "$found"' EXIT

c_files() {
    for folder in include src tui tests; do
        [ -d "$root/$folder" ] && find "$root/$folder" -name '*.[ch]' ! -path "$root/tests/tidy/*"
    done | sort
}

# A door's room has a test that mirrors it, and meson knows every file.
check_mirrors() {
    for source in "$root"/src/*/*.c "$root"/src/*/*/*.c "$root"/tui/*.c \
        "$root"/tests/*/test_*.c; do
        [ -f "$source" ] || continue
        path=${source#"$root"/}
        folder=${path%/*}
        case $folder in
        src/*/*) folder=${folder%/*} ;; # a room within a room: the outer one builds it
        esac
        name=${path##*/}
        name=${name%.c}
        case $folder in
        src/*)
            room=${folder#src/}
            if [ -f "$root/include/$room/$name.h" ] &&
                [ ! -f "$root/tests/$room/test_$name.c" ]; then
                echo "$path:1: mirror: tests/$room/test_$name.c is missing"
            fi
            ;;
        esac
        grep -qE "['/](test_)?${name#test_}(\.c)?'" "$root/$folder/meson.build" 2>/dev/null ||
            echo "$path:1: mirror: $folder/meson.build does not list it"
    done
}

check_readmes() {
    for room in "$root"/src/*/ "$root"/src/*/*/ "$root"/tui/; do
        [ -d "$room" ] || continue
        path=${room#"$root"/}README.md
        if [ ! -f "$root/$path" ]; then
            echo "$path:1: readme: the room has none"
        elif [ "$(wc -l <"$root/$path")" -gt 40 ]; then
            echo "$path:41: readme: 40 lines are the most"
        fi
    done
}

check_faults() {
    [ ! -f "$root/docs/faults.md" ] ||
        awk -v ROOT="$root" -f "$here/faults.awk" "$root/docs/faults.md"
}

# Takes the breaches that are meant out, and names exceptions that meet no breach.
apply_exceptions() {
    awk -v list="$1" '
        BEGIN {
            while ((getline line < list) > 0) {
                count = split(line, word, " ")
                number++
                if (line ~ /^#/ || count == 0) {
                    continue
                }
                if (count < 3) {
                    print "tests/tidy/exceptions:" number ": exception: give a reason"
                }
                where[word[1] " " word[2]] = number
            }
        }
        {
            file = $1
            sub(/:.*/, "", file)
            rule = $2
            sub(/:$/, "", rule)
            if ((file " " rule) in where) {
                met[file " " rule] = 1
            } else {
                print
            }
        }
        END {
            for (key in where) {
                if (!(key in met)) {
                    print "tests/tidy/exceptions:" where[key] ": exception: not needed: " key
                }
            }
        }'
}

{
    c_files | xargs awk -v ROOT="$root" -f "$here/tidy.awk"
    check_mirrors
    check_readmes
    check_faults
} | apply_exceptions "$root/tests/tidy/exceptions" | sort -t: -k1,1 -k2,2n >"$found"

cat "$found"
$report_only || [ ! -s "$found" ]
