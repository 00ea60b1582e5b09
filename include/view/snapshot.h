#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "core/engine_params.h"
#include "core/event.h"
#include "core/guard.h"
#include "core/spread.h"
#include "core/trade.h"

/* snapshot: everything a face may see of a session, by value, at one moment.
 *
 * No pointers: it is copied whole, through a socket too. Times are event time unless their name
 * says wall; every number that can grow old has the time it was true beside it. Text in here is
 * raw; faces put it through base/safe. */

enum {
    SNAPSHOT_VERSION = 1,
    SNAPSHOT_PAIRS_MAX = 8,
    SNAPSHOT_LEVELS_MAX = 30,
    SNAPSHOT_POSITIONS_MAX = 24,
    SNAPSHOT_ALERTS_MAX = 40,
    SNAPSHOT_LIMITS_MAX = 12,
    SNAPSHOT_CAUSES_MAX = 8,
    SNAPSHOT_LOG_MAX = 12,
    SNAPSHOT_CHART_SPANS = 3, /* 15 min, 1 h, 4 h */
    SNAPSHOT_CHART_POINTS = 160,
    SNAPSHOT_TEXT_SIZE = 64,
    SNAPSHOT_LINE_SIZE = 160,
    SNAPSHOT_LATENCY_BOUNDS = 13,
    SNAPSHOT_REASONS_MAX = 16,
};

struct snapshot_level {
    double price;
    double size; /* INFINITY: unknown depth */
};

struct snapshot_book {
    char symbol[24]; /* "KRW-BTC" */
    enum feed_state state;
    enum reason reason; /* why not fresh */
    int64_t heard_ns;   /* last message or pong; 0 never */
    int64_t changed_ns; /* venue's time of the last change; 0 unknown */
    uint64_t messages, gaps, resyncs, reconnects, dropped;
    double messages_per_s;
    double age_limit_ms;
    double last_price;      /* of a trade print; 0 none */
    int32_t last_direction; /* +1 up, -1 down, 0 unknown */
    int64_t last_ns;
    int32_t bids_count, asks_count;
    struct snapshot_level bids[SNAPSHOT_LEVELS_MAX]; /* best first */
    struct snapshot_level asks[SNAPSHOT_LEVELS_MAX];
};

struct snapshot_chart {
    int64_t span_ns;
    int64_t end_ns; /* right edge */
    int32_t count;  /* points filled, oldest first, right-aligned at end_ns */
    float premium_bps[SNAPSHOT_CHART_POINTS]; /* NAN: no sample in that bucket */
    float baseline_bps[SNAPSHOT_CHART_POINTS];
    float need_bps[SNAPSHOT_CHART_POINTS]; /* entry lines are baseline +- need */
};

struct snapshot_pair {
    char name[24]; /* "BTC" */
    struct snapshot_book a, b;
    /* Fresh, in sequence and of one moment, books and fx, by the guard's checks; the first that
     * fails otherwise, ms where it is a matter of time. */
    bool aligned;
    enum guard_feed misaligned_feed;
    enum reason misaligned_reason;
    double misaligned_observed, misaligned_limit;
    /* premium, B over A; decided_ns is when these were computed (0: never) */
    int64_t decided_ns;
    double premium_bps, baseline_bps, width_bps, cost_bps, need_bps;
    double net_bps[SPREAD_SIDE_LAST + 1];
    double fees_bps, slippage_bps, fx_cost_bps, min_spread_bps,
        exit_spread_bps; /* parts of need */
    double warmup_left_s;
    int32_t open_trades;
    double coin_free;            /* inventory on A */
    double coin_trades_left;     /* how many full sales it lasts for; NAN unknown */
    double funding_expected_usd; /* of the next one, on what is open now; negative is a cost */
    double mark_price, funding_rate_bps;
    int64_t funding_next_ns; /* 0 unknown */
    int64_t mark_ns;         /* when these three were heard; 0 not yet by this process */
    struct snapshot_chart charts[SNAPSHOT_CHART_SPANS];
};

/* One open trade; both legs. */
struct snapshot_position {
    uint64_t id;
    int32_t pair;
    enum spread_side side;
    enum trade_state state;
    int64_t open_ns;
    double quantity, notional_usd;
    double entry_a, entry_b;         /* native prices */
    double closes_at_a, closes_at_b; /* executable now; 0 unknown */
    double pnl_a_usd, pnl_b_usd;     /* by leg, before fees */
    double pnl_usd;                  /* net of fees and costs, if closed now */
    double fees_usd;
    double entry_net_bps; /* predicted */
    double deviation_bps; /* s*(p - m) now */
    double exit_at_bps;   /* convergence level of deviation */
    double max_hold_s;    /* its own, as the exits above and below are; NAN none */
    double hold_left_s;   /* to max_hold; NAN none */
    double stop_bps;      /* NAN none */
    double live_bps;
};

enum alert_severity { ALERT_LOW, ALERT_MED, ALERT_HIGH };
enum alert_state {
    ALERT_NEW,
    ALERT_ACKED,
    ALERT_CLEARED,
    ALERT_SHELVED
}; /* CLEARED: unacked */

struct snapshot_alert {
    uint32_t id; /* stable: one row per rule and subject */
    enum alert_severity severity;
    enum alert_state state;
    bool active;
    int32_t count;
    int64_t first_ns, last_ns;
    int64_t shelved_until_ns;
    char rule[24]; /* "feed.stale" */
    char text[SNAPSHOT_LINE_SIZE];
    char acked_by[24];
};

struct snapshot_limit {
    char name[24];      /* "day loss" */
    char unit[8];       /* "USD" */
    double used, limit; /* limit NAN: not set */
};

struct snapshot_cause {
    enum reason reason;
    enum guard_level level;
    int32_t pair;               /* -1 global */
    int64_t since_ns, until_ns; /* INT64_MAX: operator */
    double observed, limit;
};

struct snapshot_log {
    int64_t time_ns;
    char text[SNAPSHOT_LINE_SIZE];
};

enum snapshot_recording {
    SNAPSHOT_RECORDING_NONE,
    SNAPSHOT_RECORDING_ON,
    SNAPSHOT_RECORDING_FAILED
};

/* How long something took, over all the times it did. */
struct snapshot_latency {
    uint64_t count;                           /* 0: never, and the rest says nothing */
    double p50_ms, p99_ms, max_ms;            /* the first two up to 1/16 too long */
    double sum_s;                             /* of all */
    int64_t last_mono_ns;                     /* when it last did */
    uint64_t within[SNAPSHOT_LATENCY_BOUNDS]; /* how many took 2^(10 + 2 i) ns or less */
};

/* How often something happened that has a reason. */
struct snapshot_happening {
    enum reason reason;
    uint64_t count;
};

/* What passes between a venue and the session. NAN: there is no such number of this source.
 * Times are monotonic, 0 never; a number without one is as old as the snapshot. */
struct snapshot_venue {
    double messages, bytes; /* since the source was opened */
    double messages_per_s, bytes_per_s;
    int64_t rates_mono_ns, heard_mono_ns;
    double reconnects, gaps, resyncs, dropped, requests;
    double budget_left_pct;
    double round_trip_ms;
    int64_t round_trip_mono_ns;
    double clock_offset_ms, clock_error_ms; /* the venue's less ours; off by at most */
    int64_t clock_mono_ns;
    struct snapshot_latency decode;   /* received to events */
    struct snapshot_latency decision; /* received to stepped, durable and sent */
    int32_t happenings_count;         /* those with the lowest numbers */
    struct snapshot_happening happenings[SNAPSHOT_REASONS_MAX];
};

struct snapshot {
    uint32_t version;
    uint32_t size;
    uint64_t sequence;      /* events taken */
    uint64_t decisions;     /* actions taken, refusals among them */
    char decision_hash[48]; /* of all of them */

    /* identity */
    char session[SNAPSHOT_TEXT_SIZE]; /* "paper-20261120-2124" */
    char mode[16];                    /* "paper", "shadow" */
    char profile[16];
    char source_kind[16];            /* "simulated", "csv", "frames", "scenario", "live" */
    char source[SNAPSHOT_TEXT_SIZE]; /* "SIM lively seed 1", "CSV real.csv", "FRAMES x" */
    double speed;                    /* 1, N; INFINITY max */
    bool playback_paused;            /* the source, not the entries */
    bool source_ended;
    bool waiting;   /* the journal takes no writes: nothing is acted upon, exits neither */
    bool read_only; /* this console may not act */
    int32_t pid;
    int64_t started_wall_ns;
    int64_t made_wall_ns; /* when this snapshot was built */
    int64_t made_mono_ns;
    int64_t time_ns;                   /* event time; 0 before the first event */
    double progress;                   /* 0..1 of a file; NAN unknown */
    double cycle_ms_p99;               /* NAN before the first */
    enum snapshot_recording recording; /* of what passes, by the host */
    uint64_t recorded_frames, recorded_bytes;
    char recording_failure[SNAPSHOT_LINE_SIZE];

    /* machinery */
    double queue_depth;            /* events that wait to be taken; NAN: none ever does */
    struct snapshot_latency cycle; /* an event taken to stepped, durable and sent */
    struct snapshot_venue venues[VENUE_LAST + 1];

    /* permission */
    bool armed, paused, killed, stopped;
    char paused_by[24], killed_by[24], killed_reason[SNAPSHOT_TEXT_SIZE];
    int64_t killed_wall_ns;
    bool entries_open;
    enum reason entries_reason; /* first thing in the way */
    int32_t entries_pair;       /* -1: all */
    double entries_until_s;     /* seconds left when known; NAN */
    enum guard_level guard_level;
    int32_t causes_count;
    struct snapshot_cause causes[SNAPSHOT_CAUSES_MAX];
    int32_t limits_count;
    struct snapshot_limit limits[SNAPSHOT_LIMITS_MAX];
    /* parameters */
    uint64_t revision;         /* 0: as the session was started */
    char revision_origin[128]; /* whose the present ones are; "" at 0 */
    struct engine_params params;
    struct guard_limits guard_limits;
    /* last refusal or near miss */
    bool refused_any;
    int64_t refused_ns;
    int32_t refused_pair;
    enum spread_side refused_side;
    enum reason refused_reason;
    double refused_observed, refused_limit;
    bool refused_near_miss; /* its edge was too small to be asked about: no refusal */
    uint64_t refused_count;

    /* fx */
    double krw_per_usd;
    int64_t fx_heard_ns; /* 0 never */
    double fx_age_limit_ms;
    char fx_source[24];

    /* money */
    double initial_usd, realized_usd, unrealized_usd, day_usd, equity_usd;
    double fees_usd; /* paid so far, the entries of open trades included */
    double unhedged_usd;
    int64_t unhedged_since_ns;
    double krw_trades_left,
        usdt_trades_left; /* full trades each pocket pays for; NAN unknown */
    double
        liquidation_pct; /* distance of the nearest liquidation price from its mark; NAN none */
    double balance_krw, balance_usdt, inventory_usd, margin_used_pct; /* margin NAN unknown */
    uint64_t opened, closed, wins;
    double max_drawdown_pct;

    int32_t pairs_count;
    struct snapshot_pair pairs[SNAPSHOT_PAIRS_MAX];
    int32_t positions_count;
    struct snapshot_position positions[SNAPSHOT_POSITIONS_MAX];
    int32_t alerts_count; /* rows below, most urgent first */
    int32_t alerts_unacked, alerts_high_unacked, alerts_total;
    struct snapshot_alert alerts[SNAPSHOT_ALERTS_MAX];
    int32_t log_count;
    struct snapshot_log log[SNAPSHOT_LOG_MAX]; /* newest last */
};
