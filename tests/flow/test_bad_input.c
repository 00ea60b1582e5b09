#include <signal.h>

#include "support/desk.h"
#include "support/edges.h"

/* Every bad input goes through the whole program and comes out as a message with its place and
 * exit code 1, or as a counted drop that the session survives. */

struct bad_file {
    const char *name, *text;
    const char *place; /* behind the file's path */
};

static const struct bad_file tables[] = {
    {"wrong number",
     EDGES_HEADER "1767571200,139999000,140000000,99999,100000,1400\n"
                  "1767571201,139999000,14000x000,99999,100000,1400\n",
     ":3: best_ask_a: '14000x000' is not a number"},
    {"not finite", EDGES_HEADER "1767571200,139999000,nan,99999,100000,1400\n",
     ":2: best_ask_a: 'nan' is not a number"},
    {"missing column", "timestamp,best_bid_a,best_ask_a,best_bid_b,fx_rate\n1,2,3,4,5\n",
     ":1: "},
    {"missing field", EDGES_HEADER "1767571200,139999000,140000000,99999,100000\n", ":2: "},
    {"time runs back",
     EDGES_HEADER "1767571200,139999000,140000000,99999,100000,1400\n"
                  "1767571201,139999000,140000000,99999,100000,1400\n"
                  "1767571199,139999000,140000000,99999,100000,1400\n",
     ":4: "},
    {"empty file", "", ":1: empty file"},
};

static const struct bad_file configs[] = {
    {"unknown key", "engine:\n  min_spraed_bps: 3\n", ":2: engine.min_spraed_bps: "},
    {"unknown section", "enigne:\n  min_spread_bps: 3\n", ":1: enigne: "},
    {"wrong type", "engine:\n  min_spread_bps: wide\n", ":2: engine.min_spread_bps: 'wide'"},
    {"alias", "engine:\n  min_spread_bps: &x 5\n  slippage_bps: *x\n", ":2: "},
    {"no YAML", "engine: [\n", ":2: "},
};

/* Exit 1 and the place, from one command. */
static void check_refused(struct desk *desk, int code, const char *path, const char *place)
{
    char want[DESK_PATH_SIZE * 2];
    text_cut(want, sizeof want, "%s%s", path, place);
    desk_was_told(desk, want);
    assert_int_equal(code, 1);
    assert_null(strstr(program_said(&desk->command, PROGRAM_OUT), "Total Trades"));
}

static void refuses_bad_tables_by_their_line(void **state)
{
    struct desk *desk = *state;
    for (size_t i = 0; i < LEN(tables); i++) {
        char path[DESK_PATH_SIZE];
        print_message("# %s\n", tables[i].name);
        desk_file(desk, path, "bad.csv", tables[i].text);
        int code = desk_run(desk, "backtest --data-file %s " EDGES_OPTIONS, path);
        check_refused(desk, code, path, tables[i].place);
        code = desk_run(desk, "paper --new --source csv:%s --speed max " EDGES_OPTIONS, path);
        check_refused(desk, code, path, tables[i].place);
    }
}

/* Goal: what was traded before the bad line is kept, and once the line is mended the session
 * goes on; the bad line itself is told once. */
static void keeps_what_came_before_the_bad_line(void **state)
{
    struct desk *desk = *state;
    char path[DESK_PATH_SIZE];
    struct text csv = text_growing();
    edges_csv(&csv, 23);
    text_add(&csv, "1767571223,139993000,x,99995,100005,1400\n");
    desk_file(desk, path, "bad.csv", text_string(&csv));
    text_finish(&csv);
    assert_int_equal(desk_run(desk, "paper --source csv:%s --speed max " EDGES_OPTIONS, path),
                     1);
    assert_int_equal(desk_count(program_said(&desk->command, PROGRAM_MESSAGES), ":25: "), 1);
    json_t *status = desk_status(desk);
    check_near(desk_number(status, "trades.opened"), 3, 0);
    check_near(desk_number(status, "trades.closed"), 2, 0);
    assert_false(desk_flag(status, "ended"));
    json_decref(status);
    assert_int_equal(
        desk_run(desk,
                 "paper --new --source csv:%s --speed max --on-bad-row skip " EDGES_OPTIONS,
                 path),
        0);
    assert_int_equal(desk_count(program_said(&desk->command, PROGRAM_OUT), "opened"), 3);
}

static void refuses_bad_configs_by_their_line(void **state)
{
    struct desk *desk = *state;
    char csv[DESK_PATH_SIZE];
    desk_file(desk, csv, "good.csv", EDGES_HEADER);
    for (size_t i = 0; i < LEN(configs); i++) {
        char path[DESK_PATH_SIZE];
        print_message("# %s\n", configs[i].name);
        desk_file(desk, path, "bad.yaml", configs[i].text);
        int code = desk_run(desk, "config check %s", path);
        check_refused(desk, code, path, configs[i].place);
        code = desk_run(desk, "backtest --config %s --data-file %s " EDGES_OPTIONS, path, csv);
        check_refused(desk, code, path, configs[i].place);
        code = desk_run(desk, "paper --config %s --source csv:%s " EDGES_OPTIONS, path, csv);
        check_refused(desk, code, path, configs[i].place);
    }
    assert_int_equal(desk_run(desk, "status"), 1); /* no session came of it */
}

/* A word that says how far off it is saves a look at the manual. */
static void suggests_the_key_that_was_meant(void **state)
{
    struct desk *desk = *state;
    char path[DESK_PATH_SIZE];
    desk_file(desk, path, "bad.yaml", configs[0].text);
    assert_int_equal(desk_run(desk, "config check %s", path), 1);
    desk_was_told(desk, "did you mean 'min_spread_bps'");
}

static void add_upbit(struct text *frames, int second, const char *code, const char *ask,
                      const char *bid)
{
    text_addf(frames,
              "%lld\tupbit\tws\t{\"type\":\"orderbook\",\"code\":\"%s\",\"timestamp\":%lld,"
              "\"total_ask_size\":1.5,\"total_bid_size\":1.5,\"orderbook_units\":"
              "[{\"ask_price\":%s,\"bid_price\":%s,\"ask_size\":1.5,\"bid_size\":1.5}],"
              "\"stream_type\":\"REALTIME\",\"level\":0}\n",
              (EDGES_FIRST_S + second) * 1000000000LL, code, (EDGES_FIRST_S + second) * 1000LL,
              ask, bid);
}

static void add_binance(struct text *frames, int second, const char *bid, const char *ask)
{
    const long long ms = (EDGES_FIRST_S + second) * 1000LL;
    text_addf(frames,
              "%lld000000\tbinance\tws\t{\"e\":\"bookTicker\",\"u\":%lld,\"E\":%lld,\"T\":%lld,"
              "\"s\":\"BTCUSDT\",\"b\":\"%s\",\"B\":\"1.5\",\"a\":\"%s\",\"A\":\"1.5\"}\n",
              ms, ms, ms, ms, bid, ask);
}

static void add_raw(struct text *frames, int second, const char *venue)
{
    text_addf(frames, "%lld\t%s\tws\t", (EDGES_FIRST_S + second) * 1000000000LL, venue);
}

static void add_many(struct text *frames, char unit, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        text_add_char(frames, unit);
    }
}

/* Goal: garbage, a frame cut short, 10,000 levels and 50 MB are dropped one by one, counted
 * where an operator looks, and told with their line; the books before and after are whole, and
 * the session lives. */
static void survives_bad_frames(void **state)
{
    struct desk *desk = *state;
    char path[DESK_PATH_SIZE];
    struct text frames = text_growing();
    add_upbit(&frames, 0, "KRW-USDT", "1400", "1399");
    add_upbit(&frames, 0, "KRW-BTC", "140000000", "139990000");
    add_binance(&frames, 0, "100000.0", "100000.1");
    add_raw(&frames, 1, "upbit");
    text_add(&frames, "garbage \001\n");
    add_raw(&frames, 1, "upbit");
    text_add(&frames, "{\"type\":\"orderbook\",\"code\":\"KRW-B\n");
    add_raw(&frames, 1, "binance");
    add_many(&frames, '[', 10000);
    add_many(&frames, ']', 10000);
    text_add(&frames, "\n");
    add_raw(&frames, 1, "binance");
    add_many(&frames, 'a', 50 * 1024 * 1024);
    text_add(&frames, "\n");
    add_upbit(&frames, 2, "KRW-BTC", "140010000", "140000000");
    add_binance(&frames, 2, "100010.0", "100010.1");
    add_binance(&frames, 3600, "100020.0", "100020.1");
    FILE *file = fopen(desk_file(desk, path, "bad.frames", ""), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(frames.data, 1, frames.length, file), frames.length);
    assert_int_equal(fclose(file), 0);
    text_finish(&frames);

    desk_host(desk, "--source frames:%s --pair KRW-BTC/BTCUSDT --speed 10", path);
    assert_true(program_says(&desk->host, PROGRAM_MESSAGES, ":7: message over", DESK_HOST_MS));
    const char *told = program_said(&desk->host, PROGRAM_MESSAGES);
    assert_non_null(strstr(told, "INPUT.MALFORMED count=2"));
    assert_non_null(strstr(told, ":4: not JSON"));
    assert_non_null(strstr(told, ":5: not JSON"));
    assert_non_null(strstr(told, ":6: message nested 10000 deep (at most 64)"));
    json_t *status = desk_status(desk);
    while (desk_number(status, "pairs.0.bid_b") < 100005) {
        json_decref(status);
        program_listen(&desk->host, 20 * 1000000);
        status = desk_status(desk);
    }
    assert_string_equal(desk_word(status, "state"), "running");
    /* A line too long to be read says nothing of its venue: it counts in both. */
    check_near(desk_number(status, "feeds.0.dropped"), 3, 0);
    check_near(desk_number(status, "feeds.1.dropped"), 2, 0);
    check_near(desk_number(status, "pairs.0.ask_a"), 140010000, 0);
    check_near(desk_number(status, "pairs.0.bid_b"), 100010, 0);
    while (desk_number(status, "feeds.0.age_ms") <= 3000) {
        json_decref(status);
        program_listen(&desk->host, 20 * 1000000);
        status = desk_status(desk);
    }
    assert_string_equal(desk_word(status, "feeds.0.state"), "stale"); /* silent for an hour */
    json_decref(status);
    assert_int_equal(desk_run(desk, "quit"), 0);
    assert_int_equal(desk_host_end(desk), 0);
}

/* Goal: a recording of nothing is a mistake, not a quiet day. */
static void refuses_a_recording_without_frames(void **state)
{
    static const char *const texts[] = {"", "# a recording\n\n# of nothing\n"};
    struct desk *desk = *state;
    char path[DESK_PATH_SIZE];
    for (size_t i = 0; i < LEN(texts); i++) {
        desk_file(desk, path, "none.frames", texts[i]);
        assert_int_equal(desk_run(desk, "paper --new --source frames:%s --speed max", path), 1);
        desk_was_told(desk, "none.frames: no frame in it");
    }
}

/* Goal: nothing is attempted when the words are wrong: 2 for what is no option, 1 for a value
 * that is none. */
static void refuses_words_it_does_not_know(void **state)
{
    static const struct {
        const char *words, *want;
        int code;
    } cases[] = {
        {"pauze", "did you mean 'pause'", 2},
        {"paper --sped 1", "--speed", 2},
        {"paper --source csv:nowhere.csv " EDGES_OPTIONS, "nowhere.csv", 1},
        {"paper --source tape:x", "tape:x", 1},
        {"paper --speed 0", "--speed: '0' is not above zero", 1},
        {"paper --speed fast", "--speed: 'fast' is not a speed", 1},
        {"paper --start-at noon", "--start-at: 'noon' is not a time", 1},
        {"paper --max-runtime-s -1", "--max-runtime-s: '-1' is below 0", 1},
        {"console --theme foo", "--theme: console.theme: 'foo' is not known", 1},
        {"attach --theme foo", "--theme: console.theme: 'foo' is not known", 1},
        {"console --hz 0", "--hz: console.frames_per_s: '0' is out of range", 1},
        {"attach --hz fast", "--hz: console.frames_per_s: 'fast' is not a number", 1},
        {"paper --set engine.min_spraed_bps=5", "min_spread_bps", 1},
        {"paper --faults maybe", "--faults: 'maybe'", 1},
        {"paper --max-position-usd 2000", "risk_limits.notional_per_trade_usd", 1},
        {"backtest", "missing --data-file, --min-spread-bps", 2},
    };
    struct desk *desk = *state;
    for (size_t i = 0; i < LEN(cases); i++) {
        print_message("# %s\n", cases[i].words);
        const int code = desk_run(desk, "%s", cases[i].words);
        desk_was_told(desk, cases[i].want);
        assert_int_equal(code, cases[i].code);
    }
    assert_int_equal(desk_run(desk, "status"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(refuses_bad_tables_by_their_line, desk_open,
                                        desk_close),
        cmocka_unit_test_setup_teardown(keeps_what_came_before_the_bad_line, desk_open,
                                        desk_close),
        cmocka_unit_test_setup_teardown(refuses_bad_configs_by_their_line, desk_open,
                                        desk_close),
        cmocka_unit_test_setup_teardown(suggests_the_key_that_was_meant, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(survives_bad_frames, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(refuses_a_recording_without_frames, desk_open,
                                        desk_close),
        cmocka_unit_test_setup_teardown(refuses_words_it_does_not_know, desk_open, desk_close),
    };
    return cmocka_run_group_tests_name("flow/bad_input", tests, NULL, NULL);
}
