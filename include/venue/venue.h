#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "core/book.h"
#include "core/ledger.h"
#include "core/order.h"

/* venue: place, cancel and ask about orders.
 *
 * Six operations, the same for paper and for real venues; one conformance suite runs against
 * every implementation. create_order answers at once only whether the order was accepted for
 * sending; what became of it comes out of next_report(). */

struct venue_port;

struct venue_position {
    int32_t pair;
    int64_t quantity_units; /* signed */
    int64_t entry_value_units;
};

struct venue_ops {
    bool (*get_orderbook)(struct venue_port *venue, int32_t pair, enum venue which,
                          struct book *out, struct err *err);
    /* Free and locked, by asset: "KRW", "USDT" or a pair's name for its coin. */
    bool (*get_balance)(struct venue_port *venue, const char *asset, int64_t *free_units,
                        int64_t *locked_units, struct err *err);
    /* Takes the order at now_ns. Rejections come as reports, like everything else. Client ids
     * rise; one that was used already is rejected as InvalidOrder. */
    void (*create_order)(struct venue_port *venue, const struct order *order, int64_t now_ns);
    /* What the order came to is the answer: REPORT_DONE with all that filled, also when it had
     * ended before; REPORT_NOT_FOUND when the venue never had it. */
    void (*cancel_order)(struct venue_port *venue, uint64_t client_id, int64_t now_ns);
    /* Asks; every REPORT_FILL so far with its own fill_id, then REPORT_DONE, REPORT_REJECTED,
     * REPORT_NOT_FOUND, REPORT_UNKNOWN, or nothing more when it still rests, will follow. */
    void (*get_order_status)(struct venue_port *venue, uint64_t client_id, int64_t now_ns);
    int32_t (*get_open_positions)(struct venue_port *venue, struct venue_position *out,
                                  int32_t capacity);
    /* When the next report is due (INT64_MAX: none). */
    int64_t (*next_due_ns)(struct venue_port *venue);
    /* The next report due at or before now_ns; false: none. */
    bool (*next_report)(struct venue_port *venue, int64_t now_ns, struct order_report *out,
                        int64_t *time_ns);
    void (*close)(struct venue_port *venue);
};

struct venue_port {
    const struct venue_ops *ops;
};
