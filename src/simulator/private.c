#include "simulator/private.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"
#include "private_parts.h"

#define TIME_PATH "/fapi/v1/time"

enum { DECIMALS = 8, TRUNCATE_AT = 20 };

#define BAN_MS INT64_C(2000)

static const char *const NAMES[] = {
#define PRIVATE_FAULT_NAME(kind, name) name,
    PRIVATE_FAULTS(PRIVATE_FAULT_NAME)
#undef PRIVATE_FAULT_NAME
};

const char *private_fault_name(enum private_fault fault)
{
    return NAMES[fault];
}

bool private_fault_find(const char *name, enum private_fault *out)
{
    for (int i = 0; i < PRIVATE_FAULT_COUNT; i++) {
        if (strcmp(NAMES[i], name) == 0) {
            *out = (enum private_fault)i;
            return true;
        }
    }
    return false;
}

void private_say_text(struct text *out, const char *name, const char *value)
{
    const char last = out->length > 0 ? out->data[out->length - 1] : '{';
    text_addf(out, "%s\"%s\":\"%s\"", last == '{' ? "" : ",", name, value);
}

void private_say_units(struct text *out, const char *name, int64_t units)
{
    char buffer[NUM_TEXT_SIZE];
    private_say_text(out, name, num_format_fixed(buffer, units, DECIMALS));
}

void private_say_number(struct text *out, const char *name, int64_t value)
{
    const char last = out->length > 0 ? out->data[out->length - 1] : '{';
    text_addf(out, "%s\"%s\":%lld", last == '{' ? "" : ",", name, (long long)value);
}

struct private_venue *private_open(const struct private_options *options)
{
    struct private_venue *venue = mem_zalloc(sizeof(*venue));
    venue->options = *options;
    private_account_open(&venue->account, &options->account, options->krw_per_usd);
    return venue;
}

void private_close(struct private_venue *venue)
{
    if (venue != NULL) {
        private_account_close(&venue->account);
        mem_free(venue);
    }
}

bool private_meets(struct private_venue *venue, enum venue which, enum private_call call,
                   enum private_fault fault)
{
    int32_t *left = &venue->plans[which][call].count[fault];
    if (*left == 0) {
        return false;
    }
    --*left;
    venue->stats.faults[fault]++;
    return true;
}

static void refuse(struct private_visit *visit, enum venue which, int32_t status, int code,
                   const char *name, const char *message)
{
    if (which == VENUE_B) {
        private_binance_refuse(visit, status, code, message);
    } else {
        private_upbit_refuse(visit, status, name);
    }
}

/* What is refused before anybody looks at it. */
static bool turned_away(struct private_visit *visit, enum venue which)
{
    static const struct {
        enum private_fault fault;
        int32_t status;
        int code;
        const char *name, *message;
    } rows[] = {
        {PRIVATE_FAULT_UNAVAILABLE, 503, -1016, "service_unavailable", "Service Unavailable."},
        {PRIVATE_FAULT_THROTTLED, 503, -1008, "too_many_requests",
         "Request throttled by system-level protection."},
        {PRIVATE_FAULT_TOO_MANY, 429, -1003, "too_many_requests", "Too many requests."},
        {PRIVATE_FAULT_REVOKED, 401, -2015, "expired_access_key",
         "Invalid API-key, IP, or permissions for action."},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (private_meets(visit->venue, which, visit->call, rows[i].fault)) {
            refuse(visit, which, rows[i].status, rows[i].code, rows[i].name, rows[i].message);
            return true;
        }
    }
    if (private_meets(visit->venue, which, visit->call, PRIVATE_FAULT_BANNED)) {
        char message[128];
        text_cut(message, sizeof(message), "Way too many requests; IP banned until %lld.",
                 (long long)(visit->now_ns / CLOCK_NS_PER_MS + visit->venue->skew_ms + BAN_MS));
        refuse(visit, which, 418, -1003, "banned", message);
        return true;
    }
    return false;
}

/* What is said instead of what became of it. */
static struct wire_fault distort(struct private_visit *visit, enum venue which)
{
    struct private_venue *venue = visit->venue;
    const enum private_call call = visit->call;
    if (private_meets(venue, which, call, PRIVATE_FAULT_UNKNOWN_AFTER)) {
        refuse(visit, which, 503, -1000, "server_error",
               "Unknown error, please check your request or try again later.");
    } else if (private_meets(venue, which, call, PRIVATE_FAULT_TIMEOUT)) {
        refuse(visit, which, which == VENUE_B ? 400 : 500, -1007, "server_error",
               "Timeout waiting for response from backend server.");
    } else if (private_meets(venue, which, call, PRIVATE_FAULT_GARBAGE)) {
        text_clear(visit->body);
        text_add(visit->body, "<html>");
    } else if (private_meets(venue, which, call, PRIVATE_FAULT_TRUNCATE)) {
        return (struct wire_fault){.kind = WIRE_FAULT_TRUNCATE, .amount = TRUNCATE_AT};
    } else if (private_meets(venue, which, call, PRIVATE_FAULT_CUT_AFTER)) {
        return (struct wire_fault){.kind = WIRE_FAULT_CUT, .reset = true};
    }
    return (struct wire_fault){.kind = WIRE_FAULT_NONE};
}

static struct wire_fault serve(struct private_visit *visit, enum venue which)
{
    struct private_venue *venue = visit->venue;
    if (private_meets(venue, which, visit->call, PRIVATE_FAULT_CUT_BEFORE)) {
        return (struct wire_fault){.kind = WIRE_FAULT_CUT_UNHEARD, .reset = true};
    }
    if (private_meets(venue, which, visit->call, PRIVATE_FAULT_UNKNOWN_BEFORE)) {
        refuse(visit, which, 503, -1000, "server_error",
               "Unknown error, please check your request or try again later.");
        return (struct wire_fault){.kind = WIRE_FAULT_NONE};
    }
    if (turned_away(visit, which)) {
        return (struct wire_fault){.kind = WIRE_FAULT_NONE};
    }
    const bool open = strcmp(visit->request->path, TIME_PATH) == 0;
    if (!open &&
        !(which == VENUE_B ? private_check_binance(visit) : private_check_upbit(visit))) {
        venue->stats.refused++;
        return (struct wire_fault){.kind = WIRE_FAULT_NONE};
    }
    venue->stats.creates += visit->call == PRIVATE_CREATE ? 1 : 0;
    (which == VENUE_B ? private_binance : private_upbit)(visit);
    return distort(visit, which);
}

bool private_answer(struct private_venue *venue, enum venue which, struct wire *wire,
                    wire_exchange exchange, const struct wire_request *request, int64_t now_ns)
{
    bool known = false;
    struct text body = text_growing();
    struct private_visit visit = {
        .venue = venue, .request = request, .now_ns = now_ns, .status = 200, .body = &body};
    visit.call = which == VENUE_B ? private_binance_call(request, &known)
                                  : private_upbit_call(request, &known);
    known = known && (visit.call != PRIVATE_OTHER || venue->options.tells_time ||
                      strcmp(request->path, TIME_PATH) != 0);
    if (private_control(&visit, which)) {
        const struct wire_answer answer = {
            .status = visit.status, .body = text_string(&body), .body_size = body.length};
        wire_answer(wire, exchange, &answer, NULL);
        text_finish(&body);
        return true;
    }
    if (known) {
        static const char *const HEADERS[] = {"Content-Type: application/json;charset=UTF-8"};
        venue->stats.requests++;
        const struct wire_fault fault = serve(&visit, which);
        const struct wire_answer answer = {.status = visit.status,
                                           .headers = HEADERS,
                                           .headers_count = 1,
                                           .body = text_string(&body),
                                           .body_size = body.length};
        wire_answer(wire, exchange, &answer, &fault);
    }
    text_finish(&body);
    return known;
}

void private_show_book(struct private_venue *venue, int32_t pair, enum venue which,
                       const struct book *book, int64_t now_ns)
{
    private_account_show(&venue->account, pair, which, book, now_ns);
}

bool private_open_spot(struct private_venue *venue, int32_t pair, int64_t quantity_units,
                       int64_t cost_units, struct err *err)
{
    return venue_paper_open_spot(venue->account.paper, pair, quantity_units, cost_units, err);
}

void private_set_skew(struct private_venue *venue, int64_t skew_ms)
{
    venue->skew_ms = skew_ms;
}

void private_break(struct private_venue *venue, enum venue which, enum private_call call,
                   enum private_fault fault, int32_t count)
{
    venue->plans[which][call].count[fault] += count;
}

struct private_stats private_stats(const struct private_venue *venue)
{
    return venue->stats;
}
