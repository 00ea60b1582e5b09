# The house rules that can be seen in one C file. Prints `FILE:LINE: RULE: what`.
# Understands code as clang-format leaves it: functions open and close in the first column.

BEGIN {
    lines_max = 500
    function_lines_max = 70
    columns_max = 96

    rooms = " base io core view config market venue store alert run simulator tune tui cli "
    may_use["base"] = " "
    may_use["io"] = " base "
    may_use["core"] = " base "
    may_use["view"] = " base core "
    may_use["config"] = " base io core view "
    may_use["market"] = " base io core view config "
    may_use["venue"] = may_use["market"]
    may_use["store"] = may_use["market"]
    may_use["alert"] = may_use["market"]
    may_use["run"] = may_use["market"] "market venue store alert "
    may_use["simulator"] = may_use["market"] "market venue "
    may_use["tune"] = may_use["run"] "run "
    may_use["tui"] = " base io view config "
    may_use["cli"] = may_use["tune"] "tune simulator tui "

    core_doors = " base/err.h base/num.h base/ring.h "
    core_system = " assert.h math.h stdbool.h stddef.h stdint.h string.h "

    # Call -> what to use instead. They all lose track of sizes, errors or the locale.
    banned["strcpy"] = banned["strcat"] = banned["sprintf"] = banned["vsprintf"] = "base/text"
    banned["strncpy"] = banned["strncat"] = banned["gets"] = "base/text"
    banned["atoi"] = banned["atol"] = banned["atoll"] = banned["atof"] = "base/num"
    banned["strtod"] = banned["strtof"] = banned["strtold"] = "base/num"
    banned["strtol"] = banned["strtoll"] = banned["strtoul"] = banned["strtoull"] = "base/num"
    banned["sscanf"] = banned["scanf"] = banned["fscanf"] = "base/num"
    banned["strtok"] = "strcspn()"
    banned["system"] = banned["popen"] = "posix_spawn()"
    banned["alloca"] = "a fixed array or base/mem"
    banned["rand"] = banned["srand"] = banned["random"] = banned["drand48"] = "base/rng"
    banned["time"] = banned["gettimeofday"] = banned["clock_gettime"] = "base/clock"
    banned["localtime"] = banned["mktime"] = banned["ctime"] = "base/calendar"
    heap["malloc"] = heap["calloc"] = heap["realloc"] = heap["free"] = 1
    heap["strdup"] = heap["strndup"] = heap["asprintf"] = heap["vasprintf"] = 1
}

function report(line, rule, what) {
    print path ":" line ": " rule ": " what
}

# Sets in_tests, room and is_header from a path like src/core/book.c.
function place(file,    part, count) {
    path = substr(file, length(ROOT) + 2)
    count = split(path, part, "/")
    in_tests = part[1] == "tests"
    room = part[1] == "tui" ? "tui" : (count > 2 ? part[2] : "")
    if (index(rooms, " " room " ") == 0) {
        room = ""
    }
    is_header = path ~ /\.h$/
}

# The line without comments and with empty strings. Remembers a comment that goes on.
function code_of(line,    code, start) {
    code = ""
    while (line != "") {
        if (in_comment) {
            start = index(line, "*/")
            if (start == 0) {
                return code
            }
            line = substr(line, start + 2)
            in_comment = 0
        } else if (match(line, /"|'|\/\*|\/\//) == 0) {
            return code line
        } else {
            code = code substr(line, 1, RSTART - 1)
            start = substr(line, RSTART, RLENGTH)
            line = substr(line, RSTART)
            if (start == "//") {
                report(FNR, "comment", "write /* */")
                return code
            } else if (start == "/*") {
                in_comment = 1
                line = substr(line, 3)
            } else if (match(line, /^"([^"\\]|\\.)*"/) || match(line, /^'([^'\\]|\\.)*'/)) {
                code = code start start
                line = substr(line, RLENGTH + 1)
            } else {
                return code # a string over two lines, which C does not have
            }
        }
    }
    return code
}

function check_include(line,    name, used) {
    name = line
    sub(/^#include *["<]/, "", name)
    sub(/[">].*/, "", name)
    if (line ~ /</) {
        if (name ~ /curses/ && path !~ /^tui\/term[a-z_]*\.[ch]$/) {
            report(FNR, "layer", "only tui/term may include <" name ">")
        }
        if (room == "core" && !in_tests && index(core_system, " " name " ") == 0 &&
            !(name == "stdatomic.h" && path ~ /core\/latch\.[ch]$/)) {
            report(FNR, "layer", "core may not include <" name ">")
        }
        return
    }
    if (name ~ /\.\.\// && !in_tests) {
        report(FNR, "layer", "an include may not climb out of its folder: \"" name "\"")
        return
    }
    used = name
    sub(/\/.*/, "", used)
    if (room == "" || used == name || used == room || index(rooms, " " used " ") == 0) {
        return
    }
    if (index(may_use[room], " " used " ") == 0 ||
        (!in_tests && room == "core" && index(core_doors, " " name " ") == 0) ||
        (!in_tests && room == "tui" && used == "io" && name != "io/loop.h")) {
        report(FNR, "layer", room " may not include \"" name "\"")
    }
}

function check_calls(code,    name, rest) {
    rest = code
    while (match(rest, /[A-Za-z_][A-Za-z0-9_]*\(/)) {
        name = substr(rest, RSTART, RLENGTH - 1)
        if (RSTART > 1 && substr(rest, RSTART - 1, 1) ~ /[.>]/) {
            name = "" # a member that happens to have the name
        }
        rest = substr(rest, RSTART + RLENGTH)
        if (!in_tests && name in banned) {
            report(FNR, "call", name "() is banned, use " banned[name])
        }
        if (!in_tests && name in heap && path != "src/base/mem.c") {
            report(FNR, "heap", name "() outside base/mem")
        }
        if (!in_tests && room == "core" && name ~ /printf$|^puts$|^fputs$|^fwrite$/) {
            report(FNR, "call", name "() in the core")
        }
        if (name == "setlocale" && rest ~ /^ *LC_(ALL|NUMERIC)/) {
            report(FNR, "call", "setlocale() may set neither LC_ALL nor LC_NUMERIC")
        }
    }
}

# A static or file-scope variable that is not constant itself.
function check_state(code,    declared) {
    if (in_tests || code !~ /^ *static /) {
        if (in_tests || in_function || code !~ /^[a-z][A-Za-z0-9_ *]*[ *][a-z][a-z0-9_]*(\[.*\])?( =.*|;)$/ ||
            code ~ /^(typedef|extern|struct [a-z0-9_]+;|enum [a-z0-9_]+;|union [a-z0-9_]+;|return)/) {
            return
        }
    }
    declared = code
    sub(/[=;].*/, "", declared)
    if (declared ~ /\(/ || declared !~ /[a-z0-9_\]{ ]$/ || code ~ /^ *static (inline|_Noreturn)/) {
        return # a function
    }
    if (code !~ /[=;{]/) {
        return # a type alone on its line: the name follows on the next
    }
    sub(/.*\*/, "*", declared)
    if (declared !~ /(^|[^a-z_])const([^a-z_]|$)/) {
        report(FNR, "state", "a variable that outlives its call must be const")
    }
}

function end_file() {
    if (path == "") {
        return
    }
    if (last_line > lines_max) {
        report(last_line, "size", "a file of " last_line " lines, " lines_max " are the most")
    }
    if (is_header && !saw_pragma) {
        report(1, "header", "#pragma once is missing")
    }
}

FNR == 1 {
    end_file()
    place(FILENAME)
    in_comment = in_function = saw_pragma = 0
}

{
    last_line = FNR
    columns = $0
    gsub(/[\200-\277]/, "", columns) # count characters of UTF-8, not bytes
    if (length(columns) > columns_max) {
        report(FNR, "size", "a line of " length(columns) " columns, " columns_max " are the most")
    }
    if ($0 ~ /TODO|FIXME|(^|[^X])XXX([^X]|$)/) {
        report(FNR, "comment", "no " (/TODO/ ? "TODO" : /FIXME/ ? "FIXME" : "XXX"))
    }
    if ($0 ~ /^#pragma once/) {
        saw_pragma = 1
    }
    if ($0 ~ /^#include/) {
        check_include($0)
        next
    }
    code = code_of($0)
    if (code ~ /^{/) {
        in_function = FNR
    }
    check_calls(code)
    check_state(code)
    if (in_function && code ~ /^                (if|for|while|switch|do)[ (]/) {
        report(FNR, "size", "more than three levels of nesting")
    }
    if (code ~ /^}/) {
        if (in_function && FNR - in_function + 1 > function_lines_max) {
            report(in_function, "size", "a function of " (FNR - in_function + 1) " lines, " \
                function_lines_max " are the most")
        }
        in_function = 0
    }
}

END {
    end_file()
}
