#include <string.h>

#include "base/num.h"
#include "orders_state.h"

/* What an answer of the network means. Whatever may have been carried out is UNKNOWN. */

enum { STATUS_TOO_MANY = 429, STATUS_BANNED = 418, TROUBLE_SIZE = 96 };

#define WAIT_MS_TOO_MANY INT64_C(1000)
#define WAIT_MS_BANNED   INT64_C(120000)
#define WAIT_MS_MAX      (INT64_C(4) * 86400 * 1000) /* three days is the longest ban */
#define NS_PER_MS        INT64_C(1000000)

static void read_fault(const struct http_answer *answer, struct reply *out)
{
    out->outcome = answer->sent ? OUTCOME_UNKNOWN : OUTCOME_REFUSED;
    /* Held back by our own gate: no venue is to blame. */
    out->error = answer->fault == NET_CANCELLED ? VENUE_ERROR_NONE : VENUE_ERROR_NETWORK;
}

/* "... banned until 1723161256501 ..." */
static bool read_until(const char *body, int64_t venue_ms, int64_t *wait_ms)
{
    const char *at = strstr(body, "until ");
    int64_t until_ms;
    if (at == NULL) {
        return false;
    }
    at += strlen("until ");
    const size_t length = strspn(at, "0123456789");
    if (!num_parse_int64(at, length, &until_ms) || until_ms <= venue_ms) {
        return false;
    }
    *wait_ms = until_ms - venue_ms;
    return true;
}

static void read_limit(const struct http_answer *answer, int64_t venue_ms, struct reply *out)
{
    const char *retry = http_header(answer, "Retry-After");
    int64_t seconds;
    out->outcome = OUTCOME_LIMITED;
    out->error = VENUE_ERROR_RATE_LIMITED;
    if (retry != NULL && num_parse_int64(retry, strlen(retry), &seconds) && seconds >= 0 &&
        seconds <= WAIT_MS_MAX / 1000) {
        out->wait_ms = seconds * 1000;
    } else if (!read_until(answer->body, venue_ms, &out->wait_ms)) {
        out->wait_ms = answer->status == STATUS_BANNED ? WAIT_MS_BANNED : WAIT_MS_TOO_MANY;
    }
    out->wait_ms = out->wait_ms > WAIT_MS_MAX ? WAIT_MS_MAX : out->wait_ms;
}

static void note_trouble(struct desk *desk, const struct call *call,
                         const struct http_answer *answer)
{
    static const char *const NAMES[] = {"create",   "cancel",    "status", "trades",
                                        "balances", "positions", "time"};
    char message[TROUBLE_SIZE] = "";
    desk->shown.failed++;
    if (answer->fault == NET_NONE) {
        /* What venues say is text of strangers: printable ASCII only, and no quotes. */
        size_t length = 0;
        for (const char *at = answer->body; *at != '\0' && length + 1 < sizeof(message); at++) {
            message[length++] = *at >= ' ' && *at <= '~' ? *at : '?';
        }
        message[length] = '\0';
    }
    text_cut(desk->shown.trouble, sizeof(desk->shown.trouble), "%s: %s %d %s",
             NAMES[call->kind], net_fault_name(answer->fault), (int)answer->status,
             answer->fault == NET_NONE ? message : answer->text);
}

static void read_answer(struct orders *orders, const struct call *call,
                        const struct http_answer *answer, struct reply *out)
{
    const struct dialect *dialect = orders->desks[call->venue].dialect;
    json_t *root = json_loadb(answer->body, answer->body_size,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    if (answer->status >= 200 && answer->status < 300) {
        const bool read = root != NULL && dialect->read(orders, call, root, out);
        out->outcome = read ? OUTCOME_FINE : OUTCOME_UNKNOWN;
    } else {
        dialect->judge(answer->status, root, out);
    }
    json_decref(root);
}

static enum reason reason_of(const struct http_answer *answer, enum outcome outcome)
{
    switch (outcome) {
    case OUTCOME_FINE:
        return REASON_NONE;
    case OUTCOME_REFUSED:
    case OUTCOME_NOT_FOUND:
        return REASON_ORDER_REJECTED;
    case OUTCOME_UNKNOWN:
        return REASON_ORDER_UNKNOWN;
    case OUTCOME_LIMITED:
        return answer->status == STATUS_BANNED ? REASON_VENUE_BANNED : REASON_VENUE_RATE_LIMIT;
    case OUTCOME_CLOCK:
        return REASON_CLOCK_VENUE_SKEW;
    case OUTCOME_KEYS:
        return REASON_VENUE_AUTH;
    }
    return REASON_NONE;
}

void reply_read(struct orders *orders, const struct call *call,
                const struct http_answer *answer, int64_t now_ns, struct reply *out)
{
    struct desk *desk = &orders->desks[call->venue];
    *out = (struct reply){.outcome = OUTCOME_UNKNOWN, .error = VENUE_ERROR_UNKNOWN};
    if (answer->fault != NET_NONE) {
        read_fault(answer, out);
    } else if (answer->status == STATUS_TOO_MANY || answer->status == STATUS_BANNED) {
        read_limit(answer, (now_ns + desk->shown.clock_ahead_ns) / NS_PER_MS, out);
    } else {
        read_answer(orders, call, answer, out);
    }
    out->reason = reason_of(answer, out->outcome);
    if (out->outcome != OUTCOME_FINE) {
        desk->shown.reason = out->reason;
        note_trouble(desk, call, answer);
    }
}

void reply_finish(struct reply *reply)
{
    fill_list_finish(&reply->fills);
}
