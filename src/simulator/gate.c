#include "gate.h"

#include "base/log.h"

void gate_obey(struct gate *gate, const struct mischief_order *order)
{
    if (order->kind == MISCHIEF_CUT || order->kind == MISCHIEF_SHUT) {
        gate->cuts = true;
        gate->resets = order->reset;
    }
}

static void complain(const struct err *err)
{
    log_warn("venue-sim", "%s", err->text);
}

/* A port that somebody else took meanwhile is tried again at the next look. */
static void keep_port(struct gate *gate, struct wire *wire, struct mischief *mischief,
                      bool shut)
{
    struct err err;
    if (shut && !gate->shut) {
        wire_shut(wire);
        gate->shut = true;
        mischief_happened(mischief, MISCHIEF_SHUT);
    } else if (!shut && gate->shut) {
        gate->shut = !wire_open(wire, &err);
        if (gate->shut) {
            complain(&err);
        }
    }
}

static void keep_identity(struct gate *gate, struct wire *wire, struct mischief *mischief,
                          const struct mischief_order *order)
{
    const enum wire_identity wanted =
        order != NULL ? (enum wire_identity)order->amount : WIRE_IDENTITY_VALID;
    struct err err;
    if (wanted == gate->identity) {
        return;
    }
    gate->identity = wanted; /* without TLS it is not tried again either */
    if (!wire_identify(wire, wanted, &err)) {
        complain(&err);
    } else if (wanted != WIRE_IDENTITY_VALID) {
        mischief_happened(mischief, MISCHIEF_IDENTITY);
    }
}

void gate_keep(struct gate *gate, struct wire *wire, struct mischief *mischief, int64_t now_ns)
{
    const bool shut = mischief_on(mischief, MISCHIEF_SHUT, MISCHIEF_ALL_PAIRS, now_ns) != NULL;
    keep_port(gate, wire, mischief, shut);
    keep_identity(gate, wire, mischief,
                  mischief_on(mischief, MISCHIEF_IDENTITY, MISCHIEF_ALL_PAIRS, now_ns));
    if (gate->cuts) {
        gate->cuts = false;
        wire_cut(wire, gate->resets);
        if (!shut) {
            mischief_happened(mischief, MISCHIEF_CUT);
        }
    }
}
