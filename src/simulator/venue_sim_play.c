#include <string.h>

#include "base/log.h"
#include "venue_sim_parts.h"

/* What the simulator shows instead of its own market: recorded frames. */

static bool is_answer(const struct frame *frame)
{
    return strncmp(frame->channel, "rest.", 5) == 0;
}

/* Upbit's are not told apart by what they are about. */
static const char *subject_of(const struct frame *frame)
{
    return frame->venue == VENUE_B ? frame->symbol : "";
}

static void put_on_shelf(struct venue_sim *sim, const struct frame *frame)
{
    shelf_put(&sim->stage.venues[frame->venue].shelf, frame->channel, subject_of(frame),
              frame->raw, frame->raw_length);
}

/* Who asks before the recording gets there is answered all the same. */
static void stock_shelf(void *context, const struct frame *frame)
{
    struct venue_sim *sim = context;
    const struct shelf *shelf = &sim->stage.venues[frame->venue].shelf;
    if (is_answer(frame) && shelf_get(shelf, frame->channel, subject_of(frame)) == NULL) {
        put_on_shelf(sim, frame);
    }
}

static void play(void *context, const struct frame *frame)
{
    struct venue_sim *sim = context;
    if (is_answer(frame)) {
        put_on_shelf(sim, frame);
    } else if (frame->venue == VENUE_A) {
        upbit_desk_play(sim->upbit, frame);
    } else {
        binance_desk_play(sim->binance, frame);
    }
}

bool venue_sim_play_open(struct venue_sim *sim, struct err *err)
{
    return sim->options.frames == NULL ||
           player_open(&sim->player, sim->options.frames, sim->options.speed, stock_shelf, sim,
                       err);
}

void venue_sim_play(struct venue_sim *sim, int64_t now_ns)
{
    struct err err;
    if (sim->play_since_ns == 0) {
        const struct wire_stats *a = wire_stats(venue_sim_wire(sim, VENUE_A));
        const struct wire_stats *b = wire_stats(venue_sim_wire(sim, VENUE_B));
        sim->play_since_ns = a->sockets + b->sockets > 0 ? now_ns - sim->rested_ns : 0;
    } else if (!player_advance(sim->player, now_ns - sim->rested_ns - sim->play_since_ns, play,
                               sim, &err)) {
        log_warn("venue-sim", "frames=%s", err.text);
    }
}

int64_t venue_sim_play_due_ns(const struct venue_sim *sim)
{
    const int64_t due_ns = player_due_ns(sim->player);
    return sim->play_since_ns == 0 || due_ns == INT64_MAX
               ? INT64_MAX
               : due_ns + sim->play_since_ns + sim->rested_ns;
}
