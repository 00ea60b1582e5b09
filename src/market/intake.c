#include "intake.h"

#include <assert.h>
#include <string.h>

#include "base/log.h"
#include "state_frame.h"

bool intake_init(struct intake *intake, const struct frames_options *options, struct err *err)
{
    *intake = (struct intake){0};
    return feeds_init(&intake->feeds, options, err);
}

void intake_finish(struct intake *intake)
{
    feeds_finish(&intake->feeds);
    upbit_list_finish(&intake->upbit);
    binance_list_finish(&intake->binance);
    instrument_list_finish(&intake->instruments);
    candle_list_finish(&intake->candles);
    listing_list_finish(&intake->listings);
}

void intake_begin_anew(struct intake *intake)
{
    assert(intake->messages_done == intake->messages_count);
    feeds_begin_anew(&intake->feeds);
}

/* The counter of a reason. */
static uint64_t *counter_of(struct frames_counts *counts, enum reason reason)
{
    switch ((int)reason) {
    case REASON_INPUT_NOT_FINITE:
        return &counts->not_finite;
    case REASON_INPUT_NOT_POSITIVE:
        return &counts->not_positive;
    case REASON_INPUT_RANGE:
        return &counts->out_of_range;
    case REASON_INPUT_DEPTH:
        return &counts->too_deep;
    case REASON_NET_OVERSIZE:
        return &counts->too_long;
    default:
        return &counts->malformed;
    }
}

/* `symbol` "": the frame could have been any pair's. */
static void count_in_feeds(struct intake *intake, enum venue venue, const char *symbol)
{
    for (int32_t i = 0; i < intake->feeds.pairs_count; i++) {
        struct feeds_pair *pair = &intake->feeds.pairs[i];
        if (symbol[0] == '\0' || strcmp(symbol, feeds_symbol(pair, venue)) == 0) {
            pair->feeds[venue].counters.dropped++;
        }
    }
}

static enum reason drop(struct intake *intake, enum reason reason)
{
    ++*counter_of(&intake->counts, reason);
    intake->counts.dropped++;
    return reason;
}

void intake_report_drop(struct intake *intake, enum reason reason, const char *place)
{
    const uint64_t count = *counter_of(&intake->counts, reason);
    err_wrap(&intake->drop, "%s", place);
    if ((count & (count - 1)) == 0) {
        log_warn("market", "frame dropped reason=%s count=%llu: %s", reason_code(reason),
                 (unsigned long long)count, intake->drop.text);
    }
}

/* Nobody knows whose it was. */
enum reason intake_read_too_long(struct intake *intake)
{
    intake->counts.frames++;
    err_set(&intake->drop, ERR_INPUT, "message over %d bytes", FRAMES_SIZE_MAX);
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        count_in_feeds(intake, venue, "");
    }
    return drop(intake, REASON_NET_OVERSIZE);
}

/* What kinds of frames there are; what is none of them is passed by. */
static enum intake_kind kind_of(const char *channel)
{
    static const struct {
        const char *channel;
        enum intake_kind kind;
    } kinds[] = {
        {"ws", INTAKE_MESSAGES},
        {"state", INTAKE_STATE},
        {"rest.depth", INTAKE_MESSAGES},
        {"rest.ticker", INTAKE_MESSAGES},
        {"rest.trades", INTAKE_MESSAGES},
        {"rest.orderbook", INTAKE_MESSAGES},
        {"rest.premium", INTAKE_MESSAGES},
        {"rest.instruments", INTAKE_INSTRUMENTS},
        {"rest.exchangeInfo", INTAKE_INSTRUMENTS},
        {"rest.candles", INTAKE_CANDLES},
        {"rest.klines", INTAKE_CANDLES},
        {"rest.markets", INTAKE_LISTINGS},
    };
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(channel, kinds[i].channel) == 0) {
            return kinds[i].kind;
        }
    }
    return strncmp(channel, "ws.", 3) == 0 ? INTAKE_MESSAGES : INTAKE_NOTHING;
}

static bool decode_messages(struct intake *intake, enum reason *reason)
{
    const struct frame *frame = &intake->frame;
    if (frame->venue == VENUE_A) {
        const bool read =
            upbit_decode(&intake->upbit, frame->raw, frame->raw_length, reason, &intake->drop);
        intake->messages_count = intake->upbit.count;
        return read;
    }
    const char *stream = frame->channel[0] == 'w' ? frame->channel : "";
    const bool read = binance_decode(&intake->binance, stream, frame->raw, frame->raw_length,
                                     reason, &intake->drop);
    intake->messages_count = intake->binance.count;
    return read;
}

static bool decode_instruments(struct intake *intake, enum reason *reason)
{
    const struct frame *frame = &intake->frame;
    return (frame->venue == VENUE_A ? instruments_decode_upbit : instruments_decode_binance)(
        &intake->instruments, frame->raw, frame->raw_length, reason, &intake->drop);
}

static bool decode_candles(struct intake *intake, enum reason *reason)
{
    const struct frame *frame = &intake->frame;
    return (frame->venue == VENUE_A ? candles_decode_upbit : candles_decode_binance)(
        &intake->candles, frame->raw, frame->raw_length, reason, &intake->drop);
}

/* Its messages wait; other frames than those of messages are one. */
static bool decode(struct intake *intake, enum reason *reason)
{
    const struct frame *frame = &intake->frame;
    intake->messages_count = 1;
    switch (intake->kind) {
    case INTAKE_MESSAGES:
        return decode_messages(intake, reason);
    case INTAKE_STATE:
        return state_frame_parse(&intake->news, frame->raw, frame->raw_length, reason,
                                 &intake->drop);
    case INTAKE_INSTRUMENTS:
        return decode_instruments(intake, reason);
    case INTAKE_CANDLES:
        return decode_candles(intake, reason);
    case INTAKE_LISTINGS:
        return listings_decode_upbit(&intake->listings, frame->raw, frame->raw_length, reason,
                                     &intake->drop);
    case INTAKE_NOTHING:
        break;
    }
    intake->messages_count = 0;
    intake->feeds.ignored++;
    return true;
}

enum reason intake_read(struct intake *intake, const struct frame *frame)
{
    enum reason reason = REASON_NONE;
    assert(intake->messages_done == intake->messages_count);
    intake->counts.frames++;
    intake->frame = *frame;
    intake->messages_done = 0;
    intake->messages_count = 0;
    intake->kind = kind_of(frame->channel);
    if (!decode(intake, &reason)) {
        intake->messages_count = 0;
        count_in_feeds(intake, frame->venue, frame->symbol);
        feeds_count(&intake->feeds, frame->venue, reason);
        drop(intake, reason);
    }
    intake->frame.raw = NULL;
    return reason;
}

static void hand_on_message(struct intake *intake, size_t index)
{
    const struct frame *frame = &intake->frame;
    if (frame->venue == VENUE_A) {
        const bool from_rest = frame->channel[0] == 'r';
        feeds_upbit(&intake->feeds, &intake->upbit.messages[index], from_rest);
    } else {
        const char *symbol = frame->symbol[0] != '\0' ? frame->symbol : NULL;
        feeds_binance(&intake->feeds, &intake->binance, &intake->binance.messages[index],
                      symbol);
    }
}

/* Hands one more message of the frame to the feeds; false when it has no more. */
static bool hand_on(struct intake *intake)
{
    const struct frame *frame = &intake->frame;
    if (intake->messages_done == intake->messages_count) {
        return false;
    }
    const size_t index = intake->messages_done++;
    intake->feeds.receive_ns = frame->receive_ns;
    if (intake->kind == INTAKE_STATE) {
        feeds_news(&intake->feeds, frame->venue, frame->symbol, &intake->news);
    } else if (intake->kind == INTAKE_INSTRUMENTS) {
        feeds_instruments(&intake->feeds, frame->venue, frame->symbol, &intake->instruments);
    } else if (intake->kind == INTAKE_CANDLES) {
        feeds_candles(&intake->feeds, frame->venue, frame->symbol, &intake->candles);
    } else if (intake->kind == INTAKE_LISTINGS) {
        feeds_listings(&intake->feeds, &intake->listings);
    } else {
        hand_on_message(intake, index);
    }
    return true;
}

void intake_settle(struct intake *intake)
{
    while (hand_on(intake)) {
    }
}

size_t intake_waiting(const struct intake *intake)
{
    return intake->feeds.queue.count;
}

bool intake_next(struct intake *intake, struct event *out)
{
    while (!feeds_take(&intake->feeds, out)) {
        if (!hand_on(intake)) {
            return false;
        }
    }
    out->line = ++intake->events;
    return true;
}

void intake_counts(const struct intake *intake, struct frames_counts *out)
{
    *out = intake->counts;
    out->ignored = intake->feeds.ignored;
    out->unknown_fields = intake->feeds.unknown_fields;
}

bool intake_feed(const struct intake *intake, int32_t pair, enum venue venue,
                 struct source_feed *out)
{
    const struct feeds *feeds = &intake->feeds;
    if (pair < 0 || pair >= feeds->pairs_count) {
        return false;
    }
    *out = feeds->pairs[pair].feeds[venue].counters;
    return true;
}
