#include "live_case.h"

#include "base/hash.h"
#include "base/mem.h"

static const struct frames_pair PAIRS[CASE_PAIRS] = {{"KRW-BTC", "BTCUSDT"},
                                                     {"KRW-ETH", "ETHUSDT"}};

static void mix(struct known *known, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < size; i++) {
        known->hash = (known->hash ^ at[i]) * UINT64_C(1099511628211);
    }
}

static void mix_levels(struct known *known, const struct book_level *levels, int32_t count)
{
    mix(known, &count, sizeof(count));
    mix(known, levels, (size_t)count * sizeof(*levels));
}

static void mix_event(struct known *known, const struct event *event)
{
    const int64_t head[] = {event->kind, event->pair, event->time_ns, event->day,
                            (int64_t)event->line};
    mix(known, head, sizeof(head));
    if (event->kind == EVENT_BOOK) {
        const struct book *book = &event->book.book;
        mix(known, &book->exchange_ns, sizeof(book->exchange_ns));
        mix(known, &book->generation, sizeof(book->generation));
        mix_levels(known, book->bids, book->bids_count);
        mix_levels(known, book->asks, book->asks_count);
    } else if (event->kind == EVENT_FEED) {
        const int32_t feed[] = {event->feed.venue, event->feed.state, event->feed.reason};
        mix(known, feed, sizeof(feed));
    } else if (event->kind == EVENT_FX) {
        mix(known, &event->fx.krw_per_usd, sizeof(double));
    } else if (event->kind == EVENT_HISTORY) {
        mix(known, &event->history.premium_bps, sizeof(double));
    } else if (event->kind == EVENT_MARK) {
        mix(known, &event->mark.price, sizeof(double));
    } else if (event->kind == EVENT_CLOCK) {
        mix(known, &event->clock.off_ms, sizeof(int64_t));
    }
}

/* In order, of the past, and before any book of the pair. */
static void take_history(struct known *known, const struct event *event)
{
    assert_true(event->time_ns > known->history_ns[event->pair]);
    assert_int_equal(known->books[event->pair][VENUE_A].bids_count, 0);
    assert_int_equal(known->books[event->pair][VENUE_B].bids_count, 0);
    known->history[event->pair]++;
    known->history_ns[event->pair] = event->time_ns;
    known->history_bps[event->pair] += event->history.premium_bps;
}

static void take_book(struct known *known, const struct event *event)
{
    const struct book *book = &event->book.book;
    const int64_t late_ms = (book->receive_ns - book->exchange_ns) / CLOCK_NS_PER_MS;
    known->books[event->pair][event->book.venue] = *book;
    if (known->states[event->pair][event->book.venue] == FEED_FRESH &&
        late_ms > known->late_ms) {
        known->late_ms = late_ms;
    }
}

void known_take(struct known *known, const struct event *event)
{
    known->events++;
    mix_event(known, event);
    if (event->kind == EVENT_HISTORY) {
        take_history(known, event);
        return;
    }
    assert_true(event->time_ns >= known->time_ns);
    known->time_ns = event->time_ns;
    if (event->kind == EVENT_BOOK) {
        take_book(known, event);
    } else if (event->kind == EVENT_FEED) {
        known->states[event->pair][event->feed.venue] = event->feed.state;
        known->reasons[event->pair][event->feed.venue] = event->feed.reason;
    } else if (event->kind == EVENT_FX) {
        known->krw_per_usd = event->fx.krw_per_usd;
    } else if (event->kind == EVENT_MARK) {
        known->marks[event->pair] = true;
    } else if (event->kind == EVENT_INSTRUMENT) {
        known->instruments[event->pair][event->instrument.venue] = true;
        known->trading[event->pair][event->instrument.venue] = event->instrument.trading;
    } else if (event->kind == EVENT_CLOCK && event->clock.reason == REASON_CLOCK_VENUE_SKEW) {
        known->clocks[event->clock.venue]++;
        known->clock_off_ms[event->clock.venue] = event->clock.off_ms;
    } else if (event->kind == EVENT_PRINT) {
        known->prints++;
    }
}

static void on_wake(void *context)
{
    struct live_case *live_case = context;
    struct event event;
    struct err err;
    live_case->wakes++;
    while (live_case->source->ops->next(live_case->source, &event, &err) == SOURCE_EVENT) {
        known_take(&live_case->known, &event);
    }
}

static void on_frame(void *context, const struct frame *frame)
{
    struct live_case *live_case = context;
    text_addf(&live_case->tape, "%lld\t%s\t%s%s%s\t", (long long)frame->receive_ns,
              venue_name(frame->venue), frame->channel, frame->symbol[0] != '\0' ? ":" : "",
              frame->symbol);
    text_add_bytes(&live_case->tape, frame->raw, frame->raw_length);
    text_add_char(&live_case->tape, '\n');
}

/* Addresses of the simulated venues, and a world in which everything happens faster. */
static void configure(struct live_case *live_case)
{
    static const struct {
        const char *key, *value;
    } fast[] = {
        {"live.ping_ms", "500"},         {"live.silence_ms", "2000"},
        {"live.stale_ms", "800"},        {"live.back_off_ms", "50"},
        {"live.back_off_ms_max", "400"}, {"live.resync_ms", "200"},
        {"live.stale_side_ms", "1000"},  {"live.storm_resyncs", "100"},
        {"live.storm_losses", "1000"},   {"live.refresh_s", "4"},
        {"live.budget_pct", "100"},      {"live.connect_ms", "2000"},
        {"live.request_ms", "2000"},
    };
    struct config config;
    struct err err;
    config_defaults(&config);
    for (size_t i = 0; i < LEN(fast); i++) {
        if (!config_set(&config, fast[i].key, fast[i].value, &err)) {
            fail_msg("%s", err.text);
        }
    }
    live_case->config = config.live;
}

static void point_at(struct live_case *live_case, bool tls)
{
    struct config_live *config = &live_case->config;
    const int upbit = venue_sim_port(live_case->sim, VENUE_A);
    const int binance = venue_sim_port(live_case->sim, VENUE_B);
    const char *end = tls ? "s" : "";
    snprintf(config->upbit_rest_url, CONFIG_URL_SIZE, "http%s://127.0.0.1:%d", end, upbit);
    snprintf(config->upbit_socket_url, CONFIG_URL_SIZE, "ws%s://127.0.0.1:%d/websocket/v1", end,
             upbit);
    snprintf(config->binance_rest_url, CONFIG_URL_SIZE, "http%s://127.0.0.1:%d", end, binance);
    snprintf(config->binance_public_url, CONFIG_URL_SIZE, "ws%s://127.0.0.1:%d/public", end,
             binance);
    snprintf(config->binance_market_url, CONFIG_URL_SIZE, "ws%s://127.0.0.1:%d/market", end,
             binance);
}

void case_open_venues(struct live_case *live_case, const struct case_venues *venues)
{
    static const char *const coins[] = {"BTC", "ETH"};
    struct venue_sim_options options = venue_sim_defaults();
    const struct http_options http = {.requests_max = 4};
    struct err err;
    *live_case = (struct live_case){.tape = text_growing(), .body = text_growing()};
    scratch_write_text(live_case->ban_path, "");
    options.coins = coins;
    options.pairs_count = CASE_PAIRS;
    options.preset = "calm";
    options.tls_folder = venues->tls_folder;
    options.script = venues->script;
    options.chaos = venues->chaos_seed != 0;
    options.chaos_seed = venues->chaos_seed;
    options.chaos_per_minute = venues->chaos_per_minute;
    live_case->loop = loop_create();
    configure(live_case);
    if (!venue_sim_open(&live_case->sim, live_case->loop, &options, &err) ||
        !http_create(&live_case->http, live_case->loop, &http, &err)) {
        fail_msg("%s", err.text);
    }
    point_at(live_case, venues->tls_folder != NULL);
}

void case_encrypt(struct live_case *live_case)
{
    point_at(live_case, true);
}

void case_open_source(struct live_case *live_case)
{
    const struct live_options options = {
        .config = &live_case->config,
        .pairs = PAIRS,
        .pairs_count = CASE_PAIRS,
        .fx_symbol = "KRW-USDT",
        .fx_price = "mid",
        .ban_path = live_case->ban_path,
        .seed = 7,
        .history_minutes = live_case->history_minutes,
    };
    struct err err;
    live_case->known = (struct known){.hash = UINT64_C(14695981039346656037)};
    text_clear(&live_case->tape);
    if (!live_open(&live_case->source, live_case->loop, &options, &err)) {
        fail_msg("%s", err.text);
    }
    live_set_wake(live_case->source, on_wake, live_case);
    live_set_tap(live_case->source, on_frame, live_case);
}

void case_open(struct live_case *live_case)
{
    case_open_venues(live_case, &(struct case_venues){0});
    case_open_source(live_case);
}

void case_close_source(struct live_case *live_case)
{
    source_close(live_case->source);
    live_case->source = NULL;
}

void case_close(struct live_case *live_case)
{
    case_close_source(live_case);
    venue_sim_close(live_case->sim);
    http_destroy(live_case->http);
    loop_destroy(live_case->loop);
    scratch_remove(live_case->ban_path);
    text_finish(&live_case->tape);
    text_finish(&live_case->body);
}

static void on_look(void *context, int64_t now_ns)
{
    struct live_case *live_case = context;
    const bool holds = live_case->holds != NULL && live_case->holds(live_case);
    if (holds || now_ns >= live_case->until_ns) {
        loop_stop(live_case->loop, holds ? 1 : 0);
        return;
    }
    loop_add_timer(live_case->loop, now_ns + 5 * CLOCK_NS_PER_MS, on_look, live_case);
}

static bool run(struct live_case *live_case, bool (*holds)(struct live_case *live_case),
                int64_t ms)
{
    live_case->holds = holds;
    live_case->until_ns = clock_monotonic_ns() + ms * CLOCK_NS_PER_MS;
    loop_add_timer(live_case->loop, 0, on_look, live_case);
    return loop_run(live_case->loop) == 1;
}

static void describe(struct live_case *live_case, struct text *out)
{
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        struct live_status status;
        live_status(live_case->source, venue, &status);
        text_addf(out, "\n  %s '%s' connects %d losses %d messages %d requests %d budget %d",
                  venue_name(venue), status.text, (int)status.connects, (int)status.losses,
                  (int)status.messages, (int)status.requests, status.budget_left_pct);
        for (int pair = 0; pair < CASE_PAIRS; pair++) {
            text_addf(out, " [%s %s]", feed_state_name(live_case->known.states[pair][venue]),
                      reason_code(live_case->known.reasons[pair][venue]));
        }
    }
}

void case_until_ms(struct live_case *live_case, bool (*holds)(struct live_case *live_case),
                   int64_t ms, const char *what)
{
    if (!run(live_case, holds, ms)) {
        struct text text = text_growing();
        if (live_case->source != NULL) {
            describe(live_case, &text);
        }
        fail_msg("not within %d ms: %s%s", (int)ms, what, text_string(&text));
    }
}

void case_until(struct live_case *live_case, bool (*holds)(struct live_case *live_case),
                const char *what)
{
    case_until_ms(live_case, holds, 10000, what);
}

bool case_within_ms(struct live_case *live_case, bool (*holds)(struct live_case *live_case),
                    int64_t ms)
{
    return run(live_case, holds, ms);
}

void case_for_ms(struct live_case *live_case, int64_t ms)
{
    run(live_case, NULL, ms);
}

static void on_answer(void *context, const struct http_answer *answer)
{
    struct live_case *live_case = context;
    live_case->answered = true;
    live_case->status = answer->status;
    text_clear(&live_case->body);
    text_add_bytes(&live_case->body, answer->body, answer->body_size);
}

static bool is_answered(struct live_case *live_case)
{
    return live_case->answered;
}

void case_ask(struct live_case *live_case, enum venue venue, const char *method,
              const char *target)
{
    char url[256];
    snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", venue_sim_port(live_case->sim, venue),
             target);
    const struct http_request request = {
        .method = method, .url = url, .timeout_ms = 5000, .size_max = 1 << 24};
    live_case->answered = false;
    assert_int_not_equal(http_send(live_case->http, &request, on_answer, live_case), 0);
    case_until(live_case, is_answered, target);
    if (live_case->status != 200) {
        fail_msg("%s: %d %s", target, live_case->status, text_string(&live_case->body));
    }
}

bool all_fresh(struct live_case *live_case)
{
    const struct known *known = &live_case->known;
    for (int pair = 0; pair < CASE_PAIRS; pair++) {
        for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
            if (known->states[pair][venue] != FEED_FRESH ||
                known->books[pair][venue].bids_count == 0) {
                return false;
            }
        }
    }
    return known->krw_per_usd > 0.0;
}
