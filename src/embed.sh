#!/bin/sh
# embed.sh NAME INPUT OUTPUT: INPUT's bytes as a C string NAME, for files a program carries.
set -eu
{
    printf 'static const char %s[] = {\n' "$1"
    od -An -v -tu1 "$2" | sed 's/\([0-9][0-9]*\)/\1,/g'
    printf '0};\n'
} > "$3"
