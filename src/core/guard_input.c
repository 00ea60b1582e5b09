#include <math.h>
#include <string.h>

#include "guard_check.h"

/* Gate and input: may anything be opened at all, and does the question make sense? */

#define UNITS_END        9223372036854775808.0 /* 2^63 */
#define UNITS_PER_AMOUNT 1e8

bool guard_above(struct guard_fault *fault, double observed, double limit)
{
    fault->observed = observed;
    fault->limit = limit;
    return observed > limit;
}

bool guard_below(struct guard_fault *fault, double observed, double limit)
{
    fault->observed = observed;
    fault->limit = limit;
    return observed < limit;
}

bool guard_heard_a(const struct guard_question *question)
{
    return !question->candidate->has_clock || question->candidate->age_a_ms >= 0.0;
}

bool guard_heard_b(const struct guard_question *question)
{
    return !question->candidate->has_clock || question->candidate->age_b_ms >= 0.0;
}

static bool is_killed(const struct guard_question *question, struct guard_fault *fault)
{
    return question->gate->killed;
}

static bool is_stopped(const struct guard_question *question, struct guard_fault *fault)
{
    return question->guard->stopped;
}

static bool is_halted(const struct guard_question *question, struct guard_fault *fault)
{
    return question->level == GUARD_HALTED;
}

static bool only_observes(const struct guard_question *question, struct guard_fault *fault)
{
    return question->level == GUARD_OBSERVE;
}

static bool is_disarmed(const struct guard_question *question, struct guard_fault *fault)
{
    return !question->gate->armed;
}

static bool is_paused(const struct guard_question *question, struct guard_fault *fault)
{
    return question->gate->paused;
}

static bool quantity_not_finite(const struct guard_question *question,
                                struct guard_fault *fault)
{
    fault->observed = question->candidate->quantity;
    return !isfinite(question->candidate->quantity);
}

static bool notional_not_finite(const struct guard_question *question,
                                struct guard_fault *fault)
{
    fault->observed = question->candidate->notional_usd;
    return !isfinite(question->candidate->notional_usd);
}

/* Any other number of the candidate; the first that is broken is the one to see. */
static bool input_not_finite(const struct guard_question *question, struct guard_fault *fault)
{
    static const size_t numbers[] = {
        offsetof(struct guard_candidate, net_edge_bps),
        offsetof(struct guard_candidate, walk_bps),
        offsetof(struct guard_candidate, min_edge_bps),
        offsetof(struct guard_candidate, worst_loss_usd),
        offsetof(struct guard_candidate, tick.bid_a),
        offsetof(struct guard_candidate, tick.ask_a),
        offsetof(struct guard_candidate, tick.bid_b),
        offsetof(struct guard_candidate, tick.ask_b),
        offsetof(struct guard_candidate, tick.krw_per_usd),
        offsetof(struct guard_candidate, age_a_ms),
        offsetof(struct guard_candidate, age_b_ms),
        offsetof(struct guard_candidate, age_fx_ms),
        offsetof(struct guard_candidate, skew_ms),
        offsetof(struct guard_candidate, lot_minimum_a),
        offsetof(struct guard_candidate, lot_minimum_b),
        offsetof(struct guard_candidate, minimum_notional_a_usd),
        offsetof(struct guard_candidate, minimum_notional_b_usd),
        offsetof(struct guard_candidate, free_krw_usd),
        offsetof(struct guard_candidate, free_coin),
        offsetof(struct guard_candidate, free_margin_usd),
        offsetof(struct guard_candidate, need_margin_usd),
        offsetof(struct guard_candidate, gross_exposure_usd),
        offsetof(struct guard_candidate, unhedged_usd),
    };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        double number;
        memcpy(&number, (const char *)question->candidate + numbers[i], sizeof number);
        if (!isfinite(number)) {
            fault->observed = number;
            return true;
        }
    }
    return false;
}

static bool exit_of_nothing(const struct guard_question *question, struct guard_fault *fault)
{
    return !guard_above(fault, question->candidate->quantity, 0.0);
}

static bool quantity_negative(const struct guard_question *question, struct guard_fault *fault)
{
    return guard_below(fault, question->candidate->quantity, 0.0);
}

static bool notional_missing(const struct guard_question *question, struct guard_fault *fault)
{
    return !guard_above(fault, question->candidate->notional_usd, 0.0);
}

static bool price_a_missing(const struct guard_question *question, struct guard_fault *fault)
{
    const struct tick *tick = &question->candidate->tick;
    return guard_heard_a(question) && !guard_above(fault, fmin(tick->bid_a, tick->ask_a), 0.0);
}

static bool price_b_missing(const struct guard_question *question, struct guard_fault *fault)
{
    const struct tick *tick = &question->candidate->tick;
    return guard_heard_b(question) && !guard_above(fault, fmin(tick->bid_b, tick->ask_b), 0.0);
}

static bool fx_negative(const struct guard_question *question, struct guard_fault *fault)
{
    return guard_below(fault, question->candidate->tick.krw_per_usd, 0.0);
}

static bool pair_unknown(const struct guard_question *question, struct guard_fault *fault)
{
    fault->observed = question->candidate->pair;
    fault->limit = GUARD_PAIRS_MAX - 1;
    return question->candidate->pair < 0 || question->candidate->pair >= GUARD_PAIRS_MAX;
}

static bool side_unknown(const struct guard_question *question, struct guard_fault *fault)
{
    fault->observed = (double)question->candidate->side;
    fault->limit = SPREAD_SIDE_LAST;
    return question->candidate->side < SPREAD_LONG_A_SHORT_B ||
           question->candidate->side > SPREAD_SIDE_LAST;
}

static bool trades_negative(const struct guard_question *question, struct guard_fault *fault)
{
    return guard_below(fault, question->candidate->open_trades, 0.0);
}

static bool orders_negative(const struct guard_question *question, struct guard_fault *fault)
{
    return guard_below(fault, (double)question->candidate->orders_wanted, 0.0);
}

static bool exposure_negative(const struct guard_question *question, struct guard_fault *fault)
{
    return guard_below(fault, question->candidate->gross_exposure_usd, 0.0);
}

static bool unhedged_negative(const struct guard_question *question, struct guard_fault *fault)
{
    return guard_below(fault, question->candidate->unhedged_usd, 0.0);
}

static bool worst_loss_negative(const struct guard_question *question,
                                struct guard_fault *fault)
{
    return guard_below(fault, question->candidate->worst_loss_usd, 0.0);
}

static bool quantity_overflows(const struct guard_question *question, struct guard_fault *fault)
{
    return !guard_below(fault, question->candidate->quantity * UNITS_PER_AMOUNT, UNITS_END);
}

/* The larger of its two amounts: KRW on A, USDT on B. */
static bool notional_overflows(const struct guard_question *question, struct guard_fault *fault)
{
    const double rate = fmax(question->candidate->tick.krw_per_usd, 1.0);
    const double amount = question->candidate->notional_usd * rate;
    return !guard_below(fault, amount * UNITS_PER_AMOUNT, UNITS_END);
}

/* Without prices, or between prices that are no market, there is no quantity, and the feed's
 * fault is the one to see. */
static bool is_priced(const struct guard_question *question)
{
    const struct tick *tick = &question->candidate->tick;
    return tick->bid_a > 0.0 && tick->bid_a < tick->ask_a && tick->bid_b > 0.0 &&
           tick->bid_b < tick->ask_b && tick->krw_per_usd > 0.0;
}

/* A negative quantity has been named already. */
static bool is_sized(const struct guard_question *question)
{
    return is_priced(question) && question->candidate->quantity >= 0.0;
}

static double scaled_quantity(const struct guard_question *question)
{
    return question->candidate->quantity * question->scale;
}

static double scaled_notional_usd(const struct guard_question *question)
{
    return question->candidate->notional_usd * question->scale;
}

static bool below_lot_a(const struct guard_question *question, struct guard_fault *fault)
{
    const double lot = question->candidate->lot_minimum_a;
    return is_sized(question) && guard_below(fault, scaled_quantity(question), lot);
}

static bool below_lot_b(const struct guard_question *question, struct guard_fault *fault)
{
    const double lot = question->candidate->lot_minimum_b;
    return is_sized(question) && guard_below(fault, scaled_quantity(question), lot);
}

/* A lot may be 0 where there is none; a quantity may not. */
static bool quantity_missing(const struct guard_question *question, struct guard_fault *fault)
{
    return is_sized(question) && !guard_above(fault, question->candidate->quantity, 0.0);
}

static bool below_minimum_a(const struct guard_question *question, struct guard_fault *fault)
{
    const double minimum_usd = question->candidate->minimum_notional_a_usd;
    return is_priced(question) &&
           guard_below(fault, scaled_notional_usd(question), minimum_usd);
}

static bool below_minimum_b(const struct guard_question *question, struct guard_fault *fault)
{
    const double minimum_usd = question->candidate->minimum_notional_b_usd;
    return is_priced(question) &&
           guard_below(fault, scaled_notional_usd(question), minimum_usd);
}

#define ENTRIES GUARD_OF_ENTRIES
#define EXITS   GUARD_OF_EXITS
#define ALL     GUARD_OF_ALL
#define GATE    GUARD_LAYER_GATE
#define INPUT   GUARD_LAYER_INPUT

static const struct guard_check CHECKS[] = {
    {GATE, ENTRIES, GUARD_BLOCK, REASON_GATE_KILL, is_killed},
    {GATE, ENTRIES, GUARD_STOP_SESSION, REASON_GATE_SESSION_STOPPED, is_stopped},
    {GATE, ENTRIES, GUARD_BLOCK, REASON_GATE_HALTED, is_halted},
    {GATE, ENTRIES, GUARD_BLOCK, REASON_GATE_OBSERVE, only_observes},
    {GATE, ENTRIES, GUARD_BLOCK, REASON_GATE_DISARMED, is_disarmed},
    {GATE, ENTRIES, GUARD_BLOCK, REASON_GATE_PAUSED, is_paused},

    {INPUT, ALL, GUARD_BLOCK, REASON_INPUT_NOT_FINITE, quantity_not_finite},
    {INPUT, ALL, GUARD_BLOCK, REASON_INPUT_NOT_FINITE, notional_not_finite},
    {INPUT, ENTRIES, GUARD_BLOCK, REASON_INPUT_NOT_FINITE, input_not_finite},
    {INPUT, EXITS, GUARD_BLOCK, REASON_INPUT_NOT_POSITIVE, exit_of_nothing},
    {INPUT, ENTRIES, GUARD_BLOCK, REASON_INPUT_NOT_POSITIVE, quantity_negative},
    {INPUT, ALL, GUARD_BLOCK, REASON_INPUT_NOT_POSITIVE, notional_missing},
    {INPUT, ENTRIES, GUARD_BLOCK, REASON_INPUT_NOT_POSITIVE, price_a_missing},
    {INPUT, ENTRIES, GUARD_BLOCK, REASON_INPUT_NOT_POSITIVE, price_b_missing},
    {INPUT, ENTRIES, GUARD_BLOCK, REASON_INPUT_NOT_POSITIVE, fx_negative},
    {INPUT, ALL, GUARD_BLOCK, REASON_INPUT_RANGE, pair_unknown},
    {INPUT, ENTRIES, GUARD_BLOCK, REASON_INPUT_RANGE, side_unknown},
    {INPUT, ENTRIES, GUARD_BLOCK, REASON_INPUT_RANGE, trades_negative},
    {INPUT, ENTRIES, GUARD_BLOCK, REASON_INPUT_RANGE, orders_negative},
    {INPUT, ENTRIES, GUARD_BLOCK, REASON_INPUT_RANGE, exposure_negative},
    {INPUT, ENTRIES, GUARD_BLOCK, REASON_INPUT_RANGE, unhedged_negative},
    {INPUT, ENTRIES, GUARD_BLOCK, REASON_INPUT_RANGE, worst_loss_negative},
    {INPUT, ALL, GUARD_BLOCK, REASON_INPUT_OVERFLOW, quantity_overflows},
    {INPUT, ENTRIES, GUARD_BLOCK, REASON_INPUT_OVERFLOW, notional_overflows},
    {INPUT, ENTRIES, GUARD_BLOCK, REASON_INPUT_LOT, below_lot_a},
    {INPUT, ENTRIES, GUARD_BLOCK, REASON_INPUT_LOT, below_lot_b},
    {INPUT, ENTRIES, GUARD_BLOCK, REASON_INPUT_LOT, quantity_missing},
    {INPUT, ENTRIES, GUARD_BLOCK, REASON_INPUT_MIN_NOTIONAL, below_minimum_a},
    {INPUT, ENTRIES, GUARD_BLOCK, REASON_INPUT_MIN_NOTIONAL, below_minimum_b},
};

const struct guard_check *guard_early_checks(size_t *count)
{
    *count = sizeof CHECKS / sizeof CHECKS[0];
    return CHECKS;
}
