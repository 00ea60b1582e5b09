# docs/faults.md against the tree: every test that a row names is there and runs, every reason
# is one of core/reason.h, and a test of the row looks at it. Prints `FILE:LINE: fault: what`.

BEGIN {
    while ((getline line < (ROOT "/include/core/reason.h")) > 0) {
        if (line ~ /^ *X\([A-Z0-9_]+, [0-9]+, "/) {
            split(line, quoted, "\"")
            reasons[quoted[2]] = 1
        }
    }
}

function report(what) {
    print "docs/faults.md:" FNR ": fault: " what
}

# The text of tests/ROOM/test_SUITE.c; "" where there is none.
function text_of(path,    line) {
    if (!(path in texts)) {
        texts[path] = ""
        while ((getline line < path) > 0) {
            texts[path] = texts[path] line "\n"
        }
    }
    return texts[path]
}

# Is `ROOM/SUITE/CLAIM` a test, and does its suite run it? Adds its text to `said`.
function check_test(name,    part, text) {
    if (split(name, part, "/") != 3) {
        report("'" name "' is not a test (expected room/suite/claim)")
        return
    }
    text = text_of(ROOT "/tests/" part[1] "/test_" part[2] ".c")
    if (index(text, "static void " part[3] "(void **state)") == 0) {
        report("there is no test '" name "'")
    } else if (!match(text, "(cmocka_unit_test[a-z_]*|CASE)\\(" part[3] "[,)]")) {
        report("'" name "' is not run")
    }
    said = said text
}

function check_reason(code,    name) {
    name = "REASON_" code
    gsub(/\./, "_", name)
    if (!(code in reasons)) {
        report("there is no reason '" code "'")
    } else if (index(said, "\"" code) == 0 && !match(said, name "[^A-Z_]")) {
        report("no test of the row looks for '" code "'")
    }
}

/^\| *[0-9]+ *\|/ {
    split($0, cell, "|")
    row = cell[2] + 0
    if (row <= last) {
        report("row " row " does not follow row " last)
    }
    last = row
    said = ""
    count = split(cell[6], test, "`")
    for (i = 2; i <= count; i += 2) {
        check_test(test[i])
    }
    if (count < 2) {
        report("row " row " names no test")
    }
    count = split(cell[4], code, "`")
    for (i = 2; i <= count; i += 2) {
        check_reason(code[i])
    }
}
