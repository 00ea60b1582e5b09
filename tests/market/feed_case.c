#include "feed_case.h"

#define MS INT64_C(1000000)

/* How it stood in the end. */
struct outcome {
    enum feed_state state;
    enum reason reason;
    struct book book;
    int books;
};

static struct outcome play(struct intake *intake, const struct fault_case *it)
{
    struct outcome outcome = {.state = FEED_SILENT};
    for (size_t i = 0; i < LINES_MAX && it->lines[i].raw != NULL; i++) {
        const struct line *line = &it->lines[i];
        struct frame frame = {.receive_ns = line->at_ms * MS, .venue = it->venue};
        struct event event;
        frame.raw = line->raw;
        frame.raw_length = strlen(line->raw);
        snprintf(frame.channel, sizeof frame.channel, "%s", line->channel);
        snprintf(frame.symbol, sizeof frame.symbol, "%s",
                 strcmp(line->channel, "rest.depth") == 0 ? "BTCUSDT" : "");
        (void)intake_read(intake, &frame);
        while (intake_next(intake, &event)) {
            if (event.kind == EVENT_FEED) {
                outcome.state = event.feed.state;
                outcome.reason = event.feed.reason;
            } else if (event.kind == EVENT_BOOK) {
                outcome.book = event.book.book;
                outcome.books++;
            }
        }
    }
    return outcome;
}

static uint32_t count_of(const struct intake *intake, enum venue venue, const char *code)
{
    for (int reason = 0; reason < FEEDS_REASONS_MAX; reason++) {
        if (strcmp(reason_code((enum reason)reason), code) == 0) {
            return intake->feeds.reasons[venue][reason];
        }
    }
    fail_msg("there is no reason '%s'", code);
    return 0;
}

void feed_case_check(const struct fault_case *it)
{
    static const struct frames_pair pairs[] = {{"KRW-BTC", "BTCUSDT"}};
    const struct frames_options options = {pairs, LEN(pairs), "KRW-USDT", "mid"};
    struct intake intake = {0};
    struct err err;
    print_message("# %s: %s\n", it->code, it->name);
    assert_true(intake_init(&intake, &options, &err));
    const struct outcome got = play(&intake, it);
    assert_int_equal(count_of(&intake, it->venue, it->code), it->count);
    assert_int_equal(got.state, it->state);
    assert_string_equal(reason_code(got.reason), it->state_code);
    assert_int_equal(got.books, it->books);
    check_near(got.book.bids[0].price, it->bid, 0);
    assert_int_equal(got.book.generation, it->generation);
    intake_finish(&intake);
}
