#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/text.h"
#include "io/http.h"
#include "venue/orders.h"

/* The inside of order entry: what is known of each order, the calls about it, and the two
 * dialects in which they are put. */

enum {
    ORDERS_MAX = 512,       /* known at once; full of live ones: reject */
    ORDERS_ENDED_MAX = 256, /* that can still be asked about */
    ORDER_ID_SIZE = 36 + 1,
    FILL_KEY_SIZE = 40,
};

enum call_kind {
    CALL_CREATE,
    CALL_CANCEL,
    CALL_STATUS,
    CALL_TRADES, /* where the status does not tell the fills */
    CALL_BALANCES,
    CALL_POSITIONS,
    CALL_TIME,
    CALL_KIND_LAST = CALL_TIME,
};

struct fill {
    char key[FILL_KEY_SIZE]; /* the venue's name of it */
    int64_t quantity_units, value_units, fee_units;
    double price;
};
enum { FEE_OF_ORDER = -1, FEE_FOREIGN = -2 }; /* fee_units of a fill that does not tell */

struct fill_list {
    int32_t count, capacity;
    struct fill *fills;
};
/* Unless it is there: venues list some twice. */
void fill_list_add(struct fill_list *list, const struct fill *fill);
void fill_list_finish(struct fill_list *list); /* accepts zeroed */

/* What an answer means. */
enum outcome {
    OUTCOME_FINE,
    OUTCOME_REFUSED,   /* it was not executed, `error` says why */
    OUTCOME_UNKNOWN,   /* nobody can say */
    OUTCOME_NOT_FOUND, /* no order of that id, or not yet */
    OUTCOME_LIMITED,   /* too much was asked: nothing for `wait_ms` */
    OUTCOME_CLOCK,     /* the time on it was wrong; it was not executed */
    OUTCOME_KEYS,      /* the keys are not good */
};

struct order_view {
    char venue_id[FILL_KEY_SIZE];
    bool ended;
    int64_t executed_units;
    int64_t fee_units; /* of all of it; 0 where fills tell theirs */
};

struct reply {
    enum outcome outcome;
    enum venue_error error;
    enum reason reason; /* of what is not fine */
    int64_t wait_ms;
    int64_t venue_ms;       /* of CALL_TIME */
    struct order_view view; /* of CREATE, CANCEL, STATUS */
    struct fill_list fills; /* of STATUS and TRADES */
};

enum track_state {
    TRACK_SENT,
    TRACK_OPEN,
    TRACK_UNKNOWN,
    TRACK_ENDED,
    TRACK_REFUSED,
    TRACK_NOT_FOUND,
};

struct orders;
struct track;

struct call {
    struct orders *orders;
    struct track *track; /* NULL: about the account */
    enum venue venue;
    enum call_kind kind;
    bool under_way;
};

/* What is known of one order. */
struct track {
    struct order order;
    enum track_state state;
    enum venue_error error;
    struct call call;  /* one at a time */
    bool acknowledged; /* the venue has shown that it has it */
    bool ended_there;
    bool asked; /* somebody waits for the whole story */
    bool cancelled;
    bool clock_tried;
    bool wants_create, wants_cancel, wants_status, wants_trades;
    int64_t sent_ns, asked_ns; /* the order; the last question about it */
    int64_t due_ns;            /* of the next question; INT64_MAX none */
    int64_t pause_ns;
    int64_t executed_units, filled_units;
    int64_t told_units; /* with DONE; -1: it was not told */
    char venue_id[FILL_KEY_SIZE];
    struct fill_list fills; /* as reported, all with their own fee */
    uint64_t *fill_ids;
    double *fill_rates; /* krw_per_usd of each */
};

struct money {
    int64_t free_units, locked_units;
};

struct account {
    bool known;
    struct money money; /* KRW or USDT */
    struct money coins[VENUE_ORDERS_PAIRS_MAX];
    struct venue_position positions[VENUE_ORDERS_PAIRS_MAX];
};

struct dialect;

struct desk {
    const struct dialect *dialect;
    struct venue_orders_desk shown;
    struct account account;
    struct call calls[CALL_KIND_LAST + 1]; /* about the account; by kind */
    bool wants[CALL_KIND_LAST + 1];
};

struct queued_report {
    int64_t time_ns;
    struct order_report report;
};

struct orders {
    struct venue_port port;
    struct venue_orders_options options;
    struct loop *loop;
    struct http *http;
    struct desk desks[VENUE_LAST + 1];
    struct track *tracks[ORDERS_MAX]; /* oldest first */
    int32_t tracks_count;
    uint64_t last_client_id, forgotten_id;
    struct queued_report *reports; /* first come, first served */
    size_t reports_first, reports_count, reports_capacity;
    struct book books[VENUE_ORDERS_PAIRS_MAX][VENUE_LAST + 1];
    double krw_per_usd;
    uint64_t timer;
    int64_t timer_due_ns;
};

static inline struct orders *orders_of(const struct venue_port *venue)
{
    return (struct orders *)venue; /* the port is its first member */
}

/* A request in the making. */
struct request_text {
    const char *method;
    const char *path;
    struct text query; /* "k=v&k=v", nothing escaped, since nothing needs it */
    struct text body;  /* JSON; empty: none */
    struct text header;
};
/* Adds a parameter to the query. */
void request_add(struct request_text *request, const char *name, const char *value);

struct dialect {
    bool has_clock;  /* requests bear the time */
    bool has_trades; /* fills are asked for apart */
    bool has_positions;
    /* Method, path and parameters. The order is NULL for calls about the account. */
    void (*write)(const struct orders *orders, enum call_kind kind, const struct track *track,
                  struct request_text *out);
    /* Key, time and signature. */
    void (*seal)(const struct venue_keys *keys, int64_t venue_ms, int64_t window_ms,
                 struct request_text *out);
    /* An answer of 2xx; false: not what was asked for. */
    bool (*read)(struct orders *orders, const struct call *call, const json_t *root,
                 struct reply *out);
    /* Any other; `root` may be NULL. */
    void (*judge)(int32_t status, const json_t *root, struct reply *out);
};
extern const struct dialect UPBIT_DIALECT, BINANCE_DIALECT;

/* orders_text.c: what both dialects write and read. */
const char *orders_client_id(const struct orders *orders, const struct order *order,
                             char out[ORDER_ID_SIZE]);
/* Can it be put into the venue's words exactly? */
bool orders_shape_fine(const struct orders *orders, const struct order *order);
/* The limit that stands in for the price of a market order: behind all that it needs of the
 * book last shown, and a collar on top; 0: there is no book. */
int64_t orders_collar_units(const struct orders *orders, const struct order *order);
/* A decimal in a string, rounded to whole units; false: not there or none. */
bool orders_json_units(const json_t *object, const char *name, int64_t *out);
const char *orders_json_text(const json_t *object, const char *name); /* "" when not there */
/* Price times quantity; false when too large. */
bool orders_value(int64_t price_units, int64_t quantity_units, int64_t *out);
int32_t orders_find_pair(const struct orders *orders, enum venue venue, const char *symbol);

/* orders_reply.c: an answer of the network to what it means. */
void reply_read(struct orders *orders, const struct call *call,
                const struct http_answer *answer, int64_t now_ns, struct reply *out);
void reply_finish(struct reply *reply);

/* orders_track.c: the orders that are known, and what is told of them. */
struct track *orders_find(const struct orders *orders, uint64_t client_id);
/* NULL: no room. */
struct track *orders_add(struct orders *orders, const struct order *order);
void track_destroy(struct track *track);
bool track_lives(const struct track *track);
void orders_say(struct orders *orders, uint64_t client_id, enum report_kind kind,
                enum venue_error error, int64_t now_ns);
void track_tell_fills(struct orders *orders, const struct track *track, int64_t now_ns);
/* Keeps and tells those that are new; `fee_units` is that of the whole order. */
void track_take_fills(struct orders *orders, struct track *track, const struct fill_list *fills,
                      int64_t fee_units, int64_t now_ns);
void track_tell_done(struct orders *orders, struct track *track, int64_t now_ns);

/* orders_flow.c: what follows from an answer. */
void flow_track(struct orders *orders, struct track *track, enum call_kind kind,
                const struct reply *reply, int64_t now_ns);
void flow_ask_later(const struct orders *orders, struct track *track, int64_t now_ns);

/* orders_call.c: sends what is wanted, as far as it may go now. */
void orders_step(struct orders *orders, int64_t now_ns);
/* The same, as soon as the loop runs. */
void orders_step_soon(struct orders *orders);
