#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/session.h"

/* The inside of a session: one flat value, laid out as
 *
 *   struct session | trades[pairs * slots_per_pair] | slots[same] | orders[orders_capacity]
 *
 * without pointers, so that its bytes are its whole memory. */

enum { SESSION_STATE_VERSION = 5 };

/* What a trade needs beside the trade itself while its orders are on their way. */
struct session_slot {
    uint64_t ref;           /* handle of the attempt; order.trade_ref */
    uint64_t revision;      /* whose engine opened it and will close it */
    int64_t wanted_units;   /* entry quantity of both legs */
    double wanted_quantity; /* the same before lot rounding, for notional_usd */
    double wanted_usd;      /* notional of wanted_quantity */
    int64_t in_units[2];    /* filled by the entry, by venue */
    int64_t out_units[2];   /* filled by exits and repairs, by venue */
    uint64_t order[2];      /* client id on its way, by venue; 0 none */
    enum trade_exit wanted; /* NONE: keep it open */
    bool exiting;           /* legs are equal and on their way out */
    int32_t retries;
    int64_t retry_ns; /* no further order before */
};

/* A cause that has been announced. */
struct session_cause {
    enum reason reason;
    int32_t pair;
    enum guard_level level;
};

/* Parameters that open trades hold although a later revision replaced them. */
struct session_held_params {
    uint64_t revision;
    struct engine_params params;
};

struct session {
    uint32_t version;
    uint32_t size;
    struct session_config config;
    struct engine_params params; /* of the present revision */
    uint64_t revision;
    int32_t held_count; /* oldest first; each pair has an engine for each of them */
    struct session_held_params held[SESSION_HELD_MAX];
    struct guard_gate gate;
    struct guard guard;
    struct ledger ledger;
    struct summary summary;
    uint64_t sequence;
    int64_t time_ns;
    int32_t day;
    double krw_per_usd;
    int64_t fx_heard_ns;
    uint64_t last_trade_id, last_ref, last_client_id;
    uint64_t refused, misaligned;
    int64_t unhedged_since_ns;
    bool step_pending; /* a tick was decided and its fills may still come */
    bool end_pending;  /* all was closed at the end: to be marked, and no step */
    enum tick_fault step_fault;
    int64_t step_time_ns;
    struct session_refusal refusal[SESSION_PAIRS_MAX];
    struct session_pair pairs[SESSION_PAIRS_MAX];
    struct session_cause told[GUARD_CAUSES_MAX];
    int32_t causes_told;
    int32_t slots_per_pair;
    int32_t orders_capacity;
    int32_t orders_count;
};

struct trade *session_trade_array(struct session *session, int32_t pair);
struct session_slot *session_slot_array(struct session *session, int32_t pair);
struct session_order *session_order_array(struct session *session);

/* Room for one more action; NULL when the list is full, and then the work waits for a later
 * event. */
struct action *session_act(struct action_list *out, enum action_kind kind);
size_t session_room(const struct action_list *out);

/* session_feeds.c: how it stands with both feeds of a pair, and with its symbols. */
void session_begin_feeds(struct session_pair *pair,
                         const struct session_instrument *instrument);
void session_take_feed(struct session *session, const struct event *event);
void session_take_instrument(struct session *session, const struct event *event);
void session_follow_collar(struct session *session, int32_t pair, enum venue venue,
                           const struct quote *quote);
void session_first_word(enum feed_state *state, enum reason *reason);

/* session_entry.c: what a fresh moment of a pair leads to. */
void session_decide(struct session *session, int32_t pair, struct action_list *out);

/* session_revision.c: engines of earlier revisions, for as long as their trades are open. */
void session_revise(struct session *session, const struct engine_params *params,
                    struct action_list *out);
/* What closes of their trades at a valid tick. Those come first among the pair's, in opening
 * order: returns how many they are, and the places they still take. */
int32_t session_decide_held(struct session *session, int32_t pair, int32_t *places_taken,
                            struct engine_decision *decision, struct action_list *out);
void session_history_held(struct session *session, int32_t pair, int64_t time_ns,
                          double premium_bps);

/* session_candidate.c: every number the guard looks at. `notional_usd` is the size before
 * slippage. */
void session_candidate(const struct session *session, int32_t pair,
                       const struct engine_decision *decision, double notional_usd,
                       struct guard_candidate *candidate);
int64_t session_lot(const struct session_pair *pair); /* both venues take it */
int64_t session_lot_units(const struct session *session, int32_t pair, double quantity);
double session_entry_quantity(const struct tick *tick, enum spread_side side,
                              double notional_usd);
double session_least_edge_bps(const struct engine_params *params);
double session_age_ms(int64_t now_ns, int64_t heard_ns); /* < 0: never heard */
bool session_feed_usable(enum feed_state state);

/* session_legs.c: the orders that make legs, and make them equal again. */
enum order_side session_entry_side(enum spread_side side, enum venue venue);
bool session_open_attempt(struct session *session, int32_t pair,
                          const struct engine_decision *decision, int64_t units,
                          double notional_usd, double quantity, struct action_list *out);
void session_want_exit(struct session *session, int32_t pair, int32_t index,
                       enum trade_exit reason, double exit_spread_bps, struct action_list *out);
/* Sends what the legs of one trade need next, as far as time and room allow. */
void session_advance(struct session *session, int32_t pair, int32_t index,
                     struct action_list *out);
/* Time passed: queries, retries. */
void session_tend(struct session *session, struct action_list *out);

/* Announced when the trade has a number and there is room. */
void session_set_trade_state(struct session *session, struct trade *trade,
                             enum trade_state state, enum trade_change change,
                             struct action_list *out);

/* session_reports.c: what venues say of our orders, into ledger and legs. */
void session_report(struct session *session, const struct event *event,
                    struct action_list *out);

/* session_orders.c: the table of orders. */
struct session_order *session_find_order(struct session *session, uint64_t client_id);
struct session_order *session_new_order(struct session *session); /* NULL: no room */
bool session_order_room(struct session *session, int32_t wanted);
void session_become_unknown(const struct session *session, struct session_order *known);
/* Counts a fill once, whatever the order fills are told in. */
bool session_count_fill(struct session_order *known, uint64_t fill_id);
void session_ask_about_orders(struct session *session, struct action_list *out);
/* Cancels entries under way. */
void session_sweep_entries(struct session *session, struct action_list *out);

/* session_risk.c: what is at stake. */
void session_mark(struct session *session, struct action_list *out);
void session_take_fx(struct session *session, double krw_per_usd);
double session_unrealized_usd(const struct session *session);
int32_t session_open_count(const struct session *session);
