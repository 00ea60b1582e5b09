#include "base/clock.h"
#include "upbit_parts.h"

/* What an Upbit desk answers before it looks at a request: limits, bans, failures. */

enum { MESSAGE_SIZE = 128, GROUP_PER_SECOND = 10, CONNECTS_PER_SECOND = 5, PATIENCE = 20 };

static const char *const GROUPS[UPBIT_GROUPS] = {"market", "candle",    "trade",
                                                 "ticker", "orderbook", "websocket"};

void upbit_limits_init(struct upbit_desk *desk)
{
    for (int i = 0; i < UPBIT_GROUPS; i++) {
        desk->groups[i] = (struct limit){
            .window_ns = CLOCK_NS_PER_S,
            .capacity = i == UPBIT_GROUP_SOCKET ? CONNECTS_PER_SECOND : GROUP_PER_SECOND,
            .patience = PATIENCE,
            .ban_ns = 10 * CLOCK_NS_PER_S,
        };
    }
    desk->origin = (struct limit){.window_ns = 10 * CLOCK_NS_PER_S, .capacity = 1};
}

const char *upbit_remaining(const struct upbit_desk *desk, int group,
                            char buffer[UPBIT_HEADER_SIZE])
{
    const struct limit *limit = &desk->groups[group];
    return text_cut(buffer, UPBIT_HEADER_SIZE, "remaining-req: group=%s; min=%d; sec=%d",
                    GROUPS[group], limit->capacity * 60, limit_left(limit));
}

void upbit_answer(struct upbit_desk *desk, wire_exchange exchange, int32_t status,
                  struct text *body, int group)
{
    char remaining[UPBIT_HEADER_SIZE];
    const char *headers[1];
    struct stage_answer said = {
        .venue = VENUE_A, .status = status, .body = body, .headers = headers};
    if (group >= 0) {
        headers[said.headers_count++] = upbit_remaining(desk, group, remaining);
    }
    stage_answer(desk->stage, exchange, &said);
}

void upbit_refuse_as(struct upbit_desk *desk, wire_exchange exchange, int32_t status,
                     const char *name, const char *message)
{
    struct text body = text_growing();
    upbit_json_error_name(&body, name, message);
    upbit_answer(desk, exchange, status, &body, -1);
    text_finish(&body);
}

static void refuse_ban(struct upbit_desk *desk, wire_exchange exchange, int64_t wait_ns)
{
    char message[MESSAGE_SIZE];
    text_cut(message, sizeof(message), "Too many requests. Blocked for %lld seconds.",
             (long long)((wait_ns + CLOCK_NS_PER_S - 1) / CLOCK_NS_PER_S));
    upbit_refuse_as(desk, exchange, 418, "too_many_requests", message);
}

static void refuse_too_many(struct upbit_desk *desk, wire_exchange exchange)
{
    upbit_refuse_as(desk, exchange, 429, "too_many_requests", "Too many API requests.");
}

static void refuse_by(struct upbit_desk *desk, wire_exchange exchange,
                      const struct mischief_order *order)
{
    switch (order->kind) {
    case MISCHIEF_BANNED:
        refuse_ban(desk, exchange, order->amount * CLOCK_NS_PER_S);
        break;
    case MISCHIEF_TOO_MANY:
        refuse_too_many(desk, exchange);
        break;
    case MISCHIEF_SERVER_ERROR:
        upbit_refuse_as(desk, exchange, (int32_t)order->amount, "server_error",
                        "Server error.");
        break;
    case MISCHIEF_UNKNOWN_503:
        upbit_refuse_as(desk, exchange, 503, "unknown", "Unknown error.");
        break;
    default:
        upbit_refuse_as(desk, exchange, 503, "maintenance", "The service is being maintained.");
        break;
    }
}

bool upbit_refuse(struct upbit_desk *desk, wire_exchange exchange,
                  const struct wire_request *request)
{
    const int64_t now_ns = stage_now_ns(desk->stage);
    const struct mischief_order *order = mischief_refuses(&desk->venue->mischief, now_ns);
    if (order != NULL) {
        refuse_by(desk, exchange, order);
        return true;
    }
    if (wire_header(request, "origin") != NULL && desk->stage->options.limits &&
        limit_take(&desk->origin, 1, now_ns) != LIMIT_PASS) {
        refuse_too_many(desk, exchange);
        return true;
    }
    return false;
}

bool upbit_admit(struct upbit_desk *desk, wire_exchange exchange, int group)
{
    const int64_t now_ns = stage_now_ns(desk->stage);
    struct limit *limit = &desk->groups[group];
    const enum limit_verdict verdict =
        desk->stage->options.limits ? limit_take(limit, 1, now_ns) : LIMIT_PASS;
    if (verdict == LIMIT_PASS) {
        return true;
    }
    if (verdict == LIMIT_BAN) {
        refuse_ban(desk, exchange, limit_wait_ns(limit, now_ns));
        return false;
    }
    struct text body = text_growing();
    upbit_json_error_name(&body, "too_many_requests", "Too many API requests.");
    upbit_answer(desk, exchange, 429, &body, group);
    text_finish(&body);
    return false;
}
