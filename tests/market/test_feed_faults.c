/* What goes wrong in sequences and clocks of venues, each by its reason: how often it is
 * counted, how the feed stands behind it, and which book is shown last. */
#include "support/check.h"

#include "base/log.h"
#include "intake.h"

#define MS INT64_C(1000000)

/* A book of one level a side, of the venue's time `ms`. */
#define BOOK(ms, bid, ask)                                                                     \
    "ws", "{\"ty\":\"orderbook\",\"cd\":\"KRW-BTC\",\"tms\":" ms ",\"obu\":[{\"ap\":" ask      \
          ",\"bp\":" bid ",\"as\":1,\"bs\":1}],\"lv\":0}"
#define REST_BOOK(ms, bid, ask)                                                                \
    "rest.orderbook", "[{\"market\":\"KRW-BTC\",\"timestamp\":" ms                             \
                      ",\"orderbook_units\":[{\"ask_price\":" ask ",\"bid_price\":" bid        \
                      ",\"ask_size\":1,\"bid_size\":1}],\"level\":0}]"
/* A diff of the ids first..last, behind `previous`, of the venue's time `ms`. */
#define DIFF(ms, first, last, previous, bids)                                                  \
    "ws", "{\"e\":\"depthUpdate\",\"E\":" ms ",\"T\":" ms ",\"s\":\"BTCUSDT\",\"U\":" first    \
          ",\"u\":" last ",\"pu\":" previous ",\"b\":[" bids "],\"a\":[]}"
#define SNAPSHOT(ms, id)                                                                       \
    "rest.depth", "{\"lastUpdateId\":" id ",\"E\":" ms ",\"T\":" ms                            \
                  ",\"bids\":[[\"100\",\"1\"]],\"asks\":[[\"110\",\"1\"]]}"
/* Snapshot 10, the diff that spans it, and a bid of 101 with diff 11. */
#define BEGIN_B                                                                                \
    {0, DIFF("8", "8", "10", "7", "")}, {1, SNAPSHOT("9", "10")},                              \
    {                                                                                          \
        2, DIFF("10", "11", "11", "10", "[\"101\",\"1\"]")                                     \
    }
#define OPEN "state", "{\"state\":\"open\"}"

struct line {
    int64_t at_ms; /* received */
    const char *channel, *raw;
};

enum { LINES_MAX = 12 };

struct fault_case {
    const char *name;
    enum venue venue;
    const char *code;
    uint32_t count;
    enum feed_state state;
    const char *state_code;
    double bid; /* of the last book shown */
    uint64_t generation;
    int books; /* shown in all */
    struct line lines[LINES_MAX];
};

static const struct fault_case CASES[] = {
    {"a crossed book of B is no book until it has begun anew",
     VENUE_B,
     "FEED.CROSSED",
     1,
     FEED_RESYNC,
     "FEED.CROSSED",
     101,
     1,
     2,
     {BEGIN_B, {3, DIFF("11", "12", "12", "11", "[\"111\",\"1\"]")}}},
    {"and then it is another",
     VENUE_B,
     "FEED.CROSSED",
     1,
     FEED_FRESH,
     "NONE",
     100,
     2,
     3,
     {BEGIN_B,
      {3, DIFF("11", "12", "12", "11", "[\"111\",\"1\"]")},
      {4, DIFF("12", "13", "13", "12", "")},
      {5, SNAPSHOT("12", "13")}}},
    {"a locked book of B likewise",
     VENUE_B,
     "FEED.LOCKED",
     1,
     FEED_RESYNC,
     "FEED.LOCKED",
     101,
     1,
     2,
     {BEGIN_B, {3, DIFF("11", "12", "12", "11", "[\"110\",\"1\"]")}}},
    {"a crossed book of A is shown as it is, until the next one",
     VENUE_A,
     "FEED.CROSSED",
     1,
     FEED_FRESH,
     "NONE",
     101,
     1,
     3,
     {{0, BOOK("1", "100", "110")},
      {1, BOOK("2", "111", "110")},
      {2, BOOK("3", "101", "110")}}},
    {"a locked book of A likewise",
     VENUE_A,
     "FEED.LOCKED",
     1,
     FEED_FRESH,
     "NONE",
     110,
     1,
     2,
     {{0, BOOK("1", "100", "110")}, {1, BOOK("2", "110", "110")}}},
    {"a gap is waited out for 200 ms",
     VENUE_B,
     "FEED.SEQ_GAP",
     0,
     FEED_FRESH,
     "NONE",
     101,
     1,
     2,
     {BEGIN_B, {3, DIFF("12", "13", "13", "12", "")}, {203, DIFF("13", "14", "14", "13", "")}}},
    {"and not longer",
     VENUE_B,
     "FEED.SEQ_GAP",
     1,
     FEED_RESYNC,
     "FEED.SEQ_GAP",
     101,
     1,
     2,
     {BEGIN_B, {3, DIFF("12", "13", "13", "12", "")}, {204, DIFF("13", "14", "14", "13", "")}}},
    {"what waited is the beginning of the next book",
     VENUE_B,
     "FEED.SEQ_GAP",
     1,
     FEED_FRESH,
     "NONE",
     102,
     2,
     3,
     {BEGIN_B,
      {3, DIFF("12", "13", "13", "12", "[\"102\",\"1\"]")},
      {204, DIFF("13", "14", "14", "13", "")},
      {205, SNAPSHOT("11", "13")}}},
    {"a snapshot from before the first diff gives no book",
     VENUE_B,
     "FEED.SNAPSHOT_OLD",
     1,
     FEED_SILENT,
     "NONE",
     0,
     0,
     0,
     {{0, DIFF("8", "8", "10", "7", "")}, {1, SNAPSHOT("5", "5")}}},
    {"its diffs wait for the next one",
     VENUE_B,
     "FEED.SNAPSHOT_OLD",
     1,
     FEED_FRESH,
     "NONE",
     101,
     2,
     1,
     {{0, DIFF("8", "8", "10", "7", "[\"101\",\"1\"]")},
      {1, SNAPSHOT("5", "5")},
      {2, SNAPSHOT("9", "9")}}},
    {"a new connection of B keeps nothing of the old book",
     VENUE_B,
     "FEED.GENERATION",
     1,
     FEED_RESYNC,
     "FEED.GENERATION",
     101,
     1,
     2,
     {{0, OPEN}, BEGIN_B, {3, OPEN}, {4, DIFF("12", "12", "12", "11", "[\"102\",\"1\"]")}}},
    {"its book is another",
     VENUE_B,
     "FEED.GENERATION",
     1,
     FEED_FRESH,
     "NONE",
     102,
     2,
     3,
     {{0, OPEN},
      BEGIN_B,
      {3, OPEN},
      {4, DIFF("12", "12", "12", "11", "[\"102\",\"1\"]")},
      {5, SNAPSHOT("11", "11")}}},
    {"a new connection of A begins with a time of its own",
     VENUE_A,
     "FEED.GENERATION",
     1,
     FEED_FRESH,
     "NONE",
     99,
     2,
     2,
     {{0, OPEN}, {0, BOOK("5", "100", "110")}, {1, OPEN}, {2, BOOK("4", "99", "110")}}},
    {"a diff that comes twice is one",
     VENUE_B,
     "FEED.DUPLICATE",
     2,
     FEED_FRESH,
     "NONE",
     101,
     1,
     2,
     {BEGIN_B,
      {3, DIFF("10", "11", "11", "10", "[\"102\",\"9\"]")},
      {4, DIFF("8", "8", "10", "7", "[\"102\",\"9\"]")}}},
    {"a diff that is late is waited for",
     VENUE_B,
     "FEED.OUT_OF_ORDER",
     1,
     FEED_FRESH,
     "NONE",
     103,
     1,
     3,
     {BEGIN_B,
      {3, DIFF("12", "13", "13", "12", "[\"103\",\"1\"]")},
      {4, DIFF("11", "12", "12", "11", "[\"102\",\"1\"]")}}},
    {"a book of A that is late is not shown",
     VENUE_A,
     "FEED.OUT_OF_ORDER",
     2,
     FEED_FRESH,
     "NONE",
     101,
     1,
     3,
     {{0, BOOK("50", "100", "110")},
      {1, BOOK("40", "99", "110")},
      {2, BOOK("41", "99", "110")},
      {3, BOOK("51", "101", "110")},
      {4, BOOK("51", "101", "110")}}},
    {"nor is an answer that was under way",
     VENUE_A,
     "FEED.OUT_OF_ORDER",
     4,
     FEED_FRESH,
     "NONE",
     100,
     1,
     1,
     {{0, BOOK("50", "100", "110")},
      {1, REST_BOOK("40", "99", "110")},
      {2, REST_BOOK("41", "99", "110")},
      {3, REST_BOOK("42", "99", "110")},
      {4, REST_BOOK("43", "99", "110")}}},
    {"ids of B that begin anew are a new generation",
     VENUE_B,
     "FEED.SEQ_RANGE",
     1,
     FEED_FRESH,
     "NONE",
     102,
     2,
     3,
     {BEGIN_B, {3, DIFF("12", "1", "3", "0", "[\"102\",\"1\"]")}, {4, SNAPSHOT("12", "2")}}},
    {"so are ids that come to the end of 64 bits",
     VENUE_B,
     "FEED.SEQ_RANGE",
     1,
     FEED_RESYNC,
     "FEED.SEQ_RANGE",
     101,
     1,
     1,
     {{0, DIFF("8", "8", "18446744073709551615", "7", "[\"101\",\"1\"]")},
      {1, SNAPSHOT("9", "9223372036854775808")},
      {2, DIFF("10", "1", "2", "18446744073709551615", "[\"102\",\"1\"]")}}},
    {"an id beyond 64 bits is no message, and the chain shows it",
     VENUE_B,
     "INPUT.RANGE",
     1,
     FEED_RESYNC,
     "FEED.SEQ_GAP",
     101,
     1,
     2,
     {BEGIN_B,
      {3, DIFF("11", "12", "18446744073709551616", "11", "[\"102\",\"1\"]")},
      {4, DIFF("12", "14", "14", "13", "")},
      {205, DIFF("13", "15", "15", "14", "")}}},
    {"A's clock set back by a second is believed with the third book",
     VENUE_A,
     "FEED.SEQ_RANGE",
     1,
     FEED_FRESH,
     "NONE",
     103,
     2,
     2,
     {{0, BOOK("5000", "100", "110")},
      {100, BOOK("4100", "101", "110")},
      {200, BOOK("4200", "102", "110")},
      {300, BOOK("4300", "103", "110")}}},
    {"A's clock set back by an hour is believed at once",
     VENUE_A,
     "FEED.SEQ_RANGE",
     1,
     FEED_FRESH,
     "NONE",
     101,
     2,
     2,
     {{0, BOOK("3605000", "100", "110")}, {100, BOOK("5100", "101", "110")}}},
};

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

static void check_case(const struct fault_case *it)
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

/* Goal: each fault is counted by its reason as often as it happened, and leaves the feed and
 * the book that it should. */
static void each_fault_has_its_reason_and_its_end(void **state)
{
    for (size_t i = 0; i < LEN(CASES); i++) {
        check_case(&CASES[i]);
    }
}

/* Goal: a leap second, told twice or counted as 23:59:60, is no fault of its own: numbers order
 * B's messages whatever their times, and A's time is believed again after two books. */
static void a_second_that_comes_twice_is_survived(void **state)
{
    static const struct fault_case cases[] = {
        {"two books of A of one moment",
         VENUE_A,
         "FEED.OUT_OF_ORDER",
         0,
         FEED_FRESH,
         "NONE",
         101,
         1,
         2,
         {{0, BOOK("1000", "100", "110")}, {1, BOOK("1000", "101", "110")}}},
        {"A's second once more",
         VENUE_A,
         "FEED.OUT_OF_ORDER",
         2,
         FEED_FRESH,
         "NONE",
         103,
         2,
         2,
         {{0, BOOK("1000", "100", "110")},
          {10, BOOK("10", "101", "110")},
          {20, BOOK("20", "102", "110")},
          {30, BOOK("30", "103", "110")}}},
        {"two diffs of B of one moment",
         VENUE_B,
         "FEED.DUPLICATE",
         0,
         FEED_FRESH,
         "NONE",
         103,
         1,
         4,
         {BEGIN_B,
          {3, DIFF("10", "12", "12", "11", "[\"102\",\"1\"]")},
          {4, DIFF("10", "13", "13", "12", "[\"103\",\"1\"]")}}},
        {"B's second once more",
         VENUE_B,
         "FEED.SEQ_RANGE",
         0,
         FEED_FRESH,
         "NONE",
         103,
         1,
         4,
         {BEGIN_B,
          {3, DIFF("1000", "12", "12", "11", "[\"102\",\"1\"]")},
          {4, DIFF("10", "13", "13", "12", "[\"103\",\"1\"]")}}},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        check_case(&cases[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault_has_its_reason_and_its_end),
        cmocka_unit_test(a_second_that_comes_twice_is_survived),
    };
    FILE *quiet = fopen("/dev/null", "w");
    log_open(quiet, LOG_ERROR);
    const int failed = cmocka_run_group_tests_name("market/feed_faults", tests, NULL, NULL);
    fclose(quiet);
    return failed;
}
