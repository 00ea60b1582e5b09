#include "orders_case.h"

#include <stdlib.h>

#include "base/clock.h"
#include "paper_case.h"

/* With a patience that fits a test. */
#define ASK_MS       4
#define NOT_FOUND_MS 40
#define CONFIRM_MS   5
#define WAIT_S_MAX   10

struct waiting {
    struct orders_case *it;
    int64_t since_ns;
    bool for_reports;
};

int64_t orders_case_now_ns(const struct orders_case *it)
{
    return clock_monotonic_ns() + it->live_less_mono_ns;
}

static void answer(struct orders_case *it, enum venue which, wire_exchange exchange,
                   const struct wire_request *request)
{
    const struct wire_answer nobody = {.status = 404, .body = "{}", .body_size = 2};
    if (!private_answer(it->private, which, it->wires[which], exchange, request,
                        orders_case_now_ns(it))) {
        wire_answer(it->wires[which], exchange, &nobody, NULL);
    }
}

static void on_upbit(void *context, wire_exchange exchange, const struct wire_request *request)
{
    answer(context, VENUE_A, exchange, request);
}

static void on_binance(void *context, wire_exchange exchange,
                       const struct wire_request *request)
{
    answer(context, VENUE_B, exchange, request);
}

/* Nobody shakes hands here. */
static void on_message(void *context, struct wire_socket *socket, const char *bytes,
                       size_t size, bool binary)
{
    fail_msg("a message came");
}

static void on_closed(void *context, struct wire_socket *socket, int32_t code)
{
    fail_msg("a socket ended");
}

static void on_check(void *context, int64_t mono_ns)
{
    struct waiting *waiting = context;
    struct orders_case *it = waiting->it;
    const struct venue_port *venue = it->it.venue;
    const bool reported =
        waiting->for_reports && venue->ops->next_due_ns(it->it.venue) != INT64_MAX;
    const bool over = venue_orders_quiet(venue, waiting->since_ns);
    if (mono_ns + it->live_less_mono_ns > waiting->since_ns + WAIT_S_MAX * CLOCK_NS_PER_S) {
        fail_msg("not quiet after ten seconds");
    }
    if (reported || over) {
        loop_stop(it->loop, 0);
        return;
    }
    loop_add_timer(it->loop, mono_ns + CLOCK_NS_PER_MS / 4, on_check, waiting);
}

static void run(struct orders_case *it, bool for_reports)
{
    struct waiting waiting = {
        .it = it, .since_ns = orders_case_now_ns(it), .for_reports = for_reports};
    loop_add_timer(it->loop, clock_monotonic_ns(), on_check, &waiting);
    loop_run(it->loop);
    it->it.now_ns = orders_case_now_ns(it);
}

static void await(struct venue_case *it)
{
    run((struct orders_case *)it, true);
}

static void refresh(struct venue_case *it)
{
    venue_orders_refresh(it->venue, it->now_ns);
    run((struct orders_case *)it, false);
}

static void show(struct venue_case *it, int32_t pair, enum venue which, const struct book *book)
{
    struct orders_case *case_ = (struct orders_case *)it;
    private_show_book(case_->private, pair, which, book, orders_case_now_ns(case_));
    venue_orders_show_book(it->venue, pair, which, book);
}

static bool may_enter(void *context)
{
    return ((struct orders_case *)context)->may_enter;
}

static void load_keys(struct orders_case *it)
{
    struct err err = {.text = ""};
    setenv("ARBLITE_UPBIT_ACCESS_KEY", "UPBITACCESS", 1);
    setenv("ARBLITE_UPBIT_SECRET_KEY", "UPBITSECRET", 1);
    setenv("ARBLITE_BINANCE_ACCESS_KEY", "BINANCEACCESS", 1);
    setenv("ARBLITE_BINANCE_SECRET_KEY", "BINANCESECRET", 1);
    for (enum venue which = VENUE_A; which <= VENUE_LAST; which++) {
        if (!venue_keys_load(&it->keys[which], which, &err)) {
            fail_msg("%s", err.text);
        }
        it->options.keys[which] = it->keys[which];
    }
}

static void open_simulator(struct orders_case *it)
{
    struct err err = {.text = ""};
    const struct wire_options wire = wire_defaults();
    const struct wire_calls upbit = {
        .request = on_upbit, .message = on_message, .closed = on_closed, .context = it};
    const struct wire_calls binance = {
        .request = on_binance, .message = on_message, .closed = on_closed, .context = it};
    struct private_options options = {
        .account = paper_case_config(),
        .symbols = {{"KRW-BTC", "BTCUSDT"}, {"KRW-ETH", "ETHUSDT"}},
        .krw_per_usd = 1450.0,
        .tells_time = true,
        .access_keys = {"UPBITACCESS", "BINANCEACCESS"},
        .secret_keys = {"UPBITSECRET", "BINANCESECRET"},
    };
    it->private = private_open(&options);
    assert_true(private_open_spot(it->private, 1, 10 * ONE, 1000 * ONE, &err));
    if (!wire_listen(&it->wires[VENUE_A], it->loop, &wire, &upbit, &err) ||
        !wire_listen(&it->wires[VENUE_B], it->loop, &wire, &binance, &err)) {
        fail_msg("%s", err.text);
    }
}

void orders_case_prepare(struct orders_case *it)
{
    static const char *const NAMES[] = {"BTC", "ETH"};
    memset(it, 0, sizeof(*it));
    it->loop = loop_create();
    it->may_enter = true;
    it->live_less_mono_ns = clock_wall_ns() - clock_monotonic_ns();
    it->options = venue_orders_defaults();
    open_simulator(it);
    load_keys(it);
    struct venue_orders_options *options = &it->options;
    strcpy(options->session, "20261121.1");
    options->pairs_count = 2;
    for (int32_t i = 0; i < 2; i++) {
        struct venue_orders_pair *pair = &options->pairs[i];
        strcpy(pair->name, NAMES[i]);
        snprintf(pair->symbols[VENUE_A], sizeof(pair->symbols[VENUE_A]), "KRW-%s", NAMES[i]);
        snprintf(pair->symbols[VENUE_B], sizeof(pair->symbols[VENUE_B]), "%sUSDT", NAMES[i]);
        pair->lot_units[VENUE_A] = pair->lot_units[VENUE_B] = ONE / 1000;
        pair->tick_units[VENUE_A] = ONE;
        pair->tick_units[VENUE_B] = ONE / 10;
    }
    for (enum venue which = VENUE_A; which <= VENUE_LAST; which++) {
        snprintf(it->urls[which], sizeof(it->urls[which]), "http://127.0.0.1:%u",
                 wire_port(it->wires[which]));
        options->rest_urls[which] = it->urls[which];
    }
    options->live_less_mono_ns = it->live_less_mono_ns;
    options->request_ms = 5000;
    options->ask_ms = ASK_MS;
    options->ask_ms_least = 1;
    options->not_found_ms = NOT_FOUND_MS;
    options->confirm_ms = CONFIRM_MS;
    options->may_enter = may_enter;
    options->context = it;
}

void orders_case_open(struct orders_case *it)
{
    struct err err = {.text = ""};
    if (!venue_orders_open(&it->it.venue, it->loop, &it->options, &err)) {
        fail_msg("%s", err.text);
    }
    venue_orders_show_fx(it->it.venue, 1450.0);
    it->it.show = show;
    it->it.await = await;
    it->it.refresh = refresh;
    it->it.now_ns = orders_case_now_ns(it);
}

void orders_case_reopen(struct orders_case *it, uint64_t first_client_id)
{
    it->it.venue->ops->close(it->it.venue);
    it->options.first_client_id = first_client_id;
    orders_case_open(it);
}

void orders_case_close(struct orders_case *it)
{
    it->it.venue->ops->close(it->it.venue);
    for (enum venue which = VENUE_A; which <= VENUE_LAST; which++) {
        venue_keys_forget(it->keys[which]);
        wire_finish(it->wires[which]);
    }
    private_close(it->private);
    loop_destroy(it->loop);
}
