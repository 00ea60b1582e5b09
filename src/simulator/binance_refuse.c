#include "base/clock.h"
#include "binance_parts.h"
#include "say.h"

/* What a Binance desk answers before it looks at a request: limits, bans, failures. */

enum { WEIGHT_PER_MINUTE = 2400, PATIENCE = 10, HEADER_SIZE = 64 };

void binance_limits_init(struct binance_desk *desk)
{
    desk->weight = (struct limit){
        .window_ns = 60 * CLOCK_NS_PER_S,
        .capacity = WEIGHT_PER_MINUTE,
        .patience = PATIENCE,
        .ban_ns = 120 * CLOCK_NS_PER_S,
    };
}

int64_t binance_now_ms(const struct binance_desk *desk)
{
    return stage_now_ms(desk->stage) + stage_skew_ms(desk->stage, VENUE_B);
}

/* Every answer says how much was used; a refusal may say how long to wait. */
void binance_answer(struct binance_desk *desk, wire_exchange exchange, int32_t status,
                    struct text *body, int64_t retry_s)
{
    char used[HEADER_SIZE];
    char retry[HEADER_SIZE];
    const char *const headers[] = {
        text_cut(used, sizeof(used), "X-MBX-USED-WEIGHT-1M: %d", desk->weight.used),
        text_cut(retry, sizeof(retry), "Retry-After: %lld", (long long)retry_s),
    };
    const struct stage_answer said = {
        .venue = VENUE_B,
        .status = status,
        .body = body,
        .headers = headers,
        .headers_count = retry_s > 0 ? 2 : 1,
    };
    stage_answer(desk->stage, exchange, &said);
}

static void refuse(struct binance_desk *desk, wire_exchange exchange, int32_t status, int code,
                   const char *message, int64_t retry_s)
{
    struct text body = text_growing();
    binance_json_error(&body, code, message);
    binance_answer(desk, exchange, status, &body, retry_s);
    text_finish(&body);
}

static void refuse_limit(struct binance_desk *desk, wire_exchange exchange, int64_t retry_s)
{
    refuse(desk, exchange, 429, -1003,
           "Too many requests; current limit is 2400 request weight per 1 MINUTE. Please use "
           "the websocket for live updates to avoid polling the API.",
           retry_s);
}

static void refuse_ban(struct binance_desk *desk, wire_exchange exchange, int64_t wait_s)
{
    char message[160];
    text_cut(message, sizeof(message),
             "Way too many requests; IP banned until %lld. Please use the websocket for live "
             "updates to avoid bans.",
             (long long)(binance_now_ms(desk) + wait_s * 1000));
    refuse(desk, exchange, 418, -1003, message, wait_s);
}

/* Some 503 bodies have no code. */
static void refuse_unknown(struct binance_desk *desk, wire_exchange exchange)
{
    struct text body = text_growing();
    text_add_char(&body, '{');
    say_integer(&body, "timestamp", binance_now_ms(desk));
    say_text(&body, "msg", "Unknown error, please check your request or try again later.");
    text_add_char(&body, '}');
    binance_answer(desk, exchange, 503, &body, 0);
    text_finish(&body);
}

static void refuse_by(struct binance_desk *desk, wire_exchange exchange,
                      const struct mischief_order *order)
{
    switch (order->kind) {
    case MISCHIEF_TOO_MANY:
        refuse_limit(desk, exchange, order->amount);
        break;
    case MISCHIEF_BANNED:
        refuse_ban(desk, exchange, order->amount);
        break;
    case MISCHIEF_SERVER_ERROR:
        refuse(desk, exchange, (int32_t)order->amount, -1000,
               "An unknown error occurred while processing the request.", 0);
        break;
    case MISCHIEF_UNKNOWN_503:
        refuse_unknown(desk, exchange);
        break;
    default:
        refuse(desk, exchange, 503, -1016, "This service is no longer available.", 0);
        break;
    }
}

bool binance_refuse(struct binance_desk *desk, wire_exchange exchange)
{
    const struct mischief_order *order =
        mischief_refuses(&desk->venue->mischief, stage_now_ns(desk->stage));
    if (order != NULL) {
        refuse_by(desk, exchange, order);
    }
    return order != NULL;
}

bool binance_admit(struct binance_desk *desk, wire_exchange exchange, int32_t weight)
{
    const int64_t now_ns = stage_now_ns(desk->stage);
    if (!desk->stage->options.limits) {
        return true;
    }
    const enum limit_verdict verdict = limit_take(&desk->weight, weight, now_ns);
    const int64_t wait_s =
        (limit_wait_ns(&desk->weight, now_ns) + CLOCK_NS_PER_S - 1) / CLOCK_NS_PER_S;
    if (verdict == LIMIT_WAIT) {
        refuse_limit(desk, exchange, wait_s);
    } else if (verdict == LIMIT_BAN) {
        refuse_ban(desk, exchange, wait_s);
    }
    return verdict == LIMIT_PASS;
}
