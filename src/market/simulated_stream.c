#include "simulated_stream.h"

#include <assert.h>
#include <string.h>

#include "base/calendar.h"
#include "simulated_script.h"

#define NS_PER_MS      INT64_C(1000000)
#define FUNDING_NS     (INT64_C(8) * 3600 * 1000 * NS_PER_MS)
#define OPENING_RAMP_S 15.0

enum { ALL_PAIRS = -1, FX_PHASE_MS = 5, MARK_PHASE_STEPS = 5 };

static const struct outage_law FX_SILENCE = {0.2, 5, 40};
static const struct outage_law DROP_B = {0.1, 1, 4};
static const struct outage_law NEVER = {0, 0, 0};

static int64_t step_ms(const struct stream *stream)
{
    return stream->world.step * STEP_MS;
}

static int64_t latency_ms(enum venue venue)
{
    return venue == VENUE_A ? LATENCY_A_MS : LATENCY_B_MS;
}

/* Queues a note of something the venue did offset_ms into this step. Equal times keep the order
 * in which they were queued. */
static struct stream_note *queue_add(struct stream *stream, enum event_kind kind, int32_t pair,
                                     enum venue venue, int64_t offset_ms)
{
    assert(stream->queued < STREAM_QUEUE_MAX);
    const int64_t exchange_ns =
        stream->world.start_ns + (step_ms(stream) + offset_ms) * NS_PER_MS;
    const int64_t time_ns = exchange_ns + latency_ms(venue) * NS_PER_MS;
    int32_t place = stream->queued++;
    while (place > 0 && stream->queue[place - 1].time_ns > time_ns) {
        stream->queue[place] = stream->queue[place - 1];
        place--;
    }
    stream->queue[place] = (struct stream_note){
        .kind = kind,
        .pair = pair,
        .venue = venue,
        .time_ns = time_ns,
        .exchange_ns = exchange_ns,
    };
    return &stream->queue[place];
}

static void queue_feed(struct stream *stream, int32_t pair, enum venue venue, int64_t offset_ms,
                       enum feed_state state)
{
    queue_add(stream, EVENT_FEED, pair, venue, offset_ms)->feed = state;
}

static void queue_fault(struct stream *stream, int32_t pair, enum venue venue,
                        enum fault_kind kind, int64_t delay_ns)
{
    struct stream_note *note = queue_add(stream, EVENT_FAULT, pair, venue, 0);
    note->fault.kind = kind;
    note->fault.delay_ns = delay_ns;
}

static void queue_book(struct stream *stream, int32_t pair, enum venue venue, int64_t offset_ms,
                       bool crossed)
{
    queue_add(stream, EVENT_BOOK, pair, venue, offset_ms)->crossed = crossed;
    stream->lanes[pair].feeds[venue].messages++;
}

static void begin_gap(struct stream *stream, int32_t pair)
{
    queue_feed(stream, pair, VENUE_B, 0, FEED_GAP);
    stream->lanes[pair].feeds[VENUE_B].gaps++;
}

static void script_run(struct stream *stream, const struct script_line *line)
{
    const int64_t now_ms = step_ms(stream);
    if (line->kind == SCRIPT_FX_JUMP) {
        stream->world.fx_bps += line->size / KRW_PER_USDT_START * 1e4;
        return;
    }
    if (line->coin[0] == '\0') {
        outage_begin(&stream->panic_silence_a, now_ms, line->length_s);
        return;
    }
    for (int32_t pair = 0; pair < stream->pairs_count; pair++) {
        struct lane *lane = &stream->lanes[pair];
        if (strcmp(lane->strand.coin.name, line->coin) != 0) {
            continue;
        }
        if (line->kind == SCRIPT_DISLOCATION) {
            dislocations_add(&lane->strand.dislocations, line->size, line->length_s,
                             OPENING_RAMP_S);
        } else if (line->kind == SCRIPT_SILENCE_A) {
            outage_begin(&lane->silence_a, now_ms, line->length_s);
        } else if (line->kind == SCRIPT_GAP_B) {
            outage_begin(&lane->gap_b, now_ms, line->length_s);
            begin_gap(stream, pair);
        } else {
            queue_fault(stream, pair, VENUE_B, FAULT_REJECT_NEXT_ENTRY, 0);
        }
    }
}

static void scripts_run(struct stream *stream)
{
    const int64_t step = stream->world.step;
    const struct script_line *line;
    while (stream->opening && (line = script_opening(step, &stream->opening_cursor)) != NULL) {
        script_run(stream, line);
    }
    while (stream->world.preset->crisis &&
           (line = script_crisis(step, &stream->crisis_cursor)) != NULL) {
        script_run(stream, line);
    }
}

/* A resync gives a book of a new generation between the two states of the feed. */
static void resync_book(struct stream *stream, int32_t pair, int64_t offset_ms)
{
    struct lane *lane = &stream->lanes[pair];
    lane->books[VENUE_B].generation++;
    lane->feeds[VENUE_B].resyncs++;
    lane_book_update(lane, &stream->world, VENUE_B);
    queue_book(stream, pair, VENUE_B, offset_ms, false);
}

/* True when B's feed of this pair ended an outage in this step and its book is sent already. */
static bool gap_step(struct stream *stream, int32_t pair)
{
    struct lane *lane = &stream->lanes[pair];
    const int64_t now_ms = step_ms(stream);
    int64_t offset_ms;
    if (outage_on(&stream->drop_b, now_ms)) {
        lane->gap_b.until_ms = INT64_MIN;
        return false;
    }
    if (outage_step(&lane->gap_b, now_ms)) {
        begin_gap(stream, pair);
    }
    if (!outage_ends(&lane->gap_b, now_ms, &offset_ms)) {
        return false;
    }
    offset_ms = offset_ms < 90 ? offset_ms : 90;
    lane->gap_b.until_ms = INT64_MIN;
    queue_feed(stream, pair, VENUE_B, offset_ms, FEED_RESYNC);
    resync_book(stream, pair, offset_ms);
    queue_feed(stream, pair, VENUE_B, offset_ms, FEED_FRESH);
    return true;
}

/* Binance's socket: true when it came back in this step and all books are sent already. */
static bool drop_step(struct stream *stream)
{
    const int64_t now_ms = step_ms(stream);
    int64_t offset_ms;
    if (outage_step(&stream->drop_b, now_ms)) {
        queue_feed(stream, ALL_PAIRS, VENUE_B, 0, FEED_DOWN);
    }
    if (!outage_ends(&stream->drop_b, now_ms, &offset_ms)) {
        return false;
    }
    offset_ms = offset_ms < 90 ? offset_ms : 90;
    stream->drop_b.until_ms = INT64_MIN;
    queue_feed(stream, ALL_PAIRS, VENUE_B, offset_ms, FEED_RESYNC);
    for (int32_t pair = 0; pair < stream->pairs_count; pair++) {
        stream->lanes[pair].feeds[VENUE_B].reconnects++;
        resync_book(stream, pair, offset_ms);
    }
    queue_feed(stream, ALL_PAIRS, VENUE_B, offset_ms, FEED_FRESH);
    return true;
}

static bool heard(const struct stream *stream, int32_t pair, enum venue venue)
{
    const struct lane *lane = &stream->lanes[pair];
    const int64_t now_ms = step_ms(stream);
    if (venue == VENUE_A) {
        return !outage_on(&lane->silence_a, now_ms) &&
               !outage_on(&stream->panic_silence_a, now_ms);
    }
    return !outage_on(&lane->gap_b, now_ms) && !outage_on(&stream->drop_b, now_ms);
}

/* What is not heard still happens: an outage changes no draw. */
static void venue_step(struct stream *stream, int32_t pair, enum venue venue, bool sent)
{
    struct lane *lane = &stream->lanes[pair];
    const bool hear = heard(stream, pair, venue);
    const bool crossed = venue == VENUE_A && poisson_step(&lane->crossed_a);
    if (lane_book_due(lane, &stream->world, venue) || crossed) {
        lane_book_update(lane, &stream->world, venue);
        if (hear && !sent) {
            queue_book(stream, pair, venue, lane->phase_ms, crossed);
        }
    }
    struct lane_print print;
    if (lane_print_due(lane, venue, &print) && hear) {
        queue_add(stream, EVENT_PRINT, pair, venue, print.offset_ms)->print = print;
        lane->feeds[venue].messages++;
    }
}

static void mark_step(struct stream *stream, int32_t pair, bool settled)
{
    struct lane *lane = &stream->lanes[pair];
    if (settled) {
        queue_add(stream, EVENT_FUNDING, pair, VENUE_B, 0)->rate = lane->funding_bps / 1e4;
        lane_funding_next(lane, &stream->world);
    }
    const bool due = (stream->world.step + MARK_PHASE_STEPS) % STEPS_PER_SECOND == 0;
    if ((due || settled || stream->world.step == 0) && heard(stream, pair, VENUE_B)) {
        queue_add(stream, EVENT_MARK, pair, VENUE_B, lane->phase_ms);
        lane->feeds[VENUE_B].messages++;
    }
}

static void fx_step(struct stream *stream)
{
    const int64_t now_ms = step_ms(stream);
    outage_step(&stream->fx_silence, now_ms);
    if (stream->world.step % STEPS_PER_SECOND != 0) {
        return;
    }
    fx_book_update(&stream->fx_book, world_krw_per_usd(&stream->world));
    if (!outage_on(&stream->fx_silence, now_ms) &&
        !outage_on(&stream->panic_silence_a, now_ms)) {
        queue_add(stream, EVENT_FX, ALL_PAIRS, VENUE_A, FX_PHASE_MS);
    }
}

static bool funding_due(struct stream *stream)
{
    const int64_t now_ns = stream->world.start_ns + step_ms(stream) * NS_PER_MS;
    if (now_ns < stream->funding_next_ns) {
        return false;
    }
    stream->funding_next_ns += FUNDING_NS;
    return true;
}

static void session_step(struct stream *stream)
{
    if (stream->world.step == 0) {
        queue_feed(stream, ALL_PAIRS, VENUE_A, 0, FEED_FRESH);
        queue_feed(stream, ALL_PAIRS, VENUE_B, 0, FEED_FRESH);
    }
    scripts_run(stream);
    fx_step(stream);
    const bool back = drop_step(stream);
    const bool settled = funding_due(stream);
    for (int32_t pair = 0; pair < stream->pairs_count; pair++) {
        outage_step(&stream->lanes[pair].silence_a, step_ms(stream));
        const bool resynced = gap_step(stream, pair);
        venue_step(stream, pair, VENUE_A, false);
        venue_step(stream, pair, VENUE_B, back || resynced);
        mark_step(stream, pair, settled);
    }
}

static void history_step(struct stream *stream)
{
    if (stream->world.step % STEPS_PER_MINUTE != 0) {
        return;
    }
    for (int32_t pair = 0; pair < stream->pairs_count; pair++) {
        const struct strand *strand = &stream->lanes[pair].strand;
        queue_add(stream, EVENT_HISTORY, pair, VENUE_A, 0)->premium_bps =
            strand_premium_bps(strand, &stream->world);
    }
}

static void step(struct stream *stream)
{
    struct world *world = &stream->world;
    world_step(world);
    for (int32_t pair = 0; pair < stream->pairs_count; pair++) {
        lane_step(&stream->lanes[pair], world);
        if (world->step == 0) {
            lane_rebase(&stream->lanes[pair], world);
        }
    }
    if (world->step == 0) {
        world_rebase(world);
    }
    if (world->step < 0) {
        history_step(stream);
    } else {
        session_step(stream);
    }
}

void stream_open(struct stream *stream, const struct stream_options *options)
{
    memset(stream, 0, sizeof(*stream));
    struct world *world = &stream->world;
    world_init(world, options->preset, options->seed, options->start_ns,
               -options->history_minutes * STEPS_PER_MINUTE - 1);
    stream->pairs_count = options->pairs_count;
    for (int32_t pair = 0; pair < options->pairs_count; pair++) {
        simulated_lane_init(&stream->lanes[pair], world, &options->coins[pair],
                            options->faults);
        for (int side = 0; options->view_levels > 0 && side <= VENUE_LAST; side++) {
            stream->lanes[pair].books[side].view_levels = options->view_levels;
        }
    }
    fx_book_init(&stream->fx_book, options->seed);
    outage_init(&stream->fx_silence, options->seed, "", "fx silence",
                options->faults ? FX_SILENCE : NEVER);
    outage_init(&stream->drop_b, options->seed, "", "drop b", options->faults ? DROP_B : NEVER);
    outage_init(&stream->panic_silence_a, options->seed, "", "panic silence", NEVER);
    const int64_t since_ns = ((options->start_ns % FUNDING_NS) + FUNDING_NS) % FUNDING_NS;
    stream->funding_next_ns = options->start_ns - since_ns + FUNDING_NS;
    stream->opening = options->opening && options->preset->opening;
}

const struct stream_note *stream_next(struct stream *stream)
{
    while (stream->taken == stream->queued) {
        stream->taken = 0;
        stream->queued = 0;
        step(stream);
    }
    return &stream->queue[stream->taken++];
}

static void show_book(const struct stream *stream, const struct stream_note *note,
                      struct event *out)
{
    const struct simulated_book *book = &stream->lanes[note->pair].books[note->venue];
    struct book *shown = &out->book.book;
    out->book.venue = note->venue;
    shown->exchange_ns = note->exchange_ns;
    shown->receive_ns = note->time_ns;
    shown->generation = book->generation;
    simulated_book_show(book, shown);
    if (note->crossed) {
        shown->bids[0].price = shown->asks[0].price + book->unit;
    }
}

static void show_mark(const struct stream *stream, const struct stream_note *note,
                      struct event *out)
{
    const struct lane *lane = &stream->lanes[note->pair];
    out->mark.price = lane_mark_usd(lane);
    out->mark.rate = lane->funding_bps / 1e4;
    out->mark.next_ns = stream->funding_next_ns;
}

static void show_feed(const struct stream_note *note, struct event *out)
{
    out->feed.venue = note->venue;
    out->feed.state = note->feed;
    out->feed.reason = note->feed == FEED_GAP    ? REASON_FEED_SEQ_GAP
                       : note->feed == FEED_DOWN ? REASON_FEED_DISCONNECTED
                                                 : REASON_NONE;
}

void stream_show(const struct stream *stream, const struct stream_note *note, struct event *out)
{
    memset(out, 0, sizeof(*out));
    out->kind = note->kind;
    out->pair = note->pair;
    out->time_ns = note->time_ns;
    out->day = calendar_utc_day(note->time_ns);
    switch (note->kind) {
    case EVENT_BOOK:
        show_book(stream, note, out);
        break;
    case EVENT_FX:
        out->fx.krw_per_usd = fx_book_micro(&stream->fx_book);
        out->fx.bid = (double)stream->fx_book.bid;
        out->fx.ask = (double)(stream->fx_book.bid + 1);
        break;
    case EVENT_MARK:
        show_mark(stream, note, out);
        break;
    case EVENT_FUNDING:
        out->funding.price = lane_mark_usd(&stream->lanes[note->pair]);
        out->funding.rate = note->rate;
        break;
    case EVENT_PRINT:
        out->print.venue = note->venue;
        out->print.price = note->print.price;
        out->print.size = note->print.size;
        out->print.aggressor = note->print.aggressor;
        break;
    case EVENT_FEED:
        show_feed(note, out);
        break;
    case EVENT_FAULT:
        out->fault.venue = note->venue;
        out->fault.kind = note->fault.kind;
        out->fault.delay_ns = note->fault.delay_ns;
        break;
    default:
        assert(note->kind == EVENT_HISTORY);
        out->history.premium_bps = note->premium_bps;
        break;
    }
}
