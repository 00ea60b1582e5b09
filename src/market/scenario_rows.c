#include "scenario_read.h"

#include "base/mem.h"

#define BPS_PER_UNIT 1e4

/* The market as five numbers that a step may move; every one can ramp. */
enum dial {
    DIAL_MID_A_KRW,
    DIAL_KRW_PER_USDT,
    DIAL_PREMIUM_BPS,
    DIAL_WIDTH_A_BPS,
    DIAL_WIDTH_B_BPS,
    DIAL_LAST = DIAL_WIDTH_B_BPS,
};

static const struct {
    const char *key;
    double above, below; /* the open range it must lie in */
} DIALS[] = {
    [DIAL_MID_A_KRW] = {"mid_a_krw", 0.0, 1e15},
    [DIAL_KRW_PER_USDT] = {"krw_per_usdt", 0.0, 1e9},
    [DIAL_PREMIUM_BPS] = {"premium_bps", -BPS_PER_UNIT, 1e6},
    [DIAL_WIDTH_A_BPS] = {"width_a_bps", 0.0, BPS_PER_UNIT},
    [DIAL_WIDTH_B_BPS] = {"width_b_bps", 0.0, BPS_PER_UNIT},
};
_Static_assert(sizeof(DIALS) / sizeof(DIALS[0]) == DIAL_LAST + 1, "a key for every dial");

struct market {
    double dials[DIAL_LAST + 1];
};

/* Both books around their middles; B's middle is A's in USDT, the premium on top. */
static struct tick tick_of(const struct market *market)
{
    const double *dials = market->dials;
    const double mid_a = dials[DIAL_MID_A_KRW];
    const double mid_b =
        mid_a * (1.0 + dials[DIAL_PREMIUM_BPS] / BPS_PER_UNIT) / dials[DIAL_KRW_PER_USDT];
    const double half_a = dials[DIAL_WIDTH_A_BPS] / 2.0 / BPS_PER_UNIT;
    const double half_b = dials[DIAL_WIDTH_B_BPS] / 2.0 / BPS_PER_UNIT;
    return (struct tick){
        .bid_a = mid_a * (1.0 - half_a),
        .ask_a = mid_a * (1.0 + half_a),
        .bid_b = mid_b * (1.0 - half_b),
        .ask_b = mid_b * (1.0 + half_b),
        .krw_per_usd = dials[DIAL_KRW_PER_USDT],
    };
}

static bool read_dials(const struct yaml_node *mapping, struct market *market, struct err *err)
{
    for (enum dial dial = 0; dial <= DIAL_LAST; dial++) {
        const struct yaml_node *node = yaml_find(mapping, DIALS[dial].key);
        if (node != NULL && !scenario_read_number(node, DIALS[dial].above, DIALS[dial].below,
                                                  &market->dials[dial], err)) {
            return false;
        }
    }
    return true;
}

static bool read_market(const struct yaml_node *root, struct market *market, struct err *err)
{
    static const char *const known[] = {"mid_a_krw",   "krw_per_usdt", "premium_bps",
                                        "width_a_bps", "width_b_bps",  NULL};
    const struct yaml_node *node = scenario_need(root, "market", err);
    if (node == NULL || !scenario_check_keys(node, known, err)) {
        return false;
    }
    for (enum dial dial = 0; dial <= DIAL_LAST; dial++) {
        if (scenario_need(node, DIALS[dial].key, err) == NULL) {
            return false;
        }
    }
    return read_dials(node, market, err);
}

/* Prices as they stand, broken ones too. */
static bool read_quotes(const struct yaml_node *node, double krw_per_usdt, struct tick *out,
                        struct err *err)
{
    static const char *const known[] = {"bid_a", "ask_a",        "bid_b",
                                        "ask_b", "krw_per_usdt", NULL};
    struct tick tick = {.krw_per_usd = krw_per_usdt};
    double *const members[] = {&tick.bid_a, &tick.ask_a, &tick.bid_b, &tick.ask_b,
                               &tick.krw_per_usd};
    if (!scenario_check_keys(node, known, err)) {
        return false;
    }
    for (size_t i = 0; known[i] != NULL; i++) {
        const bool is_rate = members[i] == &tick.krw_per_usd;
        const struct yaml_node *price =
            is_rate ? yaml_find(node, known[i]) : scenario_need(node, known[i], err);
        if (price == NULL && is_rate) {
            continue;
        }
        if (price == NULL || !yaml_get_number(price, members[i], err)) {
            return false;
        }
    }
    *out = tick;
    return true;
}

static bool add_row(struct scenario_file *file, const struct tick *tick,
                    const struct yaml_node *step, struct err *err)
{
    if (file->rows_count == SCENARIO_ROWS_MAX) {
        return yaml_fail(step, err, "more than %d rows in all", SCENARIO_ROWS_MAX);
    }
    struct tick *row = &file->rows[file->rows_count];
    *row = *tick;
    row->time_ns = file->start_ns + file->step_ns * file->rows_count;
    file->rows_count++;
    return true;
}

/* What a step holds: how many rows, and whether its dials get there row by row. */
struct span {
    int64_t rows;
    bool ramp;
};

static bool read_span(const struct yaml_node *step, struct span *out, struct err *err)
{
    const struct yaml_node *rows = yaml_find(step, "rows");
    const struct yaml_node *ramp = yaml_find(step, "ramp");
    struct span span = {1, false};
    if (rows != NULL && !yaml_get_integer(rows, &span.rows, err)) {
        return false;
    }
    if (span.rows < 1 || span.rows > SCENARIO_ROWS_MAX) {
        return yaml_fail(rows, err, "'%s' is out of range (expected 1 to %d)", rows->text,
                         SCENARIO_ROWS_MAX);
    }
    if (ramp != NULL && !yaml_get_bool(ramp, &span.ramp, err)) {
        return false;
    }
    *out = span;
    return true;
}

static struct market between(const struct market *from, const struct market *to, double share)
{
    struct market market;
    for (enum dial dial = 0; dial <= DIAL_LAST; dial++) {
        market.dials[dial] = from->dials[dial] + (to->dials[dial] - from->dials[dial]) * share;
    }
    return market;
}

static bool add_change(struct scenario_file *file, const struct yaml_node *step,
                       const struct span *span, struct market *market, struct err *err)
{
    const struct market from = *market;
    struct market to = from;
    if (!read_dials(step, &to, err)) {
        return false;
    }
    for (int64_t i = 1; i <= span->rows; i++) {
        const bool there = !span->ramp || i == span->rows;
        *market = there ? to : between(&from, &to, (double)i / (double)span->rows);
        const struct tick tick = tick_of(market);
        if (!add_row(file, &tick, step, err)) {
            return false;
        }
    }
    return true;
}

static bool add_quotes(struct scenario_file *file, const struct yaml_node *step,
                       const struct span *span, const struct market *market, struct err *err)
{
    struct tick tick;
    if (span->ramp) {
        return yaml_fail(step, err, "quotes cannot ramp (say premium_bps and the like)");
    }
    for (enum dial dial = 0; dial <= DIAL_LAST; dial++) {
        if (yaml_find(step, DIALS[dial].key) != NULL) {
            return yaml_fail(step, err, "has quotes and '%s' (expected one or the other)",
                             DIALS[dial].key);
        }
    }
    if (!read_quotes(yaml_find(step, "quotes"), market->dials[DIAL_KRW_PER_USDT], &tick, err)) {
        return false;
    }
    for (int64_t i = 0; i < span->rows; i++) {
        if (!add_row(file, &tick, step, err)) {
            return false;
        }
    }
    return true;
}

static bool read_steps(struct scenario_file *file, const struct yaml_node *root,
                       struct market *market, struct err *err)
{
    static const char *const known[] = {"rows",        "ramp",         "quotes",
                                        "mid_a_krw",   "krw_per_usdt", "premium_bps",
                                        "width_a_bps", "width_b_bps",  NULL};
    const struct yaml_node *steps = scenario_need(root, "steps", err);
    if (steps == NULL) {
        return false;
    }
    if (steps->kind != YAML_KIND_SEQUENCE || steps->count == 0) {
        return yaml_fail(steps, err, "expected a list of at least one step");
    }
    file->rows = mem_array(SCENARIO_ROWS_MAX, sizeof(*file->rows));
    for (const struct yaml_node *step = steps->first; step != NULL; step = step->next) {
        struct span span = {1, false};
        if (!scenario_check_keys(step, known, err) || !read_span(step, &span, err)) {
            return false;
        }
        const bool added = yaml_find(step, "quotes") != NULL
                               ? add_quotes(file, step, &span, market, err)
                               : add_change(file, step, &span, market, err);
        if (!added) {
            return false;
        }
    }
    return true;
}

bool scenario_read_rows(struct scenario_file *file, const struct yaml_node *root,
                        struct err *err)
{
    struct market market;
    return read_market(root, &market, err) && read_steps(file, root, &market, err);
}
