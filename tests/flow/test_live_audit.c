#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "market/frame_lines.h"
#include "support/venues.h"

/* An auditor who trusts nobody: from the frames that were recorded it makes up its own mind
 * about what was known at the time of each entry, by other ways than the program's, and looks
 * whether that was fit to be traded on. */

enum {
    PAIRS = 3,
    UPBIT_SEEN = 512, /* newest books of a symbol that are remembered */
    DIFFS_MAX = 4096,
    SNAPSHOTS_MAX = 64,
    LEVELS_MAX = 8192,
    WANTED = 15, /* entries */
    PATIENCE_S = 90,
    FAULTS = 200,
};

/* What the configuration calls age_a_ms, age_b_ms, age_fx_ms and skew_ms; a diff that came
 * before its turn may wait for the others, and what was heard is told now and then. */
static const double AGE_A_MS = 3000, AGE_B_MS = 1500, AGE_FX_MS = 15000, SKEW_MS = 500,
                    LATE_MS = 200, TOLD_MS = 250;

static const char *const SYMBOLS_A[PAIRS + 1] = {"KRW-BTC", "KRW-ETH", "KRW-XRP", "KRW-USDT"};
static const char *const SYMBOLS_B[PAIRS] = {"BTCUSDT", "ETHUSDT", "XRPUSDT"};

struct touch {
    int64_t time_ns;
    double bid, ask;
};

struct seen {
    struct touch touches[UPBIT_SEEN]; /* a ring */
    size_t count;
};

/* A depth snapshot or a diff as it came. */
struct page {
    int64_t time_ns;
    uint64_t first, last, previous;
    json_t *body;
};

struct side {
    double prices[LEVELS_MAX], sizes[LEVELS_MAX];
    size_t count;
};

struct auditor {
    struct seen upbit[PAIRS + 1];
    struct page diffs[PAIRS][DIFFS_MAX];
    size_t diffs_count[PAIRS];
    struct page snapshots[PAIRS][SNAPSHOTS_MAX];
    size_t snapshots_count[PAIRS];
    int64_t heard_ns[2]; /* any message of the venue */
    bool down[2];
    struct side bids, asks;
};

static int index_of(const char *const *symbols, int count, const char *symbol)
{
    for (int i = 0; i < count; i++) {
        if (symbol != NULL && strcmp(symbols[i], symbol) == 0) {
            return i;
        }
    }
    return -1;
}

static void see_upbit(struct auditor *auditor, const json_t *message, int64_t time_ns)
{
    const char *code = json_string_value(json_object_get(message, "code"));
    if (code == NULL) {
        code = json_string_value(json_object_get(message, "market"));
    }
    const json_t *best = json_array_get(json_object_get(message, "orderbook_units"), 0);
    const int symbol = index_of(SYMBOLS_A, PAIRS + 1, code);
    if (symbol < 0 || best == NULL) {
        return;
    }
    struct seen *seen = &auditor->upbit[symbol];
    seen->touches[seen->count++ % UPBIT_SEEN] =
        (struct touch){time_ns, json_number_value(json_object_get(best, "bid_price")),
                       json_number_value(json_object_get(best, "ask_price"))};
}

static uint64_t number_of(const json_t *body, const char *name)
{
    return (uint64_t)json_integer_value(json_object_get(body, name));
}

static void keep(struct page *pages, size_t *count, size_t most, struct page page)
{
    if (*count == most) { /* the older half will not be asked for */
        for (size_t i = 0; i < most / 2; i++) {
            json_decref(pages[i].body);
        }
        memmove(pages, pages + most / 2, (most - most / 2) * sizeof *pages);
        *count = most - most / 2;
    }
    pages[(*count)++] = page;
}

static void see_binance(struct auditor *auditor, const struct frame *frame, json_t *message)
{
    json_t *data = json_object_get(message, "data");
    const int streamed =
        index_of(SYMBOLS_B, PAIRS, json_string_value(json_object_get(data, "s")));
    const int asked = index_of(SYMBOLS_B, PAIRS, frame->symbol);
    if (streamed >= 0 && json_object_get(data, "pu") != NULL) {
        keep(auditor->diffs[streamed], &auditor->diffs_count[streamed], DIFFS_MAX,
             (struct page){frame->receive_ns, number_of(data, "U"), number_of(data, "u"),
                           number_of(data, "pu"), json_incref(data)});
    } else if (asked >= 0 && strcmp(frame->channel, "rest.depth") == 0) {
        const uint64_t last = number_of(message, "lastUpdateId");
        keep(auditor->snapshots[asked], &auditor->snapshots_count[asked], SNAPSHOTS_MAX,
             (struct page){frame->receive_ns, 0, last, 0, json_incref(message)});
    }
}

static void see_state(struct auditor *auditor, const struct frame *frame, const json_t *message)
{
    const char *state = json_string_value(json_object_get(message, "state"));
    if (frame->symbol[0] != '\0' || state == NULL) {
        return;
    }
    if (strcmp(state, "down") == 0 || strcmp(state, "silent") == 0) {
        auditor->down[frame->venue] = true;
    } else if (strcmp(state, "open") == 0) {
        auditor->down[frame->venue] = false;
    } else if (strcmp(state, "fresh") == 0) {
        auditor->heard_ns[frame->venue] = frame->receive_ns;
    }
}

static void see(struct auditor *auditor, const struct frame *frame)
{
    json_t *message = json_loadb(frame->raw, frame->raw_length, JSON_DISABLE_EOF_CHECK, NULL);
    if (strcmp(frame->channel, "state") == 0) {
        see_state(auditor, frame, message);
    } else {
        auditor->heard_ns[frame->venue] = frame->receive_ns;
    }
    if (frame->venue == VENUE_B) {
        see_binance(auditor, frame, message);
    } else if (json_is_array(message)) {
        for (size_t i = 0; i < json_array_size(message); i++) {
            see_upbit(auditor, json_array_get(message, i), frame->receive_ns);
        }
    } else {
        see_upbit(auditor, message, frame->receive_ns);
    }
    json_decref(message);
}

static void set_level(struct side *side, double price, double size)
{
    size_t at = 0;
    while (at < side->count && side->prices[at] != price) {
        at++;
    }
    assert_true(at < LEVELS_MAX);
    side->prices[at] = price;
    side->sizes[at] = size;
    side->count += at == side->count ? 1 : 0;
}

static void set_levels(struct side *side, const json_t *levels)
{
    size_t i;
    const json_t *level;
    json_array_foreach((json_t *)levels, i, level)
    {
        set_level(side, atof(json_string_value(json_array_get(level, 0))),
                  atof(json_string_value(json_array_get(level, 1))));
    }
}

static void set_page(struct auditor *auditor, const json_t *body, const char *bids,
                     const char *asks)
{
    set_levels(&auditor->bids, json_object_get(body, bids));
    set_levels(&auditor->asks, json_object_get(body, asks));
}

/* The best price; `sign` is 1 for bids, -1 for asks. */
static double best_of(const struct side *side, double sign)
{
    double best = NAN;
    for (size_t i = 0; i < side->count; i++) {
        if (side->sizes[i] > 0 && !(sign * side->prices[i] <= sign * best)) {
            best = side->prices[i];
        }
    }
    return best;
}

static int by_last(const void *a, const void *b)
{
    const uint64_t left = (*(const struct page *const *)a)->last;
    const uint64_t right = (*(const struct page *const *)b)->last;
    return (left > right) - (left < right);
}

/* The book that follows from one snapshot by all diffs known: each joins the one before it
 * ("pu" is its "u"), the first spans the snapshot. A diff that does not join may only be one
 * that just came before its turn. */
static bool follow(struct auditor *auditor, const struct page *snapshot, struct page **diffs,
                   size_t count, int64_t time_ns)
{
    uint64_t last = snapshot->last;
    bool first = true;
    auditor->bids.count = auditor->asks.count = 0;
    set_page(auditor, snapshot->body, "bids", "asks");
    for (size_t i = 0; i < count; i++) {
        const struct page *diff = diffs[i];
        if (diff->last < snapshot->last || (!first && diff->last <= last)) {
            continue;
        }
        const bool joins = first ? diff->first <= last : diff->previous == last;
        if (!joins) {
            return (double)(time_ns - diff->time_ns) / 1e6 <= LATE_MS;
        }
        set_page(auditor, diff->body, "b", "a");
        last = diff->last;
        first = false;
    }
    return true;
}

static bool is_binance_known(struct auditor *auditor, int pair, const json_t *inputs,
                             int64_t time_ns)
{
    const size_t count = auditor->diffs_count[pair];
    struct page **diffs = mem_zalloc((count + 1) * sizeof *diffs);
    bool known = false;
    for (size_t i = 0; i < count; i++) {
        diffs[i] = &auditor->diffs[pair][i];
    }
    qsort(diffs, count, sizeof *diffs, by_last);
    for (size_t i = auditor->snapshots_count[pair]; i > 0 && !known; i--) {
        const struct page *snapshot = &auditor->snapshots[pair][i - 1];
        known = follow(auditor, snapshot, diffs, count, time_ns) &&
                best_of(&auditor->bids, 1) == desk_number(inputs, "bid_b") &&
                best_of(&auditor->asks, -1) == desk_number(inputs, "ask_b");
    }
    mem_free(diffs);
    return known;
}

/* Was there a book like this so shortly before, or is it the newest? */
static bool is_upbit_known(const struct seen *seen, double bid_least, double bid_most,
                           double ask_least, double ask_most, double age_ms, int64_t time_ns)
{
    for (size_t back = 1; back <= seen->count && back <= UPBIT_SEEN; back++) {
        const struct touch *touch = &seen->touches[(seen->count - back) % UPBIT_SEEN];
        if (back > 1 && (double)(time_ns - touch->time_ns) / 1e6 > age_ms) {
            return false;
        }
        if (touch->bid >= bid_least && touch->bid <= bid_most && touch->ask >= ask_least &&
            touch->ask <= ask_most) {
            return true;
        }
    }
    return false;
}

/* NULL, or what is wrong with an entry that was allowed. */
static const char *judge(struct auditor *auditor, const json_t *envelope, double bid_b_times)
{
    json_t *inputs = json_deep_copy(desk_at(envelope, "inputs"));
    const int pair = index_of(SYMBOLS_A, PAIRS, desk_word(envelope, "subject.a"));
    const int64_t time_ns = json_integer_value(json_object_get(inputs, "time_ns"));
    const double bid_a = desk_number(inputs, "bid_a"), ask_a = desk_number(inputs, "ask_a");
    const double bid_b = desk_number(inputs, "bid_b") * bid_b_times;
    const double fx = desk_number(inputs, "krw_per_usd");
    const double silent_a_ms = (double)(time_ns - auditor->heard_ns[VENUE_A]) / 1e6;
    const double silent_b_ms = (double)(time_ns - auditor->heard_ns[VENUE_B]) / 1e6;
    const char *fault = NULL;
    json_object_set_new(inputs, "bid_b", json_real(bid_b));
    if (pair < 0) {
        fault = "a pair nobody trades";
    } else if (!(bid_a < ask_a) || !(bid_b < desk_number(inputs, "ask_b"))) {
        fault = "a crossed book";
    } else if (auditor->down[VENUE_A] || auditor->down[VENUE_B]) {
        fault = "a venue that was down";
    } else if (silent_a_ms > AGE_A_MS || silent_b_ms > AGE_B_MS + TOLD_MS) {
        fault = "a venue that was silent";
    } else if (desk_number(inputs, "age_a_ms") > AGE_A_MS ||
               desk_number(inputs, "age_b_ms") > AGE_B_MS ||
               desk_number(inputs, "age_fx_ms") > AGE_FX_MS) {
        fault = "an age over its limit";
    } else if (desk_number(inputs, "skew_ms") > SKEW_MS) {
        fault = "a skew over its limit";
    } else if (!is_upbit_known(&auditor->upbit[pair], bid_a, bid_a, ask_a, ask_a, AGE_A_MS,
                               time_ns)) {
        fault = "a book that Upbit had not sent";
    } else if (!is_upbit_known(&auditor->upbit[PAIRS], 0, fx, fx, INFINITY, AGE_FX_MS,
                               time_ns)) {
        fault = "a rate that Upbit had not sent";
    } else if (!is_binance_known(auditor, pair, inputs, time_ns)) {
        fault = "a book that does not follow from what Binance had sent";
    }
    json_decref(inputs);
    return fault;
}

static void forget(struct auditor *auditor)
{
    for (int pair = 0; pair < PAIRS; pair++) {
        for (size_t i = 0; i < auditor->diffs_count[pair]; i++) {
            json_decref(auditor->diffs[pair][i].body);
        }
        for (size_t i = 0; i < auditor->snapshots_count[pair]; i++) {
            json_decref(auditor->snapshots[pair][i].body);
        }
    }
    mem_free(auditor);
}

/* Reads the recording beside the entries, both in the order of time. */
static void audit(const char *recording, const json_t *entries)
{
    struct auditor *auditor = mem_zalloc(sizeof *auditor);
    struct frame_lines *lines;
    struct err err;
    const char *line;
    size_t length;
    size_t next = 0;
    assert_true(frame_lines_open(&lines, recording, &err));
    while (next < json_array_size(entries)) {
        struct frame frame;
        const bool more = frame_lines_next(lines, &line, &length, &err) == LINES_LINE;
        const bool is_frame = more && length > 0 && line[0] != '#';
        if (is_frame) {
            assert_true(frame_line_parse(line, length, &frame, &err));
        }
        while (next < json_array_size(entries)) {
            const json_t *entry = json_array_get(entries, next);
            const int64_t time_ns = json_integer_value(desk_at(entry, "inputs.time_ns"));
            if (more && (!is_frame || frame.receive_ns <= time_ns)) {
                break;
            }
            const char *fault = judge(auditor, entry, 1.0);
            if (fault != NULL) {
                char *text = json_dumps(entry, JSON_COMPACT);
                fail_msg("an entry on %s: %s", fault, text);
            }
            /* It would notice: a bid of one in a million more is nobody's. */
            assert_non_null(judge(auditor, entry, 1.0 + 1e-6));
            next++;
        }
        if (is_frame) {
            see(auditor, &frame);
        }
    }
    frame_lines_close(lines);
    forget(auditor);
}

#define ENTRIES "FROM decision WHERE action IN (0, 1) AND envelope LIKE '%\"class\":\"ENTRY\"%'"

/* Every way to harm a book, in turn, all the time. */
static void write_faults(const struct desk *desk, char path[DESK_PATH_SIZE])
{
    static const char *const kinds[] = {
        "kind: duplicate",
        "kind: reorder",
        "kind: stale-side, for_s: 2",
        "kind: gap",
        "kind: crossed",
        "kind: delay, amount: 900, for_s: 1.5",
        "kind: garbage",
        "kind: silence, for_s: 2",
        "kind: truncate",
        "kind: deep",
        "kind: drop",
        "kind: wrong-path, for_s: 2",
    };
    static const char *const venues[] = {"binance", "upbit", "binance"};
    static const char *const pairs[] = {"BTC", "ETH", "XRP", "USDT", "ETH"};
    struct text text = text_growing();
    text_add(&text, "faults:\n");
    for (int i = 0; i < FAULTS; i++) {
        const char *venue = venues[i % LEN(venues)];
        const char *pair = pairs[i % LEN(pairs)];
        const bool only_upbit = strcmp(pair, "USDT") == 0;
        text_addf(&text, "  - {at_s: %d, venue: %s, pair: %s, %s}\n", 5 + i,
                  only_upbit ? "upbit" : venue, pair, kinds[i % (int)LEN(kinds)]);
    }
    desk_file(desk, path, "faults.yaml", text_string(&text));
    text_finish(&text);
}

/* Goal: while both venues misbehave in every way, no entry is decided on a book that is stale,
 * crossed, out of sequence or of another moment, nor on such a rate. */
static void no_entry_on_a_bad_pair(void **state)
{
    struct desk *desk = *state;
    struct venues venues;
    char recording[DESK_PATH_SIZE + 8];
    char script[DESK_PATH_SIZE];
    char words[2 * DESK_PATH_SIZE];
    const struct timespec pause = {.tv_nsec = 200 * CLOCK_NS_PER_MS};
    write_faults(desk, script);
    snprintf(words, sizeof words, "--seed 5 --speed 20 --no-opening --no-limits --script %s",
             script);
    venues_open(&venues, desk, words,
                VENUES_FREE "  orders_per_min: 512\n  orders_per_hour: 512\n");
    desk_host(desk, "--source live --config %s --record %s/rec", venues.config, desk->folder);
    desk_host_ready(desk);
    const int64_t until_ns = clock_monotonic_ns() + PATIENCE_S * CLOCK_NS_PER_S;
    while (desk_rows(desk, "SELECT count(*) " ENTRIES) < WANTED &&
           clock_monotonic_ns() < until_ns) {
        nanosleep(&pause, NULL);
    }
    program_signal(&desk->host, SIGTERM);
    assert_int_equal(desk_host_end(desk), 143);
    venues_close(&venues);
    json_t *entries = desk_table(desk, "SELECT envelope " ENTRIES " ORDER BY number");
    print_message("# %d entries\n", (int)json_array_size(entries));
    assert_true((int64_t)json_array_size(entries) >= WANTED);
    snprintf(recording, sizeof recording, "%s/rec", desk->folder);
    audit(recording, entries);
    json_decref(entries);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_entry_on_a_bad_pair, desk_open, desk_close),
    };
    return cmocka_run_group_tests_name("flow/live_audit", tests, NULL, NULL);
}
