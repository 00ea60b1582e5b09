#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "orders_state.h"

/* The orders that are known, oldest first, and what is told of them. */

#define FILLS_OF_ONE_MAX (INT64_C(1) << 20)

static bool has_fill(const struct fill_list *list, const char *key)
{
    for (int32_t i = 0; i < list->count; i++) {
        if (strcmp(list->fills[i].key, key) == 0) {
            return true;
        }
    }
    return false;
}

void fill_list_add(struct fill_list *list, const struct fill *fill)
{
    if (has_fill(list, fill->key)) {
        return;
    }
    if (list->count == list->capacity) {
        list->capacity = list->capacity > 0 ? 2 * list->capacity : 4;
        list->fills = mem_grow(list->fills, (size_t)list->capacity, sizeof(list->fills[0]));
    }
    list->fills[list->count++] = *fill;
}

void fill_list_finish(struct fill_list *list)
{
    mem_free(list->fills);
    *list = (struct fill_list){0};
}

bool track_lives(const struct track *track)
{
    return track->state == TRACK_SENT || track->state == TRACK_OPEN ||
           track->state == TRACK_UNKNOWN;
}

struct track *orders_find(const struct orders *orders, uint64_t client_id)
{
    for (int32_t i = orders->tracks_count - 1; i >= 0; i--) {
        if (orders->tracks[i]->order.client_id == client_id) {
            return orders->tracks[i];
        }
    }
    return NULL;
}

void track_destroy(struct track *track)
{
    fill_list_finish(&track->fills);
    mem_free(track->fill_ids);
    mem_free(track->fill_rates);
    mem_free(track);
}

/* Forgets the oldest order that ended and that no call is about. */
static void forget_one(struct orders *orders)
{
    for (int32_t i = 0; i < orders->tracks_count; i++) {
        struct track *track = orders->tracks[i];
        if (track_lives(track) || track->call.under_way) {
            continue;
        }
        const uint64_t id = track->order.client_id;
        orders->forgotten_id = id > orders->forgotten_id ? id : orders->forgotten_id;
        track_destroy(track);
        orders->tracks_count--;
        memmove(&orders->tracks[i], &orders->tracks[i + 1],
                (size_t)(orders->tracks_count - i) * sizeof(orders->tracks[0]));
        return;
    }
}

struct track *orders_add(struct orders *orders, const struct order *order)
{
    int32_t ended = 0;
    for (int32_t i = 0; i < orders->tracks_count; i++) {
        ended += track_lives(orders->tracks[i]) ? 0 : 1;
    }
    if (ended >= ORDERS_ENDED_MAX || orders->tracks_count == ORDERS_MAX) {
        forget_one(orders);
    }
    if (orders->tracks_count == ORDERS_MAX) {
        return NULL;
    }
    struct track *track = mem_zalloc(sizeof(*track));
    track->order = *order;
    track->state = TRACK_SENT;
    track->due_ns = INT64_MAX;
    track->told_units = -1;
    track->call = (struct call){.orders = orders, .track = track, .venue = order->venue};
    orders->tracks[orders->tracks_count++] = track;
    return track;
}

static void say(struct orders *orders, const struct order_report *report, int64_t now_ns)
{
    if (orders->reports_first > 0 && orders->reports_first == orders->reports_count) {
        orders->reports_first = orders->reports_count = 0;
    }
    if (orders->reports_count == orders->reports_capacity) {
        orders->reports_capacity = 2 * orders->reports_capacity + 16;
        orders->reports =
            mem_grow(orders->reports, orders->reports_capacity, sizeof(orders->reports[0]));
    }
    orders->reports[orders->reports_count++] =
        (struct queued_report){.time_ns = now_ns, .report = *report};
    if (orders->options.wake != NULL) {
        orders->options.wake(orders->options.context);
    }
}

/* Reports are compared and kept as bytes, so none of them may be left to chance. */
static struct order_report blank_report(uint64_t client_id, enum report_kind kind)
{
    struct order_report report;
    memset(&report, 0, sizeof(report));
    report.client_id = client_id;
    report.kind = kind;
    return report;
}

void orders_say(struct orders *orders, uint64_t client_id, enum report_kind kind,
                enum venue_error error, int64_t now_ns)
{
    struct order_report report = blank_report(client_id, kind);
    report.error = error;
    say(orders, &report, now_ns);
}

static void tell_fill(struct orders *orders, const struct track *track, int32_t i,
                      int64_t now_ns)
{
    const struct fill *fill = &track->fills.fills[i];
    struct order_report report = blank_report(track->order.client_id, REPORT_FILL);
    report.fill_id = track->fill_ids[i];
    report.quantity_units = fill->quantity_units;
    report.value_units = fill->value_units;
    report.fee_units = fill->fee_units;
    report.price = fill->price;
    report.touch_price = fill->price;
    report.krw_per_usd = track->fill_rates[i];
    say(orders, &report, now_ns);
}

void track_tell_fills(struct orders *orders, const struct track *track, int64_t now_ns)
{
    for (int32_t i = 0; i < track->fills.count; i++) {
        tell_fill(orders, track, i, now_ns);
    }
}

/* Unique at its venue. Binance numbers the fills of each symbol; Upbit's names are no numbers,
 * so those of an order are counted as they come. */
static uint64_t fill_id_of(const struct track *track, const char *key)
{
    uint64_t number = 0;
    const struct order *order = &track->order;
    if (order->venue == VENUE_A) {
        return order->client_id * FILLS_OF_ONE_MAX + (uint64_t)track->fills.count + 1;
    }
    for (const char *at = key; *at >= '0' && *at <= '9'; at++) {
        number = number * 10 + (uint64_t)(*at - '0');
    }
    return number * VENUE_ORDERS_PAIRS_MAX + (uint64_t)order->pair;
}

/* What of the order's fee falls on this fill: all of it, less what earlier ones bore, in
 * proportion of the values that are known. */
static int64_t share_of_fee(const struct track *track, const struct fill_list *fills, int32_t i,
                            int64_t fee_units)
{
    double left_value = 0.0;
    int64_t left_fee = fee_units;
    for (int32_t k = 0; k < track->fills.count; k++) {
        left_fee -= track->fills.fills[k].fee_units;
    }
    for (int32_t k = i; k < fills->count; k++) {
        if (!has_fill(&track->fills, fills->fills[k].key)) {
            left_value += (double)fills->fills[k].value_units;
        }
    }
    const double value = (double)fills->fills[i].value_units;
    return left_value > value ? (int64_t)((double)left_fee * (value / left_value)) : left_fee;
}

static void keep_fill(struct orders *orders, struct track *track, const struct fill *fill)
{
    const size_t count = (size_t)track->fills.count + 1;
    track->fill_ids = mem_grow(track->fill_ids, count, sizeof(track->fill_ids[0]));
    track->fill_rates = mem_grow(track->fill_rates, count, sizeof(track->fill_rates[0]));
    track->fill_ids[count - 1] = fill_id_of(track, fill->key);
    track->fill_rates[count - 1] = track->order.venue == VENUE_A ? orders->krw_per_usd : 1.0;
    fill_list_add(&track->fills, fill);
    track->filled_units += fill->quantity_units;
}

void track_take_fills(struct orders *orders, struct track *track, const struct fill_list *fills,
                      int64_t fee_units, int64_t now_ns)
{
    for (int32_t i = 0; i < fills->count; i++) {
        struct fill fill = fills->fills[i];
        int64_t sum_units;
        if (has_fill(&track->fills, fill.key)) {
            continue; /* told twice */
        }
        if (__builtin_add_overflow(track->filled_units, fill.quantity_units, &sum_units)) {
            return; /* nonsense; what is missing is asked for again */
        }
        if (fill.fee_units == FEE_OF_ORDER) {
            fill.fee_units = share_of_fee(track, fills, i, fee_units);
        } else if (fill.fee_units == FEE_FOREIGN) {
            const double bps = orders->options.fee_bps[track->order.venue];
            fill.fee_units = (int64_t)((double)fill.value_units * bps / 1e4);
        }
        keep_fill(orders, track, &fill);
        tell_fill(orders, track, track->fills.count - 1, now_ns);
    }
}

void track_tell_done(struct orders *orders, struct track *track, int64_t now_ns)
{
    struct order_report report = blank_report(track->order.client_id, REPORT_DONE);
    report.quantity_units = track->filled_units;
    say(orders, &report, now_ns);
    track->told_units = track->filled_units;
    track->asked = false;
}
