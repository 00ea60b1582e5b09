#include "doctor.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>

enum { COLUMNS_LEAST = 80, ROWS_LEAST = 24 };

/* Looks the terminal up in terminfo; false when it is not there. */
static bool find_terminal(const char *name)
{
    int status = 0;
    const bool found = setupterm(name, STDOUT_FILENO, &status) == 0 && status == 1;
    if (found) {
        del_curterm(cur_term);
    }
    return found;
}

void doctor_terminal(const struct doctor *doctor, struct finding *out)
{
    (void)doctor;
    const char *name = getenv("TERM");
    struct winsize size = {.ws_row = 0};
    if (isatty(STDOUT_FILENO) == 0) {
        finding_set(out, FINDING_WARN, "the console needs one; 'console --snap 80x24' does not",
                    "output is not a terminal");
    } else if (name == NULL || name[0] == '\0' || strcmp(name, "dumb") == 0 ||
               !find_terminal(name)) {
        finding_set(out, FINDING_WARN, "set TERM, or use 'console --plain'",
                    "TERM '%s' cannot place a cursor", name != NULL ? name : "");
    } else if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
        finding_set(out, FINDING_WARN, "run 'resize', or set LINES and COLUMNS",
                    "%s does not say its size", name);
    } else {
        const bool fine = size.ws_col >= COLUMNS_LEAST && size.ws_row >= ROWS_LEAST;
        finding_set(out, fine ? FINDING_OK : FINDING_WARN,
                    fine ? "" : "the main screen is made for 80x24 and more", "%s, %ux%u", name,
                    size.ws_col, size.ws_row);
    }
}

void doctor_locale(const struct doctor *doctor, struct finding *out)
{
    (void)doctor;
    /* Characters only: numbers stay the same in every locale. */
    const char *name = setlocale(LC_CTYPE, "");
    const char *codes = nl_langinfo(CODESET);
    const bool fine = name != NULL && strcmp(codes, "UTF-8") == 0;
    finding_set(out, fine ? FINDING_OK : FINDING_WARN,
                fine ? "" : "set LANG=C.UTF-8; until then frames are drawn in ASCII", "%s, %s",
                name != NULL ? name : "no such locale", codes);
}

void doctor_colours(const struct doctor *doctor, struct finding *out)
{
    (void)doctor;
    const char *name = getenv("TERM");
    const char *off = getenv("NO_COLOR");
    if (off != NULL && off[0] != '\0') {
        finding_set(out, FINDING_OK, "", "off by NO_COLOR; everything is said in words too");
    } else if (name == NULL || !find_terminal(name)) {
        finding_set(out, FINDING_OK, "", "none; everything is said in words too");
    } else {
        const int count = tigetnum("colors");
        finding_set(out, FINDING_OK, "", "%d", count > 0 ? count : 0);
    }
}
