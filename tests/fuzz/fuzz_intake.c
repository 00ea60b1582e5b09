#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "intake.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* What a line's first letter says of the rest of it. */
static const struct {
    char letter;
    enum venue venue;
    const char *channel, *symbol;
} KINDS[] = {
    {'u', VENUE_A, "ws", ""},
    {'b', VENUE_B, "ws", ""},
    {'d', VENUE_B, "rest.depth", "BTCUSDT"},
    {'p', VENUE_B, "rest.premium", ""},
    {'o', VENUE_A, "rest.orderbook", ""},
    {'i', VENUE_A, "rest.instruments", "KRW-BTC"},
    {'x', VENUE_B, "rest.exchangeInfo", ""},
    {'m', VENUE_A, "rest.markets", ""},
    {'c', VENUE_A, "rest.candles", "KRW-BTC"},
    {'f', VENUE_A, "rest.candles", "KRW-USDT"},
    {'k', VENUE_B, "rest.klines", "BTCUSDT"},
    {'s', VENUE_A, "state", ""},
    {'t', VENUE_B, "state", ""},
};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    log_open(fopen("/dev/null", "w"), LOG_ERROR); /* drops are said aloud */
    return 0;
}

static void check_event(const struct event *event, uint64_t line, int64_t receive_ns)
{
    assert(event->line == line);
    assert(event->kind == EVENT_HISTORY ? event->time_ns <= receive_ns
                                        : event->time_ns == receive_ns);
    assert(event->pair == 0 || event->pair == -1);
    if (event->kind == EVENT_INSTRUMENT) {
        assert(event_instrument_fine(event));
    } else if (event->kind == EVENT_FX) {
        assert(event->fx.krw_per_usd > 0.0);
    } else if (event->kind == EVENT_BOOK && event->book.venue == VENUE_B) {
        const enum book_fault fault = book_check(&event->book.book);
        assert(fault != BOOK_BAD_NUMBER);
    }
}

static void take_line(struct intake *intake, const char *line, size_t length, int64_t *time_ns)
{
    for (size_t i = 0; length > 0 && i < sizeof(KINDS) / sizeof(KINDS[0]); i++) {
        if (line[0] != KINDS[i].letter) {
            continue;
        }
        struct frame frame = {.receive_ns = *time_ns += 50000000, .venue = KINDS[i].venue};
        snprintf(frame.channel, sizeof(frame.channel), "%s", KINDS[i].channel);
        snprintf(frame.symbol, sizeof(frame.symbol), "%s", KINDS[i].symbol);
        frame.raw = line + 1;
        frame.raw_length = length - 1;
        (void)intake_read(intake, &frame);
        struct event event;
        while (intake_next(intake, &event)) {
            check_event(&event, intake->events, *time_ns);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const struct frames_pair pairs[] = {{"KRW-BTC", "BTCUSDT"}};
    const struct frames_options options = {pairs, 1, "KRW-USDT", "micro"};
    struct intake intake;
    struct err err;
    int64_t time_ns = INT64_C(120000000000); /* two minutes of the past are over */
    const bool opened = intake_init(&intake, &options, &err);
    assert(opened);
    const char *line = (const char *)bytes;
    const char *const end = line + length;
    while (line < end) {
        const char *feed = memchr(line, '\n', (size_t)(end - line));
        const char *const stop = feed != NULL ? feed : end;
        take_line(&intake, line, (size_t)(stop - line), &time_ns);
        line = stop + 1;
    }
    intake_finish(&intake);
    return 0;
}
