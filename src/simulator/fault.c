#include "simulator/fault.h"

#include <stddef.h>
#include <string.h>

static const struct row {
    const char *name;
    const char *places;
    int64_t least, most;
} ROWS[WIRE_FAULT_COUNT] = {
#define ROW(kind, name, places, least, most) {name, places, least, most},
    WIRE_FAULTS(ROW)
#undef ROW
};

const struct wire_fault WIRE_NO_FAULT = {WIRE_FAULT_NONE, 0, false};

static const char *place_name(enum wire_place place)
{
    switch (place) {
    case WIRE_ON_CONNECTION:
        return "connection";
    case WIRE_ON_ANSWER:
        return "answer";
    case WIRE_ON_HANDSHAKE:
        return "handshake";
    case WIRE_ON_MESSAGE:
        return "message";
    case WIRE_ON_SOCKET:
        return "socket";
    }
    return "?";
}

const char *wire_fault_name(enum wire_fault_kind kind)
{
    return ROWS[kind].name;
}

bool wire_fault_find(const char *name, enum wire_fault_kind *out)
{
    for (int i = 0; i < WIRE_FAULT_COUNT; i++) {
        if (strcmp(ROWS[i].name, name) == 0) {
            *out = (enum wire_fault_kind)i;
            return true;
        }
    }
    return false;
}

bool wire_fault_check(const struct wire_fault *fault, enum wire_place place, struct err *err)
{
    const struct row *row = &ROWS[fault->kind];
    if (strchr(row->places, place) == NULL) {
        return err_set(err, ERR_INPUT, "fault '%s' cannot hang on one %s", row->name,
                       place_name(place));
    }
    if (fault->amount < row->least || fault->amount > row->most) {
        return err_set(err, ERR_INPUT, "fault '%s': '%lld' is not between %lld and %lld",
                       row->name, (long long)fault->amount, (long long)row->least,
                       (long long)row->most);
    }
    return true;
}
