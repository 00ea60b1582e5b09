#include "crowd.h"

enum { CLOSE_AWAY = 1001 };

static const enum mischief_kind LASTING[] = {MISCHIEF_SILENCE, MISCHIEF_DELAY, MISCHIEF_DRIP};
enum { LASTING_COUNT = sizeof(LASTING) / sizeof(LASTING[0]) };

static bool is_lasting(enum mischief_kind kind)
{
    return kind == LASTING[0] || kind == LASTING[1] || kind == LASTING[2];
}

void member_close(struct member *member, int32_t code, const char *text)
{
    member->leaving = true;
    wire_close(member->socket, code, text);
}

void member_cut(struct member *member)
{
    static const struct wire_fault CUT = {WIRE_FAULT_CUT, 0, false};
    member->leaving = true;
    wire_break(member->socket, &CUT);
}

static const struct mischief_order *order_on(const struct crowd *crowd, enum mischief_kind kind,
                                             int64_t now_ns)
{
    const struct mischief_order *order =
        mischief_on(crowd->mischief, kind, MISCHIEF_ALL_PAIRS, now_ns);
    return order != NULL && !order->rest ? order : NULL;
}

static void hang(struct crowd *crowd, struct member *member, const struct mischief_order *order)
{
    const struct wire_fault fault = mischief_wire_fault(order);
    wire_break(member->socket, &fault);
    mischief_happened(crowd->mischief, order->kind);
}

void crowd_join(struct crowd *crowd, struct member *member, int64_t now_ns)
{
    member->next = crowd->members;
    crowd->members = member;
    const struct mischief_order *storm = order_on(crowd, MISCHIEF_STORM, now_ns);
    if (storm != NULL) {
        member->leaving = true;
        hang(crowd, member, storm);
        return;
    }
    for (int i = 0; i < LASTING_COUNT; i++) {
        const struct mischief_order *order = order_on(crowd, LASTING[i], now_ns);
        if (order != NULL) {
            crowd->broken = true;
            hang(crowd, member, order);
        }
    }
}

void crowd_leave(struct crowd *crowd, struct member *member)
{
    struct member **link = &crowd->members;
    while (*link != member) {
        link = &(*link)->next;
    }
    *link = member->next;
}

void crowd_obey(struct crowd *crowd, const struct mischief_order *order)
{
    const bool shuts = order->kind == MISCHIEF_MAINTENANCE;
    const bool lasts = is_lasting(order->kind);
    if (order->rest || !mischief_hits(order->kind, WIRE_ON_SOCKET)) {
        return;
    }
    crowd->broken = crowd->broken || lasts;
    for (struct member *member = crowd->members; member != NULL; member = member->next) {
        if (member->leaving) {
            continue;
        }
        if (shuts) {
            member_close(member, CLOSE_AWAY, "maintenance");
            mischief_happened(crowd->mischief, order->kind);
        } else {
            member->leaving = !lasts;
            hang(crowd, member, order);
        }
    }
}

void crowd_heal(struct crowd *crowd)
{
    for (struct member *member = crowd->members; member != NULL; member = member->next) {
        if (!member->leaving) {
            wire_break(member->socket, NULL);
        }
    }
    crowd->broken = false;
}

void crowd_keep(struct crowd *crowd, int64_t now_ns)
{
    if (!crowd->broken) {
        return;
    }
    for (int i = 0; i < LASTING_COUNT; i++) {
        if (order_on(crowd, LASTING[i], now_ns) != NULL) {
            return;
        }
    }
    crowd_heal(crowd);
}
