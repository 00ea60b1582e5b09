#include "venue/live_gate.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PHRASE_SIZE = 256 };

bool live_gate_built(void)
{
#ifdef ARBLITE_LIVE_TRADING
    return true;
#else
    return false;
#endif
}

__attribute__((format(printf, 2, 3))) static enum reason shut(struct err *err,
                                                              const char *format, ...)
{
    char text[2 * PHRASE_SIZE];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    (void)err_set(err, ERR_REFUSED, "%s: %s", reason_code(REASON_GATE_LIVE_DISABLED), text);
    return REASON_GATE_LIVE_DISABLED;
}

enum reason live_gate_check(const struct live_gate *gate, struct err *err)
{
    char phrase[PHRASE_SIZE];
    if (!gate->built) {
        return shut(err, "this program was built without '-Dlive-trading=enabled'");
    }
    if (!gate->enabled) {
        return shut(err, "the config does not say 'live.enabled: true'");
    }
    if (gate->confirmation == NULL || gate->session[0] == '\0' ||
        strcmp(gate->confirmation, gate->session) != 0) {
        return shut(err, "'%s' does not hold the session's name", LIVE_GATE_VARIABLE);
    }
    (void)snprintf(phrase, sizeof(phrase), "trade real money in %s", gate->session);
    if (gate->phrase == NULL || strcmp(gate->phrase, phrase) != 0) {
        return shut(err, "nobody typed '%s'", phrase);
    }
    return REASON_NONE;
}

enum reason live_gate_check_keys(struct err *err)
{
    /* Put together here, so that their names stand only where they are read. */
    static const char *const VENUES[] = {"UPBIT", "BINANCE"};
    static const char *const HALVES[] = {"ACCESS", "SECRET"};
    char name[PHRASE_SIZE];
    for (int i = 0; i < 4; i++) {
        (void)snprintf(name, sizeof(name), "ARBLITE_%s_%s_KEY", VENUES[i / 2], HALVES[i % 2]);
        if (getenv(name) != NULL) {
            (void)err_set(err, ERR_REFUSED,
                          "%s: '%s' is set, and this session must have no keys: unset it",
                          reason_code(REASON_GATE_MODE_MISMATCH), name);
            return REASON_GATE_MODE_MISMATCH;
        }
    }
    return REASON_NONE;
}
