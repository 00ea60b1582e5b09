#include <assert.h>
#include <string.h>

#include "orders_state.h"

/* What follows from an answer about an order. */

#define NS_PER_MS INT64_C(1000000)

void flow_ask_later(const struct orders *orders, struct track *track, int64_t now_ns)
{
    const int64_t least_ns = orders->options.ask_ms_least * NS_PER_MS;
    const int64_t most_ns = orders->options.ask_ms * NS_PER_MS;
    track->pause_ns = track->pause_ns == 0 ? least_ns : 2 * track->pause_ns;
    track->pause_ns = track->pause_ns > most_ns ? most_ns : track->pause_ns;
    track->due_ns = now_ns + track->pause_ns;
}

static void end(struct track *track, enum track_state state)
{
    track->state = state;
    track->due_ns = INT64_MAX;
    track->wants_create = track->wants_cancel = track->wants_status = false;
    track->wants_trades = false;
}

static void refuse(struct orders *orders, struct track *track, enum venue_error error,
                   int64_t now_ns)
{
    end(track, TRACK_REFUSED);
    track->error = error;
    track->asked = false;
    orders_say(orders, track->order.client_id, REPORT_REJECTED, error, now_ns);
}

/* Told when it becomes so, and to whoever asks. */
static void become_unknown(struct orders *orders, struct track *track, int64_t now_ns)
{
    if (!track_lives(track)) {
        track->due_ns = INT64_MAX;
        if (track->asked) {
            orders_say(orders, track->order.client_id, REPORT_UNKNOWN, VENUE_ERROR_NONE,
                       now_ns);
            track->asked = false;
        }
        return;
    }
    if (track->state != TRACK_UNKNOWN || track->asked) {
        orders_say(orders, track->order.client_id, REPORT_UNKNOWN, VENUE_ERROR_NONE, now_ns);
    }
    track->state = TRACK_UNKNOWN;
    track->asked = false;
    flow_ask_later(orders, track, now_ns);
}

/* One more look at an order that was cancelled: a fill may have been faster. */
static void finish(struct orders *orders, struct track *track, int64_t now_ns)
{
    const bool lived = track_lives(track);
    end(track, TRACK_ENDED);
    if (track->asked || track->told_units != track->filled_units) {
        track_tell_done(orders, track, now_ns);
    }
    if (lived && track->cancelled && orders->options.confirm_ms > 0) {
        track->due_ns = now_ns + orders->options.confirm_ms * NS_PER_MS;
    }
    struct desk *desk = &orders->desks[track->order.venue];
    desk->wants[CALL_BALANCES] = true;
    desk->wants[CALL_POSITIONS] = desk->dialect->has_positions;
}

/* Is all told that the venue says was executed? */
static void settle(struct orders *orders, struct track *track, enum call_kind kind,
                   int64_t now_ns)
{
    const bool missing = track->executed_units > track->filled_units;
    const bool apart = orders->desks[track->order.venue].dialect->has_trades;
    if (missing && apart && kind != CALL_TRADES) {
        track->wants_trades = true;
    } else if (track->ended_there && !missing) {
        finish(orders, track, now_ns);
    } else {
        track->asked = track->asked && missing; /* what rests has no more to tell */
        flow_ask_later(orders, track, now_ns);
    }
}

static void take_view(struct orders *orders, struct track *track, enum call_kind kind,
                      const struct reply *reply, int64_t now_ns)
{
    const struct order_view *view = &reply->view;
    const bool news = view->executed_units > track->executed_units;
    track->acknowledged = true;
    track->state = track_lives(track) ? TRACK_OPEN : track->state;
    track->pause_ns = news ? 0 : track->pause_ns;
    track->executed_units = news ? view->executed_units : track->executed_units;
    track->ended_there = track->ended_there || view->ended;
    if (view->venue_id[0] != '\0') {
        memcpy(track->venue_id, view->venue_id, sizeof(track->venue_id));
    }
    if (kind == CALL_STATUS && track->asked) {
        track_tell_fills(orders, track, now_ns);
    }
    track_take_fills(orders, track, &reply->fills, view->fee_units, now_ns);
    settle(orders, track, kind, now_ns);
}

/* Refused or not for the clock it bore, it was not executed: set the clock and try again, once.
 */
static void mend_clock(struct orders *orders, struct track *track, int64_t now_ns)
{
    if (track->clock_tried) {
        refuse(orders, track, VENUE_ERROR_NETWORK, now_ns);
        return;
    }
    track->clock_tried = true;
    track->wants_create = true;
    orders->desks[track->order.venue].wants[CALL_TIME] = true;
}

static void flow_create(struct orders *orders, struct track *track, const struct reply *reply,
                        int64_t now_ns)
{
    switch (reply->outcome) {
    case OUTCOME_FINE:
        take_view(orders, track, CALL_CREATE, reply, now_ns);
        break;
    case OUTCOME_REFUSED:
    case OUTCOME_LIMITED:
    case OUTCOME_KEYS:
        refuse(orders, track, reply->error, now_ns);
        break;
    case OUTCOME_CLOCK:
        mend_clock(orders, track, now_ns);
        break;
    case OUTCOME_UNKNOWN:
    case OUTCOME_NOT_FOUND:
        become_unknown(orders, track, now_ns);
        break;
    }
}

/* "Not found" right after sending may mean "not yet". */
static void flow_not_found(struct orders *orders, struct track *track, int64_t now_ns)
{
    const int64_t patience_ns = orders->options.not_found_ms * NS_PER_MS;
    if (track->acknowledged || now_ns - track->sent_ns < patience_ns) {
        become_unknown(orders, track, now_ns);
        return;
    }
    end(track, TRACK_NOT_FOUND);
    track->asked = false;
    orders_say(orders, track->order.client_id, REPORT_NOT_FOUND, VENUE_ERROR_ORDER_NOT_FOUND,
               now_ns);
}

static void flow_question(struct orders *orders, struct track *track, enum call_kind kind,
                          const struct reply *reply, int64_t now_ns)
{
    switch (reply->outcome) {
    case OUTCOME_FINE:
        take_view(orders, track, kind, reply, now_ns);
        break;
    case OUTCOME_NOT_FOUND:
        flow_not_found(orders, track, now_ns);
        break;
    case OUTCOME_CLOCK:
        orders->desks[track->order.venue].wants[CALL_TIME] = true;
        become_unknown(orders, track, now_ns);
        break;
    default:
        become_unknown(orders, track, now_ns);
        break;
    }
}

/* Fills that belong to no view: how much was executed is known from the status. */
static void flow_trades(struct orders *orders, struct track *track, const struct reply *reply,
                        int64_t now_ns)
{
    if (reply->outcome != OUTCOME_FINE) {
        flow_question(orders, track, CALL_TRADES, reply, now_ns);
        return;
    }
    track_take_fills(orders, track, &reply->fills, 0, now_ns);
    settle(orders, track, CALL_TRADES, now_ns);
}

void flow_track(struct orders *orders, struct track *track, enum call_kind kind,
                const struct reply *reply, int64_t now_ns)
{
    switch (kind) {
    case CALL_CREATE:
        flow_create(orders, track, reply, now_ns);
        break;
    case CALL_TRADES:
        flow_trades(orders, track, reply, now_ns);
        break;
    case CALL_CANCEL:
        if (reply->outcome == OUTCOME_FINE) {
            take_view(orders, track, kind, reply, now_ns);
        }
        /* Accepted, too late, refused or nobody knows: the status tells. */
        track->wants_status = track_lives(track);
        break;
    default:
        flow_question(orders, track, kind, reply, now_ns);
        break;
    }
}
