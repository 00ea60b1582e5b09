#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/engine.h"
#include "core/event.h"
#include "core/guard.h"
#include "core/ledger.h"
#include "core/order.h"
#include "core/summary.h"
#include "core/trade.h"

/* session: the step function. What follows from one event?
 *
 * `(state, event) -> actions`, pure: no clock, no I/O, no heap, no randomness. The state is one
 * flat value without pointers in storage of the caller, so a journal can keep and restore it
 * byte for byte. Entry: propose -> guard -> ACTION_DECISION + ACTION_SUBMIT (run makes them
 * durable, then sends) -> reports come back as events; the engine learns of confirmed fills
 * only. A refused trade leaves no trade anywhere. */

enum {
    SESSION_PAIRS_MAX = 16,
    SESSION_SYMBOL_SIZE = 24,
    SESSION_ORDERS_MAX = 4096,
    SESSION_FILLS_MAX = 16, /* of one order, remembered to be counted once each */
    SESSION_HELD_MAX = 8,   /* earlier revisions of the parameters that open trades hold */
};

/* What can be traded of one pair, as long as its venues have not said. Units of 1e-8. */
struct session_instrument {
    char name[SESSION_SYMBOL_SIZE];     /* "BTC" */
    char symbol_a[SESSION_SYMBOL_SIZE]; /* "KRW-BTC" */
    char symbol_b[SESSION_SYMBOL_SIZE]; /* "BTCUSDT" */
    int64_t lot_a_units, lot_b_units;   /* quantity steps, >= 1 */
    int64_t minimum_notional_a_units;   /* KRW; 0 none */
    int64_t minimum_notional_b_units;   /* USDT; 0 none */
    bool lot_nearest;                   /* csv: round to the nearest lot instead of down */
};

/* A shadow session writes down what it would send and sends it to nobody; what would have
 * become of it is assumed as on paper, so that it can go on. */
enum session_mode { SESSION_PAPER, SESSION_SHADOW, SESSION_MODE_LAST = SESSION_SHADOW };
const char *session_mode_name(enum session_mode mode); /* "paper", "shadow" */

struct session_config {
    enum session_mode mode;
    int32_t pairs_count;
    struct session_instrument pairs[SESSION_PAIRS_MAX];
    struct engine_params engine; /* one set for all pairs, as the session starts */
    struct guard_limits limits;
    bool has_clock;       /* ages, skew and timers mean something (not csv) */
    bool has_depth_model; /* see struct guard_candidate */
    double near_miss_pct; /* of need_bps: an excursion past it is worth a why-not line */
    double leverage;
    int64_t refusal_repeat_ns; /* the same refusal is not recorded again before this */
    int64_t opening_krw_units;
    int64_t opening_usdt_units;
    double opening_coin_usd;  /* of each base asset, at the first valid ask */
    int64_t order_timeout_ns; /* without any report: query */
    int64_t decision_ttl_ns;
    int64_t leg_retry_ns; /* pause between repair attempts */
    int32_t leg_retries_max;
    int64_t leg_cooldown_ns; /* no entry on a pair for this long after a leg failed */
};

/* What one venue takes of a pair: as configured, until the venue has said it itself. */
struct session_terms {
    int64_t lot_units;
    int64_t minimum_notional_units;
    bool halted; /* it takes no orders now: entries are off, exits wait */
    bool told;   /* by the venue */
};

/* An event that is further behind the session's time comes by another clock. */
enum { SESSION_LAG_MS_MAX = 1000 };

/* A price that jumped is believed once some more updates say so. */
enum { SESSION_COLLAR_UPDATES = 3 };
struct session_collar {
    double mid;         /* of the last valid book; 0: none yet */
    int64_t to_confirm; /* updates still wanted; 0: the price is believed */
};

/* What run must do, in this order. */
enum action_kind {
    ACTION_DECISION, /* write the envelope */
    ACTION_SUBMIT,   /* durable intent, then send; entries only while the kill epoch stands */
    ACTION_CANCEL,
    ACTION_QUERY, /* ask for the truth about an order; never resend */
    ACTION_TRADE, /* a trade came to life, changed its state or ended */
    ACTION_STATE, /* killed, released, armed, paused, stopped, cause entered or left */
};

enum trade_change {
    TRADE_CHANGE_OPENING,
    TRADE_CHANGE_OPENED,
    TRADE_CHANGE_CLOSING,
    TRADE_CHANGE_BROKEN,
    TRADE_CHANGE_UNWINDING,
    TRADE_CHANGE_CLOSED
};

enum state_change {
    STATE_KILLED,
    STATE_RELEASED,
    STATE_ARMED,
    STATE_DISARMED,
    STATE_PAUSED,
    STATE_RESUMED,
    STATE_STOPPED,
    STATE_REVISED,
    STATE_CAUSE_ENTERED,
    STATE_CAUSE_LEFT
};

struct action {
    enum action_kind kind;
    union {
        struct guard_decision decision;
        struct order order; /* SUBMIT */
        uint64_t client_id; /* CANCEL, QUERY */
        struct {
            enum trade_change change;
            struct trade trade;
            struct trade_result result; /* of a closed one */
        } trade;
        struct {
            enum state_change change;
            enum reason reason; /* of a cause */
            int32_t pair;
        } state;
    };
};

struct action_list {
    size_t count;
    size_t capacity;
    struct action *actions; /* the caller's; at least session_actions_max() */
};

/* An order on its way, and what is known of it. */
enum order_state { ORDER_STATE_SENT, ORDER_STATE_UNKNOWN, ORDER_STATE_DONE };
struct session_order {
    struct order order;
    enum order_state state;
    int64_t first_sent_ns;
    int64_t sent_ns;    /* or last asked about */
    int64_t unknown_ns; /* since when its outcome is unknown; 0 it is not */
    int64_t filled_units;
    uint64_t fills[SESSION_FILLS_MAX]; /* the highest fill ids counted so far; 0 none */
};

/* An engine whose parameters were replaced; it closes the trades it opened and opens none. */
struct session_held {
    struct engine engine;
    double baseline_bps; /* its level at the last tick */
};

/* Everything about one pair. */
struct session_pair {
    struct engine engine;                       /* of the present revision */
    struct session_held held[SESSION_HELD_MAX]; /* of earlier ones that open trades hold */
    struct tick tick;                           /* last known sides; 0 where never heard */
    struct book book_a, book_b;
    int64_t heard_a_ns, heard_b_ns; /* 0: never */
    enum feed_state feed_a, feed_b;
    enum reason feed_a_reason, feed_b_reason;
    struct session_terms terms[VENUE_LAST + 1];
    struct session_collar collars[VENUE_LAST + 1];
    double mark_price, funding_rate;
    int64_t funding_next_ns;
    bool coin_opened;       /* opening inventory was booked */
    bool excursion;         /* a near miss is under way */
    struct tick valid_tick; /* last valid one; time_ns 0 when there was none */
    int64_t funded_ns;      /* last funding booked */
    int32_t trades_count;   /* not closed, opening order; in session's slots */
    /* the last tick's decision without its exits, for the screen */
    struct spread spread;
    double baseline_bps, need_bps, net_bps[2];
    int64_t warmup_left_ns;
    int64_t decided_ns; /* event time of that tick; 0 never */
};

/* The last candidate that was refused, or that came near without being one. */
struct session_refusal {
    int64_t time_ns; /* 0: none yet */
    enum spread_side side;
    enum reason reason; /* as guard_decision_cause() tells it */
    double net_edge_bps, observed, limit;
    bool near_miss;
};

struct session;

/* Bytes of state for this config; the alignment of max_align_t is enough. */
size_t session_size(const struct session_config *config);
/* Most actions one step can give for this config. */
size_t session_actions_max(const struct session_config *config);

/* Starts an empty session in `storage` (zeroed by the call). */
struct session *session_init(void *storage, const struct session_config *config, int32_t day);

/* Takes `storage` holding the bytes of an earlier state; false when size, version or config
 * shape are not this build's. Orders that were on their way become UNKNOWN and are queried on
 * the next step. */
bool session_restore(void *storage, size_t size, const struct session_config *config,
                     struct session **out);

/* Sets what the step function must know of the world above it. */
void session_set_gate(struct session *session, const struct guard_gate *gate);

void session_step(struct session *session, const struct event *event, struct action_list *out);

/* The last tick's fills are all in: its step counts in the summary. At the end of a run; while
 * one goes on the next event does it. */
void session_settle(struct session *session);

/* Why these parameters cannot follow those the session has, naming the first that is in the
 * way; NULL: EVENT_REVISION may bring them. A revision with a fault is passed by. A static
 * string. */
const char *session_revision_fault(const struct session *session,
                                   const struct engine_params *params);

/* Views, borrowed until the next step. */
uint64_t session_revision(const struct session *session); /* 0: as it was started */
const struct engine_params *session_params(const struct session *session);
/* By which parameters a trade closes, and which level it goes back to: those of the revision it
 * was opened with. */
const struct engine_params *session_trade_params(const struct session *session, int32_t pair,
                                                 int32_t index, double *baseline_bps);
const struct guard_gate *session_gate(const struct session *session);
const struct guard *session_guard(const struct session *session);
const struct ledger *session_ledger(const struct session *session);
const struct summary *session_summary(const struct session *session);
const struct session_pair *session_pair(const struct session *session, int32_t pair);
const struct trade *session_trades(const struct session *session, int32_t pair, int32_t *count);
uint64_t session_refused(const struct session *session);
/* Of that pair; time_ns 0 when there was none. */
const struct session_refusal *session_refusal(const struct session *session, int32_t pair);
/* Are a pair's feeds fresh, in sequence and of one moment right now? By the guard's own checks;
 * false: *out is the first that fails. */
bool session_check_feeds(const struct session *session, int32_t pair, struct guard_fault *out);
/* What the guard would say to an entry on this pair now, if its edge were good enough: why
 * entries are off, in one envelope. Counts nothing. */
void session_probe(const struct session *session, int32_t pair, struct guard_decision *out);
uint64_t session_sequence(const struct session *session); /* events taken so far */
int64_t session_time_ns(const struct session *session);   /* of the last event */
double session_fx(const struct session *session, int64_t *heard_ns);
double session_unhedged_usd(const struct session *session, int64_t *since_ns);
/* Both legs of every trade not closed, at mid prices; entries under way count whole. */
double session_gross_usd(const struct session *session);
/* Trading equity now: initial + realised + unrealised at executable prices. */
double session_equity_usd(const struct session *session);
/* The order with that client id while it is remembered; NULL later. */
const struct session_order *session_order(const struct session *session, uint64_t client_id);
/* Orders whose outcome nobody knows, and since when the oldest of them. */
int32_t session_orders_unknown(const struct session *session, int64_t *since_ns);
int32_t session_orders_open(const struct session *session);
