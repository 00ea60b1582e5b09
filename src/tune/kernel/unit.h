#pragma once
#include "strip.h"
#include "track.h"

/* unit: what the vector unit of a processor does for the kernel: the same source compiled for
 * each width, the same bits from each. Rows are looked at several at a time.
 *
 * A search finds the first row of [from, end) at which something may happen, or `end`. What
 * happens there is decided by the engine itself, so a search may stop too often, never too
 * seldom. */

/* Bounds of a profit over the rows of a chunk, linear in the chunk's own: at most
 * gap . gap_usd_max + low . price_usd_min + high . price_usd_max + most, and so on, with room
 * for all that rounds. NAN: none is known. */
struct bound {
    double gap[2];
    double low_most, high_most, most;
    double high_least, least;
};

/* An open trade as far as its running profit needs it; what does not change is worked out. */
struct position {
    double side; /* 1: LONG_A_SHORT_B, -1 */
    double quantity;
    double a_in_usd, b_in_usd;
    double fee_a, fee_b, fx_cost; /* of a price sum in USD */
    struct bound bound;
};

/* What a configuration with open trades in `exact` watches for. */
struct holding {
    const struct position *positions; /* opening order */
    int32_t count;
    struct bound bound;        /* of them together */
    double sell, buy;          /* what slippage leaves of a price */
    double stop_usd, take_usd; /* a trade's profit that may end it */
    double exit_bps;
    double edge_bps[2]; /* that may open another trade; INFINITY: none will */
    double balance_usd;
    double stop_drawdown_pct; /* NAN: off */
    /* Moved on by the search. */
    double peak_usd, drawdown;
    bool stopped; /* at the row returned: its drawdown is one to stop on */
};

/* Profit of a position if it closed at a row, in the order of operations of trade_settle(). */
double position_pnl_usd(const struct position *position, const struct holding *holding,
                        const struct tick *tick);

struct kernel_unit {
    /* Faults, p and W, s1 and s2 of the strip's rows, and of the latter the chunks. */
    void (*prepare)(struct strip *strip, const struct strip_wants *wants);
    /* The chunks of a track. */
    void (*weigh)(const struct strip *strip, struct track_strip *track);
    /* A valid row where a side's edge reaches edge_bps. */
    int32_t (*find_edge)(const struct strip *strip, const struct track_strip *track,
                         int32_t from, int32_t end, const double edge_bps[2]);
    /* The same for the compat profiles, or where a side falls below turn_bps. */
    int32_t (*find_turn)(const struct strip *strip, int32_t from, int32_t end,
                         const double edge_bps[2], const double turn_bps[2]);
    /* A valid row where a trade may close or open; marks the rows before it. */
    int32_t (*hold)(const struct strip *strip, const struct track_strip *track, int32_t from,
                    int32_t end, struct holding *holding);
};

extern const struct kernel_unit kernel_unit_plain, kernel_unit_avx2, kernel_unit_avx512;
