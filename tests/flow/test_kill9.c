#include <signal.h>
#include <sqlite3.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/rng.h"
#include "core/limiter.h"
#include "support/desk.h"
#include "support/edges.h"

/* SIGKILL at random moments of paper sessions, and what the next host knows.
 *
 * What the host has said of a trade or of the kill switch it said after the commit: that is the
 * acknowledgement, and none may be lost, doubled or changed. The market trades some eight times
 * a minute with latencies, rejects and lost answers, so that many hosts die with orders under
 * way. */

enum {
    LIVES = 10,        /* of one session */
    LIFE_MS_MAX = 40,  /* after it has come up */
    BIRTH_MS_MAX = 30, /* when it is not even waited for */
    TRADES_MAX = 4096,
    TABLE_EDGES = 200,
};

#define OPTIONS                                                                                \
    "--source simulated:%d --faults on --no-opening --pair KRW-BTC/BTCUSDT "                   \
    "--pair KRW-XRP/XRPUSDT --start-at 2026-01-05T01:00:00Z "                                  \
    "--speed %s --min-spread-bps 0.1 --taker-fee-a-bps 0.2 --taker-fee-b-bps 0.2 "             \
    "--slippage-bps 0 --max-position-usd 200 --max-open-trades 4 --max-hold-s 20 "             \
    "--baseline-tau-s 60 --baseline-warmup-s 0 --config %s/limits.yaml"

/* Nothing here is about limits; they only must not end the trading. */
static const char LIMITS[] = "risk_limits:\n"
                             "  pair_losses_in_row: 1000000\n"
                             "  session_losses_in_row: 1000000\n"
                             "  orders_per_min: 512\n"
                             "  orders_per_hour: 512\n"
                             "  day_loss_usd: 1000000\n"
                             "  rolling_loss_usd: 1000000\n"
                             "  session_loss_usd: 1000000\n"
                             "  drawdown_pct: 100\n"
                             "  open_trades: 24\n"
                             "  gross_exposure_usd: 1000000\n";

/* What was said of one trade. */
struct said {
    bool opened, closed;
    char quantity[32];
    char exit[24], pnl[24];
};

/* One session through its lives. */
struct story {
    struct desk *desk;
    struct rng rng;
    int seed;
    int lives;
    bool killed, disarmed; /* acknowledged, and so to be found again */
    int64_t entries;       /* orders that the journal had when entries were barred */
    struct said trades[TRADES_MAX];
};

struct counts {
    int kills, opened, closed, switched, in_flight;
};

static int64_t random_ns(struct story *story, int most_ms)
{
    return (int64_t)rng_below(&story->rng, (uint64_t)most_ms * CLOCK_NS_PER_MS);
}

static void start(struct story *story, const char *speed)
{
    desk_host(story->desk, OPTIONS, story->seed, speed, story->desk->folder);
}

/* Cuts a line into words in place. */
enum { WORDS = 8 };
static int cut(char *line, char *words[WORDS])
{
    int count = 0;
    while (*line != '\0' && count < WORDS) {
        words[count++] = line;
        line += strcspn(line, " ");
        if (*line != '\0') {
            *line++ = '\0';
        }
    }
    return count;
}

/* "TIME trade 7 opened BTC SIDE 0.002 coin, ..." and "TIME trade 7 closed BTC EXIT +1.23 ...".
 * Each is said once in a session, however often its host died. */
static void take_line(struct story *story, struct counts *counts, char *line)
{
    char *words[WORDS];
    uint64_t id = 0;
    if (cut(line, words) < 7 || strcmp(words[1], "trade") != 0 ||
        !num_parse_uint64(words[2], strlen(words[2]), &id)) {
        return;
    }
    assert_in_range(id, 1, TRADES_MAX - 1);
    struct said *said = &story->trades[id];
    if (strcmp(words[3], "opened") == 0) {
        assert_false(said->opened);
        assert_false(said->closed);
        said->opened = true;
        text_cut(said->quantity, sizeof said->quantity, "%s", words[6]);
        counts->opened++;
    } else if (strcmp(words[3], "closed") == 0) {
        assert_false(said->closed);
        said->closed = true;
        text_cut(said->exit, sizeof said->exit, "%s", words[5]);
        text_cut(said->pnl, sizeof said->pnl, "%s", words[6]);
        counts->closed++;
    }
}

static void take_lines(struct story *story, struct counts *counts)
{
    char *line = story->desk->host.said[PROGRAM_OUT].data;
    while (line != NULL && strchr(line, '\n') != NULL) {
        char *end = strchr(line, '\n');
        *end = '\0';
        take_line(story, counts, line);
        line = end + 1;
    }
}

static void check_trade(sqlite3_stmt *row, struct said *said)
{
    char text[32];
    const bool closed = sqlite3_column_int(row, 1) == 6;
    if (said->opened) {
        snprintf(text, sizeof text, "%.8g", sqlite3_column_double(row, 2));
        assert_string_equal(text, said->quantity);
    }
    if (said->closed) {
        assert_true(closed);
        snprintf(text, sizeof text, "%+.2f", sqlite3_column_double(row, 3));
        assert_string_equal(text, said->pnl);
    }
}

/* Goal: whatever was said of a trade stands in the journal, with the numbers that were said. */
static void check_trades(struct story *story)
{
    char path[DESK_PATH_SIZE * 2];
    sqlite3 *database = NULL;
    sqlite3_stmt *row = NULL;
    int64_t id = 0;
    text_cut(path, sizeof path, "%s/journal.sqlite", story->desk->state);
    assert_int_equal(sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(database,
                                        "SELECT id, state, quantity, pnl_usd FROM trade "
                                        "ORDER BY id",
                                        -1, &row, NULL),
                     SQLITE_OK);
    while (sqlite3_step(row) == SQLITE_ROW) {
        assert_int_equal(sqlite3_column_int64(row, 0), ++id); /* none is missing in between */
        check_trade(row, &story->trades[id]);
    }
    while (++id < TRADES_MAX) {
        assert_false(story->trades[id].opened || story->trades[id].closed);
    }
    sqlite3_finalize(row);
    sqlite3_close(database);
}

static int64_t journal(const struct story *story, const char *sql)
{
    return desk_rows(story->desk, sql);
}

/* Orders whose last word had not come when the host died. */
static int64_t in_flight(const struct story *story)
{
    return journal(story, "SELECT count(*) FROM intent WHERE NOT EXISTS (SELECT 1 FROM report "
                          "WHERE report.session = intent.session AND report.client_id = "
                          "intent.client_id AND kind <> 0)");
}

static int64_t entries(const struct story *story)
{
    return journal(story, "SELECT count(*) FROM intent WHERE class = 0");
}

static void die(struct story *story, struct counts *counts)
{
    desk_host_kill(story->desk);
    take_lines(story, counts);
    check_trades(story);
    counts->in_flight += in_flight(story) > 0;
    counts->kills++;
    if (story->killed || story->disarmed) {
        /* What was under way may still fill; nothing new was sent. */
        assert_int_equal(entries(story), story->entries);
    }
}

static bool heard(const struct story *story, const char *words)
{
    return strstr(program_said(&story->desk->host, PROGRAM_OUT), words) != NULL;
}

/* Goal: a host begins with just the trades that the journal has open, and with the kill switch
 * as it was acknowledged. */
static void be_born(struct story *story)
{
    char want[64];
    const bool first = story->lives == 0;
    const int64_t open =
        first ? 0 : journal(story, "SELECT count(*) FROM trade WHERE state <> 6");
    text_cut(want, sizeof want, ", %lld trades open%s\n", (long long)open,
             story->killed ? ", kill switch is ON" : "");
    start(story, "2000");
    desk_hears(story->desk, want);
    assert_true(heard(story, first ? " started: " : " resumed: "));
    story->lives++;
}

/* Killed before it could say a word, the kill switch may stay as it was. */
static void be_stillborn(struct story *story, struct counts *counts)
{
    start(story, "2000");
    program_listen(&story->desk->host, random_ns(story, BIRTH_MS_MAX));
    die(story, counts);
}

/* Goal: what the switch's acknowledgement promises holds for the rest of this life. */
static void turn_switch_on(struct story *story, struct counts *counts)
{
    char path[DESK_PATH_SIZE];
    switch (rng_below(&story->rng, 3)) {
    case 0:
        assert_int_equal(desk_run(story->desk, "kill --reason test"), 0);
        break;
    case 1:
        program_signal(&story->desk->host, SIGUSR2);
        desk_hears(story->desk, "session killed\n");
        break;
    default:
        desk_file(story->desk, path, "state/KILL", "");
        desk_hears(story->desk, "session killed\n");
    }
    story->killed = true;
    story->entries = entries(story);
    counts->switched++;
}

static void turn_switch_off(struct story *story)
{
    json_t *status = desk_status(story->desk);
    assert_true(desk_flag(status, "kill.on"));
    assert_int_equal(desk_run(story->desk, "release --reason go-on --session %s",
                              desk_word(status, "session")),
                     0);
    json_decref(status);
    story->killed = false;
    story->disarmed = true;
}

static void live(struct story *story, struct counts *counts)
{
    be_born(story);
    if (story->killed) {
        program_listen(&story->desk->host, random_ns(story, LIFE_MS_MAX));
        turn_switch_off(story);
    } else if (story->disarmed) {
        program_listen(&story->desk->host, random_ns(story, LIFE_MS_MAX));
        assert_int_equal(entries(story), story->entries);
        assert_int_equal(desk_run(story->desk, "arm"), 0);
        story->disarmed = false;
        program_listen(&story->desk->host, random_ns(story, LIFE_MS_MAX));
    } else if (story->lives % 4 == 2) {
        program_listen(&story->desk->host, random_ns(story, LIFE_MS_MAX));
        turn_switch_on(story, counts);
    } else {
        program_listen(&story->desk->host, random_ns(story, LIFE_MS_MAX));
    }
    die(story, counts);
}

/* Whole units as the reports tell them, summed in integers: sells less buys less fees. */
#define CASH(venue)                                                                            \
    "SELECT coalesce(sum((2 * side - 1) * value_units - fee_units), 0) FROM report JOIN "      \
    "intent USING (session, client_id) WHERE kind = 0 AND report.venue = " #venue

/* What the guard can have counted: the orders of the last hour of the market's time, as many as
 * it has room for. On a busy machine a session lives for hours. */
static double orders_of_an_hour(const struct story *story, const json_t *status)
{
    char sql[96];
    int64_t now_ns = 0;
    const char *now = desk_word(status, "source.event_time");
    assert_true(calendar_parse(now, strlen(now), &now_ns));
    snprintf(sql, sizeof sql, "SELECT count(*) FROM intent WHERE time_ns > %lld",
             (long long)(now_ns - 3600 * CLOCK_NS_PER_S));
    const int64_t count = journal(story, sql);
    return (double)(count < LIMITER_EVENTS_MAX ? count : LIMITER_EVENTS_MAX);
}

/* Goal: money is what the fills in the journal make of the opening balances, each taken once;
 * the guard has counted just the orders of the last hour; nothing is lost between the journal's
 * counts and the session's. */
static void check_books(struct story *story)
{
    json_t *status = desk_status(story->desk);
    check_near(desk_number(status, "balances.krw"),
               100e6 + (double)journal(story, CASH(0)) / 1e8, 1e-14);
    check_near(desk_number(status, "balances.usdt"),
               100e3 + (double)journal(story, CASH(1)) / 1e8, 1e-14);
    check_near(desk_number(status, "trades.opened"),
               (double)journal(story, "SELECT count(*) FROM trade"), 0);
    check_near(desk_number(status, "trades.closed"),
               (double)journal(story, "SELECT count(*) FROM trade WHERE state = 6"), 0);
    const json_t *limits = desk_at(status, "guard.limits");
    for (size_t i = 0; i < json_array_size(limits); i++) {
        const json_t *limit = json_array_get(limits, i);
        if (strcmp(desk_word(limit, "unit"), "/h") == 0) {
            check_near(desk_number(limit, "used"), orders_of_an_hour(story, status), 0);
        }
    }
    json_decref(status);
}

/* Ends a session: the last host closes what is open, and then all must add up. */
static void settle(struct story *story)
{
    const int64_t until_ns = clock_monotonic_ns() + 20 * CLOCK_NS_PER_S;
    be_born(story);
    assert_int_equal(desk_run(story->desk, "pause"), 0);
    assert_int_equal(desk_run(story->desk, "flatten"), 0);
    while (journal(story, "SELECT count(*) FROM trade WHERE state <> 6") > 0 ||
           in_flight(story) > 0) {
        assert_true(clock_monotonic_ns() < until_ns);
        program_listen(&story->desk->host, 5 * (int64_t)CLOCK_NS_PER_MS);
    }
    check_books(story);
    program_signal(&story->desk->host, SIGTERM);
    assert_int_equal(desk_host_end(story->desk), 128 + SIGTERM);
    /* Numbers from 1 on, each used once: the key of the table sees to the second half. */
    assert_int_equal(journal(story, "SELECT count(*) - max(client_id) FROM intent"), 0);
    assert_int_equal(journal(story, "SELECT count(*) FROM session"), 1);
}

static void survives_sigkill_at_any_moment(void **state)
{
    struct counts counts = {0};
    for (int seed = 1; counts.kills < KILLS; seed++) {
        char path[DESK_PATH_SIZE];
        struct story *story = mem_zalloc(sizeof *story);
        assert_int_equal(desk_open((void **)&story->desk), 0);
        *state = story->desk; /* for the tear-down when this fails */
        desk_file(story->desk, path, "limits.yaml", LIMITS);
        story->seed = seed;
        rng_seed(&story->rng, (uint64_t)seed, rng_salt("kill9"));
        for (int life = 0; life < LIVES && counts.kills < KILLS; life++) {
            live(story, &counts);
            if (rng_below(&story->rng, 5) == 0 && counts.kills < KILLS) {
                be_stillborn(story, &counts);
            }
        }
        settle(story);
        *state = NULL;
        desk_close((void **)&story->desk);
        mem_free(story);
    }
    print_message(
        "# %d kills, %d with orders under way, %d with the switch on; %d openings and "
        "%d closings acknowledged\n",
        counts.kills, counts.in_flight, counts.switched, counts.opened, counts.closed);
    /* Or nothing was proved. */
    assert_true(counts.opened >= KILLS / 2 && counts.closed >= KILLS / 4);
    assert_true(counts.in_flight >= KILLS / 40);
}

/* Goal: on a table, where orders fill at once, a host that dies between intent and fill costs
 * at most a row of an edge: each edge is still traded, once, and told once. */
static void trades_each_edge_of_a_table_once(void **state)
{
    struct counts counts = {0};
    char path[DESK_PATH_SIZE];
    struct story *story = mem_zalloc(sizeof *story);
    struct text csv = text_growing();
    story->desk = *state;
    rng_seed(&story->rng, 1, rng_salt("table"));
    edges_csv(&csv, TABLE_EDGES * EDGES_PERIOD);
    desk_file(story->desk, path, "edges.csv", text_string(&csv));
    text_finish(&csv);
    while (counts.kills < KILLS / 10) {
        desk_host(story->desk, "--source csv:%s --speed 1000 " EDGES_OPTIONS, path);
        desk_hears(story->desk, " trades open");
        program_listen(&story->desk->host, random_ns(story, LIFE_MS_MAX));
        die(story, &counts);
    }
    desk_host(story->desk, "--source csv:%s --speed max " EDGES_OPTIONS, path);
    assert_int_equal(desk_host_end(story->desk), 0);
    take_lines(story, &counts);
    check_trades(story);
    assert_int_equal(journal(story, "SELECT count(*) FROM trade WHERE state = 6"), TABLE_EDGES);
    assert_int_equal(journal(story, "SELECT count(*) FROM session"), 1);
    mem_free(story);
}

static int clear(void **state)
{
    return *state == NULL ? 0 : desk_close(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(survives_sigkill_at_any_moment, clear),
        cmocka_unit_test_setup_teardown(trades_each_edge_of_a_table_once, desk_open,
                                        desk_close),
    };
    return cmocka_run_group_tests_name("flow/kill9", tests, NULL, NULL);
}
