#include "support/check.h"

#include <stdlib.h>
#include <unistd.h>

#include "bench.h"
#include "market/binance.h"
#include "market/depth.h"

/* Recorded frames over the wire: word for word, whatever stands in them. */

static const char *const COINS[] = {"BTC"};

/* Spaces and an unknown member must survive; REST answers come before their time. The raw diff
 * stands alone, the ticker in an envelope. */
#define UPBIT_1                                                                                \
    "{\"type\":\"orderbook\", \"code\":\"KRW-BTC\",\"timestamp\":1790134742106,"               \
    "\"orderbook_units\":[{\"ask_price\":1.16539E8,\"bid_price\":1.16538E8,"                   \
    "\"ask_size\":0.02054761,\"bid_size\":0.08120946}],\"odd\":7,\"level\":0}"
#define UPBIT_2                                                                                \
    "{\"ty\":\"trade\",\"cd\":\"KRW-BTC\",\"tms\":1790134742206,\"ttms\":1790134742200,"       \
    "\"tp\":116539000,\"tv\":0.1,\"ab\":\"BID\",\"sid\":17901347420010000}"
#define DIFF                                                                                   \
    "{\"e\":\"depthUpdate\",\"E\":1723161601105,\"T\":1723161601054,\"s\":\"BTCUSDT\","        \
    "\"U\":5123135475514,\"u\":5123135475514,\"pu\":5123135221461,"                            \
    "\"b\":[[\"61631.70\",\"0.283\"]],\"a\":[]}"
#define TICKER                                                                                 \
    "{\"e\":\"bookTicker\",\"u\":5123135475515,\"s\":\"BTCUSDT\",\"b\":\"61631.70\","          \
    "\"B\":\"0.283\",\"a\":\"61631.80\",\"A\":\"1.000\",\"T\":1723161601054,"                  \
    "\"E\":1723161601055}"
#define SNAPSHOT                                                                               \
    "{\"lastUpdateId\":5123135475514,\"E\":1,\"T\":1,\"bids\":[[\"61631.70\",\"0.283\"]],"     \
    "\"asks\":[[\"61631.80\",\"1.000\"]]}"

static const char FRAMES[] =
    "# a comment\n"
    "1000000000\tupbit\tws\t" UPBIT_1 "\n"
    "1050000000\tbinance\tws.depth@100ms\t" DIFF "\n"
    "1100000000\tbinance\tws\t{\"stream\":\"btcusdt@bookTicker\",\"data\":" TICKER "}\n"
    "1150000000\tupbit\tws\t" UPBIT_2 "\n"
    "1200000000\tbinance\trest.depth:BTCUSDT\t" SNAPSHOT "\n";

static char *write_frames(const char *text)
{
    static char path[] = "/tmp/test_player_XXXXXX";
    memcpy(path + sizeof(path) - 7, "XXXXXX", 6);
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    return path;
}

static struct venue_sim_options options_of(const char *path)
{
    struct venue_sim_options options = venue_sim_defaults();
    options.coins = COINS;
    options.pairs_count = 1;
    options.frames = path;
    return options;
}

static void check_answer(struct bench *bench, enum venue venue, const char *path,
                         int32_t status, const char *begins)
{
    struct bench_answer answer = bench_ask(bench, "GET", venue, path, NULL);
    assert_int_equal(answer.status, status);
    if (strncmp(text_string(&answer.body), begins, strlen(begins)) != 0) {
        fail_msg("%s", text_string(&answer.body));
    }
    text_finish(&answer.body);
}

/* Goal: what was recorded is what goes out, to whoever asked for it and from the first client
 * on; what was not recorded is not made up. */
static void frames_go_out_word_for_word(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));
    struct bench_socket *upbit = calloc(1, sizeof(*upbit));
    struct bench_socket *binance = calloc(1, sizeof(*binance));
    const struct venue_sim_options options = options_of(write_frames(FRAMES));
    bench_open(bench, &options);
    check_answer(bench, VENUE_B, "/fapi/v1/depth?symbol=BTCUSDT&limit=1000", 200, SNAPSHOT);
    check_answer(bench, VENUE_B, "/fapi/v1/premiumIndex?symbol=BTCUSDT", 400,
                 "{\"code\":-1121");
    check_answer(bench, VENUE_A, "/v1/orderbook?markets=KRW-BTC", 404, "{\"error\"");
    check_answer(bench, VENUE_A, "/v1/orderbook/instruments?markets=KRW-BTC", 200,
                 "[{\"market\":\"KRW-BTC\"");
    bench_dial(bench, upbit, VENUE_A, "/websocket/v1",
               "[{\"ticket\":\"t\"},{\"type\":\"orderbook\",\"codes\":[\"KRW-BTC\"]},"
               "{\"type\":\"trade\",\"codes\":[\"KRW-BTC\"]}]");
    bench_dial(bench, binance, VENUE_B,
               "/public/stream?streams=btcusdt@depth@100ms/btcusdt@bookTicker", NULL);
    bench_until_heard(upbit, 2);
    bench_until_heard(binance, 2);
    assert_string_equal(bench_heard(upbit, 0), UPBIT_1);
    assert_string_equal(bench_heard(upbit, 1), UPBIT_2);
    assert_string_equal(bench_heard(binance, 0),
                        "{\"stream\":\"btcusdt@depth@100ms\",\"data\":" DIFF "}");
    assert_string_equal(bench_heard(binance, 1),
                        "{\"stream\":\"btcusdt@bookTicker\",\"data\":" TICKER "}");
    bench_hang_up(upbit);
    bench_hang_up(binance);
    bench_close(bench);
    unlink(options.frames);
    free(upbit);
    free(binance);
    free(bench);
}

/* Goal: a file that is no recording is refused with its place. */
static void what_is_no_recording_is_refused(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"1\tupbit\tws\t{}\nrubbish\n", ":2: not a frame"},
        {"1\tmtgox\tws\t{}\n", ":1: venue: 'mtgox' is unknown"},
        {"x\tupbit\tws\t{}\n", ":1: recv_ns: 'x' is not a time"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct venue_sim *sim;
        struct loop *loop = loop_create();
        struct err err = {.text = ""};
        const struct venue_sim_options options = options_of(write_frames(cases[i].text));
        assert_false(venue_sim_open(&sim, loop, &options, &err));
        unlink(options.frames);
        if (strstr(err.text, cases[i].says) == NULL) {
            fail_msg("%s", err.text);
        }
        loop_destroy(loop);
    }
}

/* What a client makes of SUSHIUSDT's diffs. */
struct sushi {
    struct depth *depth;
    struct binance_list list;
    int32_t diffs;
};

static void load_snapshot(struct bench *bench, struct sushi *sushi)
{
    enum reason reason;
    struct err err;
    struct bench_answer answer =
        bench_ask(bench, "GET", VENUE_B, "/fapi/v1/depth?symbol=SUSHIUSDT&limit=1000", NULL);
    assert_true(binance_decode(&sushi->list, "", text_string(&answer.body), answer.body.length,
                               &reason, &err));
    const struct binance_message *message = &sushi->list.messages[0];
    const struct depth_snapshot snapshot = {
        .last_id = message->depth.last_id,
        .exchange_ns = message->exchange_ns,
        .bids = binance_levels(&sushi->list, &message->depth.bids),
        .asks = binance_levels(&sushi->list, &message->depth.asks),
        .bids_count = message->depth.bids.count,
        .asks_count = message->depth.asks.count,
    };
    depth_load(sushi->depth, &snapshot);
    text_finish(&answer.body);
}

static void take_diff(void *context, const char *bytes, size_t size)
{
    struct sushi *sushi = context;
    enum reason reason;
    struct err err;
    assert_true(binance_decode(&sushi->list, "", bytes, size, &reason, &err));
    const struct binance_message *message = &sushi->list.messages[0];
    const struct depth_update update = {
        .first_id = message->depth.first_id,
        .last_id = message->depth.last_id,
        .previous_id = message->depth.previous_id,
        .exchange_ns = message->exchange_ns,
        .receive_ns = message->exchange_ns,
        .bids = binance_levels(&sushi->list, &message->depth.bids),
        .asks = binance_levels(&sushi->list, &message->depth.asks),
        .bids_count = message->depth.bids.count,
        .asks_count = message->depth.asks.count,
    };
    depth_apply(sushi->depth, &update);
    sushi->diffs++;
}

static bool has_all(void *context)
{
    return ((const struct sushi *)context)->diffs == 255;
}

/* Goal: a recording of 2021 gives over the wire what VENUES.md 7.1 says of it: of 255 diffs 3
 * are older than the snapshot, 252 make the book, and its touch is 7.612 / 7.616. */
static void a_real_recording_leads_to_its_book(void **state)
{
    static const char *const SUSHI[] = {"SUSHI"};
    const char *shared = getenv("ARBLITE_SHARED_DATA");
    const char *data = shared != NULL ? shared : SHARED_DATA;
    if (access(data, R_OK) != 0) {
        print_message("there are no recordings at '%s'\n", data);
        skip();
    }
    struct bench *bench = calloc(1, sizeof(*bench));
    struct bench_socket *socket = calloc(1, sizeof(*socket));
    struct sushi sushi = {.depth = depth_create()};
    char command[1024];
    struct book book;
    struct venue_sim_options options = options_of(write_frames(""));
    text_cut(command, sizeof(command),
             "'%s' cryptofeed-binance '%s/cryptofeed_binancefut_ws_20210722.tsv' "
             "'%s/cryptofeed_binancefut_depth_snapshots_20210722.tsv' >'%s' 2>/dev/null",
             TO_FRAMES, data, data, options.frames);
    assert_int_equal(system(command), 0);
    options.coins = SUSHI;
    options.speed = 100.0;
    bench_open(bench, &options);
    load_snapshot(bench, &sushi);
    socket->hear = take_diff;
    socket->context = &sushi;
    bench_dial(bench, socket, VENUE_B, "/public/ws/sushiusdt@depth@100ms", NULL);
    bench_until(bench, has_all, &sushi);
    assert_true(depth_book(sushi.depth, &book));
    assert_int_equal(depth_stats(sushi.depth)->applied, 252);
    assert_int_equal(depth_stats(sushi.depth)->dropped, 3);
    check_near(book.bids[0].price, 7.612, 1e-12);
    check_near(book.asks[0].price, 7.616, 1e-12);
    bench_hang_up(socket);
    bench_close(bench);
    unlink(options.frames);
    depth_destroy(sushi.depth);
    binance_list_finish(&sushi.list);
    free(socket);
    free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_go_out_word_for_word),
        cmocka_unit_test(what_is_no_recording_is_refused),
        cmocka_unit_test(a_real_recording_leads_to_its_book),
    };
    return cmocka_run_group_tests_name("simulator/player", tests, NULL, NULL);
}
