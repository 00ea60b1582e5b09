#include <stdio.h>
#include <stdlib.h>

#include "run/runner.h"
#include "tui/console.h"

// One comment of the wrong kind.
static void calls(char *text, const char *from)
{
    strcpy(text, from); /* strcat(text, from) in a comment is none */
    sprintf(text, "%s system(1) in a string is none", from);
    double price = atof(from);
    setlocale(LC_ALL, "");
    setlocale(LC_CTYPE, "");
    char *copy = strdup(text);
    free(copy);
    table.free(copy); /* a member is none */
    system("date \"quoted\""), time(NULL);
    /* over
     * lines: gets(text); */
    gets(text);
    /* TODO: less */
    /* FIXME: more; the XXXXXX of mkstemp() is none, XXX is */
}

static void nested(int depth)
{
    for (;;) {
        while (depth) {
            if (depth > 1) {
                if (depth > 2) {
                    depth--;
                }
            }
        }
    }
}

static void wide(void)
{
    const char *text = "a line of exactly ninety-six columns, some of them Korean: 비트코인.......";
    const char *more = "a line that is longer than ninety-six columns, however one counts it...";
}

static void long_one(int *x)
{
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
}

static void fits(int *x)
{
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
    ++*x;
}
















































































































































































































































































































































































































int end(void);
