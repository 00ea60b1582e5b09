#include "mischief.h"

#include <string.h>

#include "simulator/identity.h"

#include "base/clock.h"

static const struct row {
    const char *name;
    enum reason reason;
    int64_t amount;
    int64_t for_s;
    enum wire_fault_kind fault;
    const char *places;
} ROWS[MISCHIEF_KINDS] = {
#define X(kind, name, reason, amount, for_s, fault, places)                                    \
    {name, REASON_##reason, amount, for_s, WIRE_FAULT_##fault, places},
    MISCHIEF_TABLE(X)
#undef X
};

const char *mischief_name(enum mischief_kind kind)
{
    return ROWS[kind].name;
}

enum reason mischief_reason(enum mischief_kind kind)
{
    return ROWS[kind].reason;
}

bool mischief_find(const char *name, enum mischief_kind *out)
{
    for (int i = 0; i < MISCHIEF_KINDS; i++) {
        if (strcmp(ROWS[i].name, name) == 0) {
            *out = (enum mischief_kind)i;
            return true;
        }
    }
    return false;
}

struct mischief_order mischief_usual(enum mischief_kind kind)
{
    return (struct mischief_order){
        .kind = kind,
        .hits = {true, true},
        .pair = MISCHIEF_ALL_PAIRS,
        .amount = ROWS[kind].amount,
        .for_ns = ROWS[kind].for_s * CLOCK_NS_PER_S,
    };
}

bool mischief_lasts(enum mischief_kind kind)
{
    return ROWS[kind].for_s > 0;
}

bool mischief_by_seed(enum mischief_kind kind)
{
    return kind < MISCHIEF_CUT;
}

bool mischief_hits(enum mischief_kind kind, enum wire_place place)
{
    return strchr(ROWS[kind].places, place) != NULL;
}

static enum wire_place place_of(const struct mischief_order *order)
{
    return order->rest                                  ? WIRE_ON_ANSWER
           : mischief_hits(order->kind, WIRE_ON_SOCKET) ? WIRE_ON_SOCKET
                                                        : WIRE_ON_MESSAGE;
}

/* What the wire does not bound itself: how far an amount may go before it only eats memory or
 * leaves the calendar. */
static int64_t amount_most(enum mischief_kind kind)
{
    switch (kind) {
    case MISCHIEF_OVERSIZE:
        return INT64_C(1) << 30;
    case MISCHIEF_DEEP:
    case MISCHIEF_GAP:
    case MISCHIEF_CROSSED:
        return 1000000;
    case MISCHIEF_UNKNOWN_FIELDS:
        return 100000;
    case MISCHIEF_TOO_MANY:
    case MISCHIEF_BANNED:
        return 7 * 86400;
    case MISCHIEF_CLOCK_SKEW:
        return 86400000;
    default:
        return INT64_MAX;
    }
}

bool mischief_check(const struct mischief_order *order, int32_t pairs_count, struct err *err)
{
    const char *name = mischief_name(order->kind);
    const struct wire_fault fault = mischief_wire_fault(order);
    if (order->pair >= pairs_count) {
        return err_set(err, ERR_INPUT, "%s: no such pair", name);
    }
    if (order->rest && !mischief_hits(order->kind, WIRE_ON_ANSWER)) {
        return err_set(err, ERR_INPUT, "%s: cannot hang on answers", name);
    }
    if (order->for_ns < 0 || (order->for_ns == 0 && mischief_lasts(order->kind))) {
        return err_set(err, ERR_INPUT, "%s: must last a while", name);
    }
    if (order->kind == MISCHIEF_SERVER_ERROR && (order->amount < 500 || order->amount > 599)) {
        return err_set(err, ERR_INPUT, "%s: '%lld' is not a status (expected 500 to 599)", name,
                       (long long)order->amount);
    }
    if (order->kind == MISCHIEF_IDENTITY && order->amount >= WIRE_IDENTITY_COUNT) {
        return err_set(err, ERR_INPUT, "%s: '%lld' is none (expected 0 to %d)", name,
                       (long long)order->amount, WIRE_IDENTITY_COUNT - 1);
    }
    if (order->amount < 0 && order->kind != MISCHIEF_CLOCK_SKEW) {
        return err_set(err, ERR_INPUT, "%s: an amount cannot be negative", name);
    }
    const int64_t most = amount_most(order->kind);
    if (order->amount > most || order->amount < -most) {
        return err_set(err, ERR_INPUT, "%s: '%lld' is out of range (expected at most %lld)",
                       name, (long long)order->amount, (long long)most);
    }
    return fault.kind == WIRE_FAULT_NONE || wire_fault_check(&fault, place_of(order), err);
}

static void forget(struct mischief *mischief, int32_t at)
{
    mischief->pending_count--;
    memmove(mischief->pending + at, mischief->pending + at + 1,
            (size_t)(mischief->pending_count - at) * sizeof(*mischief->pending));
}

void mischief_take(struct mischief *mischief, const struct mischief_order *order,
                   int64_t now_ns)
{
    mischief->counts[order->kind].ordered++;
    if (mischief_lasts(order->kind) && order->for_ns > 0) {
        mischief->lasting[order->kind] = *order;
        mischief->until_ns[order->kind] = now_ns + order->for_ns;
        return;
    }
    if (!mischief_hits(order->kind, order->rest ? WIRE_ON_ANSWER : WIRE_ON_MESSAGE)) {
        return;
    }
    if (mischief->pending_count == MISCHIEF_PENDING_MAX) {
        forget(mischief, 0);
    }
    mischief->pending[mischief->pending_count++] = *order;
}

static bool hits_pair(const struct mischief_order *order, int32_t pair)
{
    return order->pair == MISCHIEF_ALL_PAIRS || pair == MISCHIEF_ALL_PAIRS ||
           order->pair == pair;
}

const struct mischief_order *mischief_on(const struct mischief *mischief,
                                         enum mischief_kind kind, int32_t pair, int64_t now_ns)
{
    const struct mischief_order *order = &mischief->lasting[kind];
    return now_ns < mischief->until_ns[kind] && hits_pair(order, pair) ? order : NULL;
}

const struct mischief_order *mischief_strikes(struct mischief *mischief,
                                              enum mischief_kind kind, int32_t pair,
                                              int64_t now_ns)
{
    const struct mischief_order *order = mischief_on(mischief, kind, pair, now_ns);
    if (order != NULL) {
        mischief_happened(mischief, kind);
    }
    return order;
}

const struct mischief_order *mischief_refuses(struct mischief *mischief, int64_t now_ns)
{
    static const enum mischief_kind KINDS[] = {MISCHIEF_MAINTENANCE, MISCHIEF_BANNED,
                                               MISCHIEF_TOO_MANY, MISCHIEF_SERVER_ERROR,
                                               MISCHIEF_UNKNOWN_503};
    const struct mischief_order *order = NULL;
    for (size_t i = 0; i < sizeof(KINDS) / sizeof(KINDS[0]) && order == NULL; i++) {
        order = mischief_strikes(mischief, KINDS[i], MISCHIEF_ALL_PAIRS, now_ns);
    }
    return order;
}

static bool take_pending(struct mischief *mischief, bool rest, int32_t pair,
                         struct mischief_order *out)
{
    for (int32_t i = 0; i < mischief->pending_count; i++) {
        const struct mischief_order *order = &mischief->pending[i];
        if (order->rest != rest || (!rest && !hits_pair(order, pair))) {
            continue;
        }
        *out = *order;
        if (order->kind == MISCHIEF_GAP && order->amount > 1) {
            mischief->pending[i].amount--;
        } else {
            forget(mischief, i);
        }
        mischief_happened(mischief, out->kind);
        return true;
    }
    return false;
}

bool mischief_next_message(struct mischief *mischief, int32_t pair, struct mischief_order *out)
{
    return take_pending(mischief, false, pair, out);
}

bool mischief_next_answer(struct mischief *mischief, int64_t now_ns, struct mischief_order *out)
{
    for (int kind = 0; kind < MISCHIEF_KINDS; kind++) {
        const struct mischief_order *order =
            mischief_on(mischief, (enum mischief_kind)kind, MISCHIEF_ALL_PAIRS, now_ns);
        if (order != NULL && order->rest) {
            *out = *order;
            mischief_happened(mischief, order->kind);
            return true;
        }
    }
    return take_pending(mischief, true, MISCHIEF_ALL_PAIRS, out);
}

void mischief_happened(struct mischief *mischief, enum mischief_kind kind)
{
    mischief->counts[kind].happened++;
}

void mischief_end(struct mischief *mischief)
{
    mischief->pending_count = 0;
    memset(mischief->until_ns, 0, sizeof(mischief->until_ns));
}

struct wire_fault mischief_wire_fault(const struct mischief_order *order)
{
    return order != NULL
               ? (struct wire_fault){ROWS[order->kind].fault, order->amount, order->reset}
               : WIRE_NO_FAULT;
}

static void nest(struct text *message, int64_t levels)
{
    text_clear(message);
    for (int64_t i = 0; i < levels; i++) {
        text_add(message, "{\"deep\":");
    }
    text_add_char(message, '0');
    for (int64_t i = 0; i < levels; i++) {
        text_add_char(message, '}');
    }
}

/* Into the object that ends the message: the last brackets stay the last. */
static void add_members(struct text *message, int64_t count)
{
    static const char ENDS[] = "}]";
    size_t end = message->length;
    while (end > 0 && strchr(ENDS, message->data[end - 1]) != NULL &&
           message->data[end - 1] != '}') {
        end--;
    }
    if (end == 0 || message->data[end - 1] != '}') {
        return;
    }
    struct text tail = text_growing();
    text_add(&tail, message->data + end - 1);
    message->length = end - 1;
    for (int64_t i = 0; i < count; i++) {
        text_addf(message, ",\"new_%lld\":{\"at\":[1,\"2\",null]}", (long long)i);
    }
    text_add(message, text_string(&tail));
    text_finish(&tail);
}

void mischief_rewrite(const struct mischief_order *order, struct text *message)
{
    enum { LEVELS_MAX = 100000, MEMBERS_MAX = 1000 };
    if (order->kind == MISCHIEF_DEEP) {
        nest(message, order->amount < LEVELS_MAX ? order->amount : LEVELS_MAX);
    } else if (order->kind == MISCHIEF_UNKNOWN_FIELDS) {
        add_members(message, order->amount < MEMBERS_MAX ? order->amount : MEMBERS_MAX);
    }
}
