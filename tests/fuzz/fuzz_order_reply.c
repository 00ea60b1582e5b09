#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "orders_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* Two answers about one order, whatever they say, split at a NUL: every fill counts once, and
 * DONE is said of what the fills add up to, when that is all that was executed.
 */

static const int32_t STATUSES[] = {200, 201, 400, 404, 500, 503};

/* The first byte is the call, the second the status, the rest the body. */
static void hear(struct orders *orders, struct track *track, const uint8_t *bytes,
                 size_t length)
{
    struct reply reply;
    char *body = strndup((const char *)bytes + 2, length - 2);
    const enum call_kind kind = (enum call_kind)(bytes[0] % (CALL_TRADES + 1));
    const struct call call = {
        .orders = orders, .track = track, .venue = track->order.venue, .kind = kind};
    const struct http_answer answer = {.fault = NET_NONE,
                                       .status = STATUSES[bytes[1] % 6],
                                       .sent = true,
                                       .body = body,
                                       .body_size = strlen(body)};
    reply_read(orders, &call, &answer, 1, &reply);
    flow_track(orders, track, kind, &reply, 1);
    reply_finish(&reply);
    free(body);
}

static void check(const struct orders *orders, const struct track *track)
{
    int64_t told_units = 0;
    for (int32_t i = 0; i < track->fills.count; i++) {
        assert(track->fills.fills[i].quantity_units > 0);
        told_units += track->fills.fills[i].quantity_units;
    }
    assert(told_units == track->filled_units);
    for (size_t i = 0; i < orders->reports_count; i++) {
        const struct order_report *report = &orders->reports[i].report;
        assert(report->client_id == track->order.client_id);
        assert(report->kind != REPORT_DONE || report->quantity_units <= track->filled_units);
    }
    assert(track->state != TRACK_ENDED || track->told_units >= 0);
}

static struct orders *open_orders(void)
{
    struct orders *orders = mem_zalloc(sizeof(*orders));
    strcpy(orders->options.session, "s");
    orders->options.pairs_count = 1;
    strcpy(orders->options.pairs[0].name, "BTC");
    strcpy(orders->options.pairs[0].symbols[VENUE_A], "KRW-BTC");
    strcpy(orders->options.pairs[0].symbols[VENUE_B], "BTCUSDT");
    orders->desks[VENUE_A].dialect = &UPBIT_DIALECT;
    orders->desks[VENUE_B].dialect = &BINANCE_DIALECT;
    return orders;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length < 4) {
        return 0;
    }
    struct orders *orders = open_orders();
    const struct order order = {.client_id = 1,
                                .venue = (bytes[0] & 1) != 0 ? VENUE_B : VENUE_A,
                                .quantity_units = UNITS_PER_ONE};
    struct track *track = orders_add(orders, &order);
    const uint8_t *end = bytes + length;
    const uint8_t *zero = memchr(bytes + 3, 0, length - 3);
    hear(orders, track, bytes + 1, (size_t)((zero != NULL ? zero : end) - bytes) - 1);
    if (zero != NULL && end - zero > 3) {
        hear(orders, track, zero + 1, (size_t)(end - zero) - 1);
    }
    check(orders, track);
    track_destroy(track);
    mem_free(orders->reports);
    mem_free(orders);
    return 0;
}
