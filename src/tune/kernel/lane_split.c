#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "lane_parts.h"

/* A limit that is not set is NAN: looser than any number. */
void lane_join(struct lane *lane)
{
    struct engine_params *params = &lane->job.params;
    struct seat *seat = lane->seats[lane->seats_count++];
    seat->lane = lane;
    lane->waiting += seat->outcome == NULL;
    params->take_profit_bps = fmin(params->take_profit_bps, seat->params.take_profit_bps);
    params->stop_loss_bps = fmin(params->stop_loss_bps, seat->params.stop_loss_bps);
    params->max_hold_s = fmin(params->max_hold_s, seat->params.max_hold_s);
    lane_set_limits(lane);
}

/* What had to be reached for an exit; one and the same for all where it was no limit. */
static double limit_of(const struct engine_params *params, enum trade_exit reason)
{
    return reason == TRADE_EXIT_TAKE_PROFIT ? params->take_profit_bps
           : reason == TRADE_EXIT_STOP_LOSS ? params->stop_loss_bps
           : reason == TRADE_EXIT_MAX_HOLD  ? params->max_hold_s
                                            : 0;
}

/* What else is decided follows from the exits. */
static bool same_exits(const struct engine_decision *a, const struct engine_decision *b)
{
    bool same = a->exits_count == b->exits_count;
    for (int32_t i = 0; same && i < a->exits_count; i++) {
        same =
            a->exits[i].index == b->exits[i].index && a->exits[i].reason == b->exits[i].reason;
    }
    return same;
}

/* Of two with equal limits where the strictest of all were reached, neither has a reason that
 * the other has not. */
static bool has_limits_of(const struct seat *seat, const struct lane *lane,
                          const struct engine_decision *decision)
{
    bool same = true;
    for (int32_t i = 0; same && i < decision->exits_count; i++) {
        const enum trade_exit reason = decision->exits[i].reason;
        same = limit_of(&seat->params, reason) == limit_of(&lane->job.params, reason);
    }
    return same;
}

static bool decides_so(const struct seat *seat, const struct lane *lane, struct lane_ear *ear,
                       const struct engine_sight *sight)
{
    int64_t cooldown_until_ns[SPREAD_SIDE_LAST + 1];
    if (has_limits_of(seat, lane, &ear->decision)) {
        return true;
    }
    memcpy(cooldown_until_ns, lane->cooldown_until_ns, sizeof cooldown_until_ns);
    engine_decide(&seat->params, sight, cooldown_until_ns, lane->open, lane->open_count,
                  &ear->other);
    return same_exits(&ear->decision, &ear->other);
}

static void take_seats(struct lane *lane, struct seat **seats, int32_t count)
{
    lane->job.params = seats[0]->params;
    lane->seats = seats;
    lane->seats_count = 0;
    lane->waiting = 0;
    while (lane->seats_count < count) {
        lane_join(lane);
    }
    lane->done = lane->waiting == 0;
}

/* The seats behind the first `staying` go on in a lane of their own. */
static void leave(struct lane *lane, int32_t staying, int32_t row)
{
    const size_t open_max = (size_t)lane->job.params.max_open_trades;
    const size_t open_count = (size_t)lane->open_count;
    struct lane *other = lane + staying;
    *other = *lane;
    other->open = mem_array(open_max, sizeof *other->open);
    other->positions = mem_array(open_max, sizeof *other->positions);
    memcpy(other->open, lane->open, open_count * sizeof *other->open);
    memcpy(other->positions, lane->positions, open_count * sizeof *other->positions);
    other->row = row;
    take_seats(other, lane->seats + staying, lane->seats_count - staying);
    take_seats(lane, lane->seats, staying);
}

bool lane_split(struct lane *lane, struct lane_ear *ear, const struct engine_sight *sight,
                int32_t row)
{
    int32_t staying = 0;
    for (int32_t i = 0; i < lane->seats_count; i++) {
        struct seat *seat = lane->seats[i];
        if (decides_so(seat, lane, ear, sight)) {
            lane->seats[i] = lane->seats[staying];
            lane->seats[staying++] = seat;
        }
    }
    if (staying == lane->seats_count) {
        return false;
    }
    /* Of several trades each may have reached the limit of another seat: then none stays. */
    leave(lane, staying > 0 ? staying : 1, row);
    return true;
}
