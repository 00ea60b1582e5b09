#include "core/event.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

const char *feed_state_name(enum feed_state state)
{
    static const char *const names[] = {
        [FEED_DOWN] = "down",   [FEED_SILENT] = "silent", [FEED_FRESH] = "fresh",
        [FEED_STALE] = "stale", [FEED_GAP] = "gap",       [FEED_RESYNC] = "resync",
    };
    _Static_assert(sizeof names / sizeof names[0] == FEED_STATE_LAST + 1, "a name per state");
    assert(state >= FEED_DOWN && state <= FEED_STATE_LAST);
    return names[state];
}

const char *operator_verb_name(enum operator_verb verb)
{
    static const char *const names[] = {
        [OPERATOR_KILL] = "kill",   [OPERATOR_RELEASE] = "release",
        [OPERATOR_ARM] = "arm",     [OPERATOR_DISARM] = "disarm",
        [OPERATOR_PAUSE] = "pause", [OPERATOR_RESUME] = "resume",
        [OPERATOR_CLOSE] = "close", [OPERATOR_FLATTEN] = "flatten",
        [OPERATOR_END] = "end",     [OPERATOR_STOP] = "stop",
    };
    _Static_assert(sizeof names / sizeof names[0] == OPERATOR_VERB_LAST + 1, "a name per verb");
    assert(verb >= OPERATOR_KILL && verb <= OPERATOR_VERB_LAST);
    return names[verb];
}

void event_copy(struct event *to, const struct event *from)
{
    if (from->kind == EVENT_BOOK) {
        memcpy(to, from, offsetof(struct event, book.book));
        book_copy(&to->book.book, &from->book.book);
    } else {
        *to = *from;
    }
}

bool event_instrument_fine(const struct event *event)
{
    return event->instrument.lot_units >= 1 && event->instrument.tick_units >= 0 &&
           event->instrument.minimum_notional_units >= 0;
}
