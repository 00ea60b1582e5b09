#include "run/setup.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/num.h"
#include "base/text.h"
#include "market/csv.h"
#include "market/frames.h"
#include "market/simulated.h"

static const struct {
    const char *prefix;
    enum setup_kind kind;
} KINDS[] = {
    {"csv:", SETUP_CSV},           {"frames:", SETUP_FRAMES},
    {"scenario:", SETUP_SCENARIO}, {"simulated", SETUP_SIMULATED},
    {"live", SETUP_LIVE},
};

bool setup_wants_paper_defaults(const char *source)
{
    return strncmp(source, "simulated", strlen("simulated")) == 0 ||
           strncmp(source, "frames:", strlen("frames:")) == 0 || strcmp(source, "live") == 0;
}

static bool parse_simulated(struct setup *setup, const char *rest, struct err *err)
{
    if (rest[0] == '\0') {
        return true;
    }
    if (rest[0] != ':' || !num_parse_uint64(rest + 1, strlen(rest + 1), &setup->seed)) {
        return err_set(err, ERR_INPUT,
                       "--source: '%s' has no usable seed (expected simulated or simulated:N)",
                       setup->source);
    }
    return true;
}

/* The whole path, so that the session can be resumed from any folder. A file that is not there
 * is named by whoever opens it. */
static bool keep_path(struct setup *setup, const char *prefix, const char *given,
                      struct err *err)
{
    char whole[PATH_MAX];
    const char *path = realpath(given, whole) != NULL ? whole : given;
    if (strlen(prefix) + strlen(path) >= sizeof setup->source) {
        return err_set(err, ERR_INPUT, "--source: '%s' is longer than %zu bytes", path,
                       sizeof setup->source - 1 - strlen(prefix));
    }
    text_copy(setup->path, sizeof setup->path, path);
    text_cut(setup->source, sizeof setup->source, "%s%s", prefix, path);
    return true;
}

static bool parse_source(struct setup *setup, const char *source, struct err *err)
{
    if (strlen(source) >= sizeof setup->source) {
        return err_set(err, ERR_INPUT, "--source: longer than %zu bytes",
                       sizeof setup->source - 1);
    }
    text_copy(setup->source, sizeof setup->source, source);
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        const size_t length = strlen(KINDS[i].prefix);
        if (strncmp(source, KINDS[i].prefix, length) != 0) {
            continue;
        }
        setup->kind = KINDS[i].kind;
        if (setup->kind == SETUP_SIMULATED) {
            return parse_simulated(setup, source + length, err);
        }
        if (setup->kind == SETUP_LIVE && source[length] == '\0') {
            return true;
        }
        if (setup->kind == SETUP_LIVE) {
            break;
        }
        if (source[length] == '\0') {
            return err_set(err, ERR_INPUT, "--source: '%s' names no file", source);
        }
        return keep_path(setup, KINDS[i].prefix, source + length, err);
    }
    return err_set(err, ERR_INPUT,
                   "--source: '%s' is not a source (expected csv:FILE, frames:FILE, "
                   "scenario:FILE, simulated[:SEED] or live)",
                   source);
}

bool setup_check_source(const char *source, struct err *err)
{
    struct setup scratch = {.kind = SETUP_SIMULATED};
    if (!parse_source(&scratch, source, err)) {
        return false;
    }
    return scratch.path[0] == '\0' || access(scratch.path, R_OK) == 0 ||
           err_set(err, ERR_INPUT, "--source: '%s': %s", scratch.path, strerror(errno));
}

static const struct config_pair *find_pair(const struct config *config, const char *a,
                                           size_t a_length, const char *b)
{
    for (int32_t i = 0; i < config->pairs_count; i++) {
        const struct config_pair *pair = &config->pairs[i];
        if (strlen(pair->symbol_a) == a_length && memcmp(pair->symbol_a, a, a_length) == 0 &&
            strcmp(pair->symbol_b, b) == 0) {
            return pair;
        }
    }
    return NULL;
}

/* "KRW-SUSHI/SUSHIUSDT": a configured pair, or one with neutral instruments named after its
 * coin. */
static bool parse_pair(const struct config *config, const char *text, struct config_pair *out,
                       struct err *err)
{
    const char *slash = strchr(text, '/');
    const char *dash = strchr(text, '-');
    if (slash == NULL || dash == NULL || dash > slash || slash[1] == '\0' ||
        slash == dash + 1 || (size_t)(slash - text) >= sizeof out->symbol_a ||
        strlen(slash + 1) >= sizeof out->symbol_b) {
        return err_set(err, ERR_INPUT, "--pair: '%s' is not a pair (expected KRW-BTC/BTCUSDT)",
                       text);
    }
    const struct config_pair *known =
        find_pair(config, text, (size_t)(slash - text), slash + 1);
    if (known != NULL) {
        *out = *known;
        return true;
    }
    *out = (struct config_pair){.lot_a = 1e-8, .lot_b = 1e-8, .maintenance_pct = 1.0};
    snprintf(out->symbol_a, sizeof out->symbol_a, "%.*s", (int)(slash - text), text);
    text_copy(out->symbol_b, sizeof out->symbol_b, slash + 1);
    snprintf(out->name, sizeof out->name, "%.*s", (int)(slash - dash - 1), dash + 1);
    return true;
}

static bool choose_pairs(struct setup *setup, const struct setup_request *request,
                         struct err *err)
{
    struct config *config = &setup->config;
    if (request->pairs_count > CONFIG_PAIRS_MAX) {
        return err_set(err, ERR_INPUT, "--pair: at most %d pairs", CONFIG_PAIRS_MAX);
    }
    struct config_pair chosen[CONFIG_PAIRS_MAX];
    for (int i = 0; i < request->pairs_count; i++) {
        if (!parse_pair(config, request->pairs[i], &chosen[i], err)) {
            return false;
        }
    }
    if (request->pairs_count > 0) {
        memcpy(config->pairs, chosen, (size_t)request->pairs_count * sizeof chosen[0]);
        config->pairs_count = request->pairs_count;
    }
    if (setup->kind == SETUP_CSV || setup->kind == SETUP_SCENARIO) {
        config->pairs_count = 1; /* one file, one pair */
    }
    return true;
}

/* Files replay what the backtest does: finest lots, no minimum, no delay (SPEC.md 4). */
static bool is_file(const struct setup *setup)
{
    return setup->kind == SETUP_CSV || setup->kind == SETUP_SCENARIO;
}

static int64_t units(double amount)
{
    int64_t whole = 0;
    return ledger_units(amount, &whole) ? whole : 0;
}

static int64_t lot_units(double lot)
{
    const int64_t whole = units(lot);
    return whole > 0 ? whole : 1;
}

static void fill_instrument(const struct setup *setup, const struct config_pair *from,
                            struct session_instrument *to)
{
    const bool file = is_file(setup);
    text_copy(to->name, sizeof to->name, from->name);
    text_copy(to->symbol_a, sizeof to->symbol_a, from->symbol_a);
    text_copy(to->symbol_b, sizeof to->symbol_b, from->symbol_b);
    to->lot_a_units = file ? 1 : lot_units(from->lot_a);
    to->lot_b_units = file ? 1 : lot_units(from->lot_b);
    to->minimum_notional_a_units = file ? 0 : units(from->minimum_a_krw);
    to->minimum_notional_b_units = file ? 0 : units(from->minimum_b_usdt);
    to->lot_nearest = file;
}

static void drop_unless_named(const struct setup_request *request, const char *key,
                              double *limit)
{
    if (request->named == NULL || !config_is_named(request->named, key)) {
        *limit = NAN;
    }
}

/* On a file size and loss limits act only where somebody set them, so that it gives the same
 * answer in every mode. */
static void relax_limits(const struct setup_request *request, struct guard_limits *limits)
{
    const struct {
        const char *key;
        double *limit;
    } rows[] = {
        {"risk_limits.notional_per_trade_usd", &limits->notional_per_trade_usd},
        {"risk_limits.open_trades", &limits->open_trades},
        {"risk_limits.gross_exposure_usd", &limits->gross_exposure_usd},
        {"risk_limits.day_loss_usd", &limits->day_loss_usd},
        {"risk_limits.rolling_loss_usd", &limits->rolling_loss_usd},
        {"risk_limits.session_loss_usd", &limits->session_loss_usd},
        {"risk_limits.drawdown_pct", &limits->drawdown_pct},
        {"risk_limits.orders_per_min", &limits->orders_per_min},
        {"risk_limits.orders_per_hour", &limits->orders_per_hour},
        {"risk_limits.edge_abnormal_bps", &limits->edge_abnormal_bps},
        {"risk_limits.pair_losses_in_row", &limits->pair_losses_in_row},
        {"risk_limits.session_losses_in_row", &limits->session_losses_in_row},
        {"risk_limits.collar_bps", &limits->collar_bps},
        {"risk_limits.unhedged_usd", &limits->unhedged_usd},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        drop_unless_named(request, rows[i].key, rows[i].limit);
    }
}

static void fill_session(struct setup *setup, const struct setup_request *request)
{
    const struct config *config = &setup->config;
    struct session_config *session = &setup->session;
    session->mode = request->shadow ? SESSION_SHADOW : SESSION_PAPER;
    session->pairs_count = config->pairs_count;
    for (int32_t i = 0; i < config->pairs_count; i++) {
        fill_instrument(setup, &config->pairs[i], &session->pairs[i]);
    }
    session->engine = config->engine;
    session->limits = config->risk_limits;
    session->has_clock = !is_file(setup);
    session->has_depth_model = !is_file(setup);
    if (is_file(setup)) {
        relax_limits(request, &session->limits);
    }
    session->near_miss_pct = config->session.near_miss_pct;
    session->leverage = config->paper.leverage;
    session->refusal_repeat_ns = is_file(setup) ? 0 : INT64_C(30000000000);
    session->opening_krw_units = units(config->paper.krw);
    session->opening_usdt_units = units(config->paper.usdt);
    session->opening_coin_usd = config->paper.coin_usd;
    session->order_timeout_ns = (int64_t)(config->paper.order_timeout_s * 1e9);
    session->decision_ttl_ns = (int64_t)(config->paper.decision_ttl_ms * 1e6);
    session->leg_retry_ns = (int64_t)(config->paper.leg_retry_ms * 1e6);
    session->leg_retries_max = config->paper.leg_retries_max;
    session->leg_cooldown_ns = (int64_t)(config->paper.leg_cooldown_s * 1e9);
}

static void fill_venue(struct setup *setup)
{
    const struct config *config = &setup->config;
    const bool file = is_file(setup);
    struct venue_paper_config *venue = &setup->venue;
    venue->pairs_count = config->pairs_count;
    for (int32_t i = 0; i < config->pairs_count; i++) {
        const struct session_instrument *instrument = &setup->session.pairs[i];
        venue->lot_a_units[i] = instrument->lot_a_units;
        venue->lot_b_units[i] = instrument->lot_b_units;
        venue->minimum_a_units[i] = instrument->minimum_notional_a_units;
        venue->minimum_b_units[i] = instrument->minimum_notional_b_units;
        venue->tick_a_units[i] = file ? 0 : units(config->pairs[i].tick_a);
        venue->tick_b_units[i] = file ? 0 : units(config->pairs[i].tick_b);
        venue->maintenance_rate[i] = config->pairs[i].maintenance_pct / 100.0;
        text_copy(venue->names[i], sizeof venue->names[i], config->pairs[i].name);
    }
    venue->tick_a_by_price = !file;
    venue->fee_a_bps = config->engine.taker_fee_a_bps;
    venue->fee_b_bps = config->engine.taker_fee_b_bps;
    venue->slippage_bps = config->engine.slippage_bps;
    venue->leverage = config->paper.leverage;
    venue->seed = setup->seed;
    venue->krw_units = setup->session.opening_krw_units;
    venue->usdt_units = setup->session.opening_usdt_units;
    if (file) {
        return; /* no latency, no rejects */
    }
    venue->tick_a_by_price = true;
    venue->latency_a_ms_median = config->paper.latency_a_ms_median;
    venue->latency_a_ms_p99 = config->paper.latency_a_ms_p99;
    venue->latency_b_ms_median = config->paper.latency_b_ms_median;
    venue->latency_b_ms_p99 = config->paper.latency_b_ms_p99;
    venue->reject_probability = config->paper.reject_probability;
    venue->delay_probability = config->paper.delay_probability;
    if (setup->kind == SETUP_SIMULATED && config->market.faults) {
        double rejected = 0.0;
        double delayed = 0.0;
        simulated_order_faults(config->market.simulated, &rejected, &delayed);
        venue->reject_probability = fmax(venue->reject_probability, rejected);
        venue->delay_probability = fmax(venue->delay_probability, delayed);
    }
    venue->replenish_half_life_s = config->paper.replenish_half_life_s;
}

/* The keys that decide what a session does; limits and alarms may be changed between starts. */
static bool must_not_change(const char *key)
{
    static const char *const SECTIONS[] = {"pairs", "engine.", "paper.", "market.", "fx."};
    for (size_t i = 0; i < sizeof SECTIONS / sizeof SECTIONS[0]; i++) {
        if (strncmp(key, SECTIONS[i], strlen(SECTIONS[i])) == 0) {
            return true;
        }
    }
    return false;
}

static void list_options(struct setup *setup)
{
    struct text all = text_growing();
    struct text kept = text_fixed(setup->options_text, sizeof setup->options_text);
    text_addf(&kept, "source = %s\n", setup->source);
    text_addf(&kept, "on_bad_row = %s\n", setup->skip_bad_rows ? "skip" : "fail");
    config_list(&setup->config, &all);
    struct text_line line;
    for (const char *rest = text_string(&all); text_take_line(&rest, &line);) {
        if (must_not_change(line.start)) {
            text_addf(&kept, "%.*s\n", (int)line.length, line.start);
        }
    }
    text_finish(&all);
    assert(!kept.truncated);
    hash_xxh3_text(setup->options_hash, setup->options_text, strlen(setup->options_text));
}

static bool check_sizes(const struct setup *setup, struct err *err)
{
    const double limit_usd = setup->session.limits.notional_per_trade_usd;
    if (setup->session.engine.max_position_usd > limit_usd) {
        return err_set(
            err, ERR_INPUT,
            "engine.max_position_usd %g is over risk_limits.notional_per_trade_usd %g: "
            "every trade would be refused (lower the one or raise the other)",
            setup->session.engine.max_position_usd, limit_usd);
    }
    return true;
}

bool setup_make(struct setup *out, const struct setup_request *request, struct err *err)
{
    struct setup *setup = out;
    memset(setup, 0, sizeof *setup);
    setup->config = *request->config;
    setup->seed = request->config->market.seed;
    setup->start_ns = request->start_ns;
    setup->skip_bad_rows = request->skip_bad_rows;
    if (!parse_source(setup, request->source, err) || !choose_pairs(setup, request, err)) {
        return false;
    }
    setup->config.market.seed = setup->seed;
    if (setup->kind == SETUP_SCENARIO) {
        struct source *probe = NULL;
        if (!scenario_open(&probe, setup->path, &setup->config.engine, &setup->expected, err)) {
            return false;
        }
        source_close(probe);
    }
    const char *fault = engine_params_fault(&setup->config.engine);
    if (fault != NULL) {
        return err_set(err, ERR_INPUT, "%s", fault);
    }
    fill_session(setup, request);
    fill_venue(setup);
    list_options(setup);
    return check_sizes(setup, err);
}

static bool open_csv(const struct setup *setup, struct source **out, struct err *err)
{
    const enum engine_profile profile = setup->session.engine.profile;
    const struct csv_options options = {
        .fx_rate = setup->session.engine.fx_rate,
        .default_fx = profile == ENGINE_EXACT        ? NAN
                      : profile == ENGINE_COMPAT_D37 ? 1.0
                                                     : 2.5,
        .skip_bad_rows = setup->skip_bad_rows,
    };
    return csv_open(out, setup->path, &options, err);
}

static bool open_frames(const struct setup *setup, struct source **out, struct err *err)
{
    struct frames_pair pairs[SESSION_PAIRS_MAX];
    for (int32_t i = 0; i < setup->session.pairs_count; i++) {
        pairs[i] = (struct frames_pair){setup->session.pairs[i].symbol_a,
                                        setup->session.pairs[i].symbol_b};
    }
    const struct frames_options options = {
        .pairs = pairs,
        .pairs_count = setup->session.pairs_count,
        .fx_symbol = SETUP_FX_SYMBOL,
        .fx_price = setup->config.fx.price,
    };
    return frames_open(out, setup->path, &options, err);
}

static bool open_simulated(const struct setup *setup, struct source **out, struct err *err)
{
    struct simulated_pair pairs[SESSION_PAIRS_MAX];
    for (int32_t i = 0; i < setup->session.pairs_count; i++) {
        const struct config_pair *pair = &setup->config.pairs[i];
        pairs[i] = (struct simulated_pair){pair->name, pair->tick_a, pair->tick_b};
    }
    const struct simulated_options options = {
        .preset = setup->config.market.simulated,
        .seed = setup->seed,
        .start_ns = setup->start_ns,
        .faults = setup->config.market.faults,
        .opening = setup->config.market.opening,
        .pairs = pairs,
        .pairs_count = setup->session.pairs_count,
        .history_minutes = 240,
    };
    return simulated_open(out, &options, err);
}

bool setup_open_source(const struct setup *setup, struct source **out, struct err *err)
{
    switch (setup->kind) {
    case SETUP_CSV:
        return open_csv(setup, out, err);
    case SETUP_FRAMES:
        return open_frames(setup, out, err);
    case SETUP_SCENARIO:
        return scenario_open(out, setup->path, NULL, &(struct scenario_expected){0}, err);
    case SETUP_SIMULATED:
        return open_simulated(setup, out, err);
    case SETUP_LIVE:
        break;
    }
    return err_set(err, ERR_INTERNAL, "source kind %d opens no file", (int)setup->kind);
}
