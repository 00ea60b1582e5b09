/* decode_cost MODE PAIRS: reads the first PAIRS of 512 pairs of messages, Upbit's order book of
 * 15 levels and Binance's depth20 in its envelope, and does as much with them as MODE says:
 *
 *   tree    decodes them through a JSON tree
 *   decode  decodes them
 *   events  makes a session's events of them
 *   decide  steps a session with these
 *
 * For a counter of instructions: the messages are made in any case, so the difference of two
 * runs is that of what was read. decode.sh does that. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "binance_sight.h"
#include "intake.h"
#include "run/setup.h"
#include "upbit_sight.h"

enum { PAIRS_MAX = 512, MESSAGE_SIZE = 4096, UPBIT_LEVELS = 15, BINANCE_LEVELS = 20 };
#define START_MS  INT64_C(1790134742106)
#define NS_PER_MS INT64_C(1000000)

struct message {
    size_t length;
    char bytes[MESSAGE_SIZE];
};

struct material {
    struct message upbit[PAIRS_MAX], binance[PAIRS_MAX];
};

__attribute__((format(printf, 2, 3))) static void add(struct message *message,
                                                      const char *format, ...)
{
    va_list args;
    va_start(args, format);
    message->length += (size_t)vsnprintf(message->bytes + message->length,
                                         MESSAGE_SIZE - message->length, format, args);
    va_end(args);
}

static double size(struct rng *rng)
{
    return 0.0001 + rng_exponential(rng) * 0.2;
}

/* A big price as the socket writes it: 1.16539E8. */
static void make_upbit(struct message *out, struct rng *rng, int64_t index, int64_t ticks)
{
    add(out,
        "{\"type\":\"orderbook\",\"code\":\"KRW-BTC\",\"timestamp\":%lld,"
        "\"total_ask_size\":%.8f,\"total_bid_size\":%.8f,\"orderbook_units\":[",
        (long long)(START_MS + index * 100), 10 * size(rng), 10 * size(rng));
    for (int i = 0; i < UPBIT_LEVELS; i++) {
        add(out,
            "%s{\"ask_price\":%.5fE8,\"bid_price\":%.5fE8,\"ask_size\":%.8f,"
            "\"bid_size\":%.8f}",
            i > 0 ? "," : "", (double)(ticks + 1 + i) / 1e5, (double)(ticks - i) / 1e5,
            size(rng), size(rng));
    }
    add(out, "],\"stream_type\":\"REALTIME\",\"level\":0}");
}

static void make_side(struct message *out, struct rng *rng, int64_t first, int step)
{
    for (int i = 0; i < BINANCE_LEVELS; i++) {
        add(out, "%s[\"%.2f\",\"%.3f\"]", i > 0 ? "," : "", (double)(first + i * step) / 10,
            size(rng));
    }
}

static void make_binance(struct message *out, struct rng *rng, int64_t index, int64_t ticks)
{
    const long long id = 5123135475514 + index * 1000;
    add(out,
        "{\"stream\":\"btcusdt@depth20@100ms\",\"data\":{\"e\":\"depthUpdate\",\"E\":%lld,"
        "\"T\":%lld,\"s\":\"BTCUSDT\",\"ps\":\"BTCUSDT\",\"st\":1,\"U\":%lld,\"u\":%lld,"
        "\"pu\":%lld,\"b\":[",
        (long long)(START_MS + index * 100), (long long)(START_MS + index * 100 - 3), id,
        id + 900, id - 100);
    make_side(out, rng, ticks, -1);
    add(out, "],\"a\":[");
    make_side(out, rng, ticks + 1, 1);
    add(out, "]}}");
}

static struct material *make_material(void)
{
    struct material *material = mem_zalloc(sizeof(*material));
    struct rng rng;
    int64_t krw = 116539, usdt = 769529;
    rng_seed(&rng, 1, rng_salt("decode_cost"));
    for (int i = 0; i < PAIRS_MAX; i++) {
        krw += (int64_t)rng_below(&rng, 5) - 2;
        usdt += (int64_t)rng_below(&rng, 41) - 20;
        make_upbit(&material->upbit[i], &rng, i, krw);
        make_binance(&material->binance[i], &rng, i, usdt);
    }
    return material;
}

static void check(bool read, const struct err *err)
{
    if (!read) {
        fprintf(stderr, "%s\n", err->text);
        exit(1);
    }
}

static void decode(const struct material *material, int pairs, bool tree)
{
    struct upbit_list upbit = {0};
    struct binance_list binance = {0};
    enum reason reason;
    struct err err = {0};
    for (int i = 0; i < pairs; i++) {
        const struct message *a = &material->upbit[i], *b = &material->binance[i];
        check((tree ? upbit_decode_any : upbit_decode)(&upbit, a->bytes, a->length, &reason,
                                                       &err),
              &err);
        check((tree ? binance_decode_any : binance_decode)(&binance, "ws", b->bytes, b->length,
                                                           &reason, &err),
              &err);
    }
    upbit_list_finish(&upbit);
    binance_list_finish(&binance);
}

static struct session *start_session(struct action_list *actions)
{
    static const char *const pair[] = {"KRW-BTC/BTCUSDT"};
    struct config *config = mem_zalloc(sizeof(*config));
    struct setup *setup = mem_zalloc(sizeof(*setup));
    struct text report = {0};
    struct err err = {0};
    size_t length;
    const char *yaml = config_paper_yaml(&length);
    config_defaults(config);
    check(config_load_text(config, "paper.yaml", yaml, length, &report, &err), &err);
    const struct setup_request request = {.source = "simulated:1",
                                          .config = config,
                                          .pairs = pair,
                                          .pairs_count = 1,
                                          .start_ns = START_MS * NS_PER_MS};
    check(setup_make(setup, &request, &err), &err);
    actions->capacity = session_actions_max(&setup->session);
    actions->actions = mem_array(actions->capacity, sizeof(*actions->actions));
    return session_init(mem_zalloc(session_size(&setup->session)), &setup->session, 20000);
}

static void take(struct intake *intake, struct session *session, struct action_list *actions)
{
    struct event event;
    while (intake_next(intake, &event)) {
        if (session != NULL) {
            actions->count = 0;
            session_step(session, &event, actions);
        }
    }
}

static void read_pair(struct intake *intake, const struct material *material, int index,
                      struct session *session, struct action_list *actions)
{
    const struct message *messages[] = {&material->upbit[index], &material->binance[index]};
    for (int venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        const struct frame frame = {
            .receive_ns = (START_MS + index * 100 + 20 + venue) * NS_PER_MS,
            .venue = (enum venue)venue,
            .channel = "ws",
            .raw = messages[venue]->bytes,
            .raw_length = messages[venue]->length,
        };
        const enum reason reason = intake_read(intake, &frame);
        check(reason == REASON_NONE, &intake->drop);
        take(intake, session, actions);
    }
}

/* Fx is there from the first moment, so that every pair of books is decided upon. */
static void begin_with_fx(struct intake *intake, struct session *session,
                          struct action_list *actions)
{
    static const char fx[] =
        "{\"type\":\"orderbook\",\"code\":\"KRW-USDT\",\"timestamp\":1790134742000,"
        "\"total_ask_size\":10,\"total_bid_size\":10,\"orderbook_units\":[{\"ask_price\":1515,"
        "\"bid_price\":1514,\"ask_size\":1000,\"bid_size\":1000}],\"stream_type\":\"SNAPSHOT\","
        "\"level\":0}";
    const struct frame frame = {.receive_ns = START_MS * NS_PER_MS,
                                .channel = "ws",
                                .raw = fx,
                                .raw_length = sizeof(fx) - 1};
    check(intake_read(intake, &frame) == REASON_NONE, &intake->drop);
    take(intake, session, actions);
}

static void run(const struct material *material, int pairs, bool decides)
{
    static const struct frames_pair pair = {"KRW-BTC", "BTCUSDT"};
    const struct frames_options options = {&pair, 1, "KRW-USDT", "micro"};
    struct intake intake = {0};
    struct action_list actions = {0};
    struct err err = {0};
    struct session *session = decides ? start_session(&actions) : NULL;
    check(intake_init(&intake, &options, &err), &err);
    begin_with_fx(&intake, session, &actions);
    for (int i = 0; i < pairs; i++) {
        read_pair(&intake, material, i, session, &actions);
    }
    if (decides) {
        const struct session_pair *seen = session_pair(session, 0);
        fprintf(stderr, "decided %s, premium %.2f bps\n", seen->decided_ns > 0 ? "yes" : "no",
                seen->spread.premium_bps);
    }
    intake_finish(&intake);
}

int main(int argc, char **argv)
{
    const char *mode = argc == 3 ? argv[1] : "";
    const int pairs = argc == 3 ? atoi(argv[2]) : -1;
    if (pairs < 0 || pairs > PAIRS_MAX) {
        fprintf(stderr, "usage: decode_cost tree|decode|events|decide PAIRS (at most %d)\n",
                PAIRS_MAX);
        return 2;
    }
    const struct material *material = make_material();
    if (strcmp(mode, "tree") == 0 || strcmp(mode, "decode") == 0) {
        decode(material, pairs, mode[0] == 't');
    } else {
        run(material, pairs, strcmp(mode, "decide") == 0);
    }
    return 0;
}
