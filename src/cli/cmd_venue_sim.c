#include <assert.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/text.h"
#include "cli/args.h"
#include "cli/global_options.h"
#include "cli/subcommand.h"
#include "io/loop.h"
#include "simulator/identity.h"
#include "simulator/private.h"
#include "simulator/venue_sim.h"
#include "venue/live_gate.h"

/* venue-sim: both venues on this machine, for sessions that have no others to talk to. */

enum { COINS_MAX = 16 };

#define COIN_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

struct sim_args {
    struct global_options global;
    int64_t upbit_port, binance_port, seed;
    const char *preset, *pairs, *script, *chaos, *frames, *tls;
    double speed, duration_s, ping_s, lifetime_s, idle_s;
    bool no_opening, no_limits;
    bool has_seed, has_speed, has_duration, has_ping, has_lifetime, has_idle;
};

#define AT(field)  offsetof(struct sim_args, field)
#define OWN(field) AT(field), SIZE_MAX

static const struct arg_option OWN_OPTIONS[] = {
    {"upbit-port", ARG_COUNT, OWN(upbit_port), "N", "of Upbit (any that is free)"},
    {"binance-port", ARG_COUNT, OWN(binance_port), "N", "of Binance (any that is free)"},
    {"preset", ARG_CHOICE, OWN(preset), "lively|calm|crisis|noise|planted",
     "which market (lively)"},
    {"seed", ARG_COUNT, AT(seed), AT(has_seed), "N", "which course of it (1)"},
    {"speed", ARG_NUMBER, AT(speed), AT(has_speed), "X", "market seconds a second (1)"},
    {"pairs", ARG_TEXT, OWN(pairs), "COINS", "traded on both venues (BTC,ETH,XRP)"},
    {"no-opening", ARG_FLAG, OWN(no_opening), NULL,
     "without the scripted first ten minutes of lively"},
    {"frames", ARG_TEXT, OWN(frames), "FILE", "play recorded frames instead, word for word"},
    {"script", ARG_TEXT, OWN(script), "FILE", "faults by the clock, in YAML"},
    {"chaos", ARG_TEXT, OWN(chaos), "SEED[:RATE]",
     "faults by a seed, so many a minute of each kind (0.2)"},
    {"tls", ARG_TEXT, OWN(tls), "DIR",
     "speak TLS; the test CA and its keys are in DIR, or made there"},
    {"ping-s", ARG_NUMBER, AT(ping_s), AT(has_ping), "S", "Binance pings so often (180)"},
    {"lifetime-s", ARG_NUMBER, AT(lifetime_s), AT(has_lifetime), "S",
     "Binance ends sockets of that age (86400)"},
    {"idle-s", ARG_NUMBER, AT(idle_s), AT(has_idle), "S",
     "Upbit cuts sockets it has not heard for so long (60.5)"},
    {"no-limits", ARG_FLAG, OWN(no_limits), NULL, "take any number of requests"},
    {"duration", ARG_NUMBER, AT(duration_s), AT(has_duration), "S",
     "end by itself (runs until a signal)"},
};

#undef OWN
#undef AT

enum {
    OWN_COUNT = sizeof OWN_OPTIONS / sizeof OWN_OPTIONS[0],
    OPTIONS_COUNT = OWN_COUNT + GLOBAL_OPTIONS_COUNT,
};

static bool parse(int argc, char **argv, struct sim_args *args, int *code)
{
    struct arg_option options[OPTIONS_COUNT];
    int operands;
    memcpy(options, OWN_OPTIONS, sizeof OWN_OPTIONS);
    global_options_rows(options + OWN_COUNT, offsetof(struct sim_args, global));
    const struct arg_spec spec = {
        .command = "venue-sim",
        .operands = "",
        .summary = "Runs both venues' public market data on 127.0.0.1: their REST calls and "
                   "sockets, fed by the simulated market or a recording, with faults on "
                   "command. Prints its addresses, and its counters when it ends.",
        .options = options,
        .options_count = OPTIONS_COUNT,
    };
    return args_take(&spec, argc, argv, args, NULL, &operands, code);
}

/* "BTC,ETH" cut in place. */
static bool take_coins(char *list, const char *coins[COINS_MAX], int32_t *count,
                       struct err *err)
{
    *count = 0;
    char *rest = list;
    for (char *coin = strsep(&rest, ","); coin != NULL; coin = strsep(&rest, ",")) {
        if (coin[0] == '\0' || coin[strspn(coin, COIN_LETTERS)] != '\0') {
            return err_set(err, ERR_INPUT, "--pairs: '%.40s' is not a coin (expected BTC)",
                           coin);
        }
        if (*count == COINS_MAX) {
            return err_set(err, ERR_INPUT, "--pairs: at most %d", COINS_MAX);
        }
        for (int32_t i = 0; i < *count; i++) {
            if (strcmp(coins[i], coin) == 0) {
                return err_set(err, ERR_INPUT, "--pairs: '%.40s' stands twice", coin);
            }
        }
        coins[(*count)++] = coin;
    }
    return true;
}

/* "7" or "7:1.5". */
static bool take_chaos(const char *text, struct venue_sim_options *options, struct err *err)
{
    const char *colon = strchr(text, ':');
    const size_t length = colon != NULL ? (size_t)(colon - text) : strlen(text);
    if (!num_parse_uint64(text, length, &options->chaos_seed) ||
        (colon != NULL &&
         !num_parse_double(colon + 1, strlen(colon + 1), &options->chaos_per_minute)) ||
        !(options->chaos_per_minute > 0.0 && options->chaos_per_minute <= 600.0)) {
        return err_set(err, ERR_INPUT,
                       "--chaos: '%.40s' is not a seed and a rate (expected 7 or 7:0.5)", text);
    }
    options->chaos = true;
    return true;
}

static bool take_port(const char *name, int64_t port, uint16_t *out, struct err *err)
{
    if (port > UINT16_MAX) {
        return err_set(err, ERR_INPUT, "%s: '%lld' is not a port (expected 0 to 65535)", name,
                       (long long)port);
    }
    *out = (uint16_t)port;
    return true;
}

static bool take_time(const char *name, bool given, double value, double *out, struct err *err)
{
    if (given && !(value > 0.0 && value <= 1e7)) {
        return err_set(err, ERR_INPUT, "%s: expected more than 0, at most 1e7", name);
    }
    *out = given ? value : *out;
    return true;
}

/* The folder gets a CA and keys if it is new or empty. */
static bool take_tls(const char *folder, struct venue_sim_options *options, struct err *err)
{
    options->tls_folder = folder;
    return folder == NULL || wire_identities_ensure(folder, err) || err_wrap(err, "--tls");
}

static bool settle(const struct sim_args *args, char *list, const char *coins[COINS_MAX],
                   struct venue_sim_options *options, struct err *err)
{
    *options = venue_sim_defaults();
    if (list != NULL && !take_coins(list, coins, &options->pairs_count, err)) {
        return false;
    }
    options->coins = list != NULL ? coins : options->coins;
    options->preset = args->preset != NULL ? args->preset : options->preset;
    options->seed = args->has_seed ? (uint64_t)args->seed : options->seed;
    options->speed = args->has_speed ? args->speed : options->speed;
    options->opening = !args->no_opening;
    options->limits = !args->no_limits;
    options->frames = args->frames;
    options->script = args->script;
    double duration_s = 0.0;
    return take_port("--upbit-port", args->upbit_port, &options->port[VENUE_A], err) &&
           take_port("--binance-port", args->binance_port, &options->port[VENUE_B], err) &&
           take_time("--ping-s", args->has_ping, args->ping_s, &options->ping_s, err) &&
           take_time("--lifetime-s", args->has_lifetime, args->lifetime_s, &options->lifetime_s,
                     err) &&
           take_time("--idle-s", args->has_idle, args->idle_s, &options->idle_s, err) &&
           take_time("--duration", args->has_duration, args->duration_s, &duration_s, err) &&
           (args->chaos == NULL || take_chaos(args->chaos, options, err)) &&
           take_tls(args->tls, options, err) && global_options_apply(&args->global, err);
}

static void print_addresses(const struct venue_sim *sim, const struct sim_args *args)
{
    const unsigned a = venue_sim_port(sim, VENUE_A);
    const unsigned b = venue_sim_port(sim, VENUE_B);
    const char *http = args->tls != NULL ? "https" : "http";
    const char *ws = args->tls != NULL ? "wss" : "ws";
    printf("venue-sim: upbit %s://127.0.0.1:%u %s://127.0.0.1:%u/websocket/v1\n", http, a, ws,
           a);
    printf("venue-sim: binance %s://127.0.0.1:%u %s://127.0.0.1:%u/public "
           "%s://127.0.0.1:%u/market\n",
           http, b, ws, b, ws, b);
    if (live_gate_built()) {
        printf("venue-sim: orders with the keys " PRIVATE_ACCESS_KEY " and " PRIVATE_SECRET_KEY
               "\n");
    }
    printf("live:\n"
           "  upbit_rest_url: %s://127.0.0.1:%u\n"
           "  upbit_socket_url: %s://127.0.0.1:%u/websocket/v1\n"
           "  binance_rest_url: %s://127.0.0.1:%u\n"
           "  binance_public_url: %s://127.0.0.1:%u/public\n"
           "  binance_market_url: %s://127.0.0.1:%u/market\n",
           http, a, ws, a, http, b, ws, b, ws, b);
    if (args->tls != NULL) {
        printf("  ca_file: %s/ca.pem\n", args->tls);
    }
    fflush(stdout);
}

/* Without order entry nobody could ask, so there is nobody to answer. */
#ifdef ARBLITE_LIVE_TRADING
static struct private_venue *open_private(struct venue_sim *sim)
{
    return private_attach(sim);
}
static void close_private(struct private_venue *private)
{
    private_close(private);
}
#else
static struct private_venue *open_private(struct venue_sim *sim)
{
    return NULL;
}
static void close_private(struct private_venue *private)
{
    assert(private == NULL);
}
#endif

static void end_by_signal(void *context, int number)
{
    loop_stop(context, 0);
}

static void end_by_time(void *context, int64_t now_ns)
{
    loop_stop(context, 0);
}

static bool run(const struct sim_args *args, struct loop *loop, struct err *err)
{
    struct venue_sim_options options;
    const char *coins[COINS_MAX];
    struct venue_sim *sim;
    char *list = args->pairs != NULL ? mem_copy_string(args->pairs) : NULL;
    const bool opened = settle(args, list, coins, &options, err) &&
                        loop_add_signal(loop, SIGTERM, end_by_signal, loop, err) &&
                        loop_add_signal(loop, SIGINT, end_by_signal, loop, err) &&
                        venue_sim_open(&sim, loop, &options, err);
    if (opened) {
        struct private_venue *private = open_private(sim);
        print_addresses(sim, args);
        if (args->has_duration) {
            loop_add_timer(loop, clock_monotonic_ns() + (int64_t)(args->duration_s * 1e9),
                           end_by_time, loop);
        }
        loop_run(loop);
        struct text status = text_growing();
        venue_sim_status(sim, &status);
        printf("%s\n", text_string(&status));
        text_finish(&status);
        venue_sim_close(sim);
        close_private(private);
    }
    mem_free(list);
    return opened;
}

int cmd_venue_sim(int argc, char **argv)
{
    struct sim_args args = {.preset = NULL};
    struct err err = {.kind = ERR_NONE};
    int code = 0;
    if (!parse(argc, argv, &args, &code)) {
        return code;
    }
    struct loop *loop = loop_create();
    if (!run(&args, loop, &err)) {
        fprintf(stderr, "arblite venue-sim: %s\n", err.text);
        code = err_exit_code(err.kind);
    }
    loop_destroy(loop);
    return code;
}
