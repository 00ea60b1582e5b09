#include "simulator/private.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"
#include "private_parts.h"
#include "say.h"

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

void private_say_units(struct text *out, const char *name, int64_t units)
{
    char buffer[NUM_TEXT_SIZE];
    say_text(out, name, num_format_fixed(buffer, units, DECIMALS));
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

bool private_meets(struct private_visit *visit, enum private_fault fault)
{
    int32_t *left = &visit->venue->plans[visit->which][visit->call].count[fault];
    if (*left == 0) {
        return false;
    }
    --*left;
    visit->venue->stats.faults[fault]++;
    return true;
}

int32_t private_find_pair(const struct private_visit *visit, const char *symbol)
{
    const struct private_options *options = &visit->venue->options;
    for (int32_t i = 0; i < options->account.pairs_count; i++) {
        if (strcmp(options->symbols[i][visit->which], symbol) == 0) {
            return i;
        }
    }
    return -1;
}

/* What is planned for the questions about an order hangs on the next that is taken. */
static int32_t take_plan(struct private_visit *visit, enum private_fault fault)
{
    int32_t *planned = &visit->venue->plans[visit->which][PRIVATE_STATUS].count[fault];
    const int32_t count = *planned;
    *planned = 0;
    visit->venue->stats.faults[fault] += count > 0 ? 1 : 0;
    return count;
}

struct private_order *private_place(struct private_visit *visit, const struct order *order,
                                    const char *client_id)
{
    struct private_account *account = &visit->venue->account;
    account->split_next = private_meets(visit, PRIVATE_FAULT_SPLIT);
    struct private_order *placed =
        private_account_place(account, order, client_id, visit->now_ns);
    if (placed->error == VENUE_ERROR_NONE) {
        placed->doubled = private_meets(visit, PRIVATE_FAULT_DOUBLE);
        placed->absent = take_plan(visit, PRIVATE_FAULT_NOT_YET);
        placed->hidden = take_plan(visit, PRIVATE_FAULT_LATE_FILL);
    }
    return placed;
}

void private_cancel(struct private_visit *visit, struct private_order *order)
{
    const bool races = !order->ended && private_meets(visit, PRIVATE_FAULT_CANCEL_RACE);
    (races ? private_account_race : private_account_cancel)(&visit->venue->account, order,
                                                            visit->now_ns);
}

static void refuse(struct private_visit *visit, int32_t status, int code, const char *name,
                   const char *message)
{
    if (visit->which == VENUE_B) {
        private_binance_refuse(visit, status, code, message);
    } else {
        private_upbit_refuse(visit, status, name);
    }
}

static void refuse_unknown(struct private_visit *visit)
{
    refuse(visit, 503, -1000, "server_error",
           "Unknown error, please check your request or try again later.");
}

/* What is refused before anybody looks at it. */
static bool turned_away(struct private_visit *visit)
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
    if (private_meets(visit, PRIVATE_FAULT_UNKNOWN_BEFORE)) {
        refuse_unknown(visit);
        return true;
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (private_meets(visit, rows[i].fault)) {
            refuse(visit, rows[i].status, rows[i].code, rows[i].name, rows[i].message);
            return true;
        }
    }
    if (private_meets(visit, PRIVATE_FAULT_BANNED)) {
        char message[128];
        text_cut(message, sizeof(message), "Way too many requests; IP banned until %lld.",
                 (long long)(visit->now_ns / CLOCK_NS_PER_MS + visit->venue->skew_ms + BAN_MS));
        refuse(visit, 418, -1003, "banned", message);
        return true;
    }
    return false;
}

/* What is said instead of what became of it. */
static struct wire_fault distort(struct private_visit *visit)
{
    if (private_meets(visit, PRIVATE_FAULT_UNKNOWN_AFTER)) {
        refuse_unknown(visit);
    } else if (private_meets(visit, PRIVATE_FAULT_TIMEOUT)) {
        refuse(visit, visit->which == VENUE_B ? 400 : 500, -1007, "server_error",
               "Timeout waiting for response from backend server.");
    } else if (private_meets(visit, PRIVATE_FAULT_GARBAGE)) {
        text_clear(visit->body);
        text_add(visit->body, "<html>");
    } else if (private_meets(visit, PRIVATE_FAULT_TRUNCATE)) {
        return (struct wire_fault){.kind = WIRE_FAULT_TRUNCATE, .amount = TRUNCATE_AT};
    } else if (private_meets(visit, PRIVATE_FAULT_CUT_AFTER)) {
        return (struct wire_fault){.kind = WIRE_FAULT_CUT, .reset = true};
    }
    return WIRE_NO_FAULT;
}

static bool is_signed(struct private_visit *visit)
{
    const bool fine =
        visit->which == VENUE_B ? private_check_binance(visit) : private_check_upbit(visit);
    visit->venue->stats.refused += fine ? 0 : 1;
    return fine;
}

static struct wire_fault serve(struct private_visit *visit, const struct private_route *route)
{
    visit->venue->stats.requests++;
    if (private_meets(visit, PRIVATE_FAULT_CUT_BEFORE)) {
        return (struct wire_fault){.kind = WIRE_FAULT_CUT_UNHEARD, .reset = true};
    }
    if (turned_away(visit) || (!route->open && !is_signed(visit))) {
        return WIRE_NO_FAULT;
    }
    visit->venue->stats.creates += visit->call == PRIVATE_CREATE ? 1 : 0;
    route->answer(visit);
    return distort(visit);
}

/* NULL: it is none of the private half's. */
static const struct private_route *find_route(const struct private_visit *visit)
{
    const struct wire_request *request = visit->request;
    const struct private_route *route =
        visit->which == VENUE_B ? private_binance_routes : private_upbit_routes;
    for (; route->path != NULL; route++) {
        if (strcmp(request->method, route->method) == 0 &&
            strcmp(request->path, route->path) == 0) {
            return !route->open || visit->venue->options.tells_time ? route : NULL;
        }
    }
    return NULL;
}

bool private_answer(struct private_venue *venue, enum venue which, struct wire *wire,
                    wire_exchange exchange, const struct wire_request *request, int64_t now_ns)
{
    static const char *const HEADERS[] = {"Content-Type: application/json;charset=UTF-8"};
    struct text body = text_growing();
    struct wire_fault fault = WIRE_NO_FAULT;
    struct private_visit visit = {.venue = venue,
                                  .which = which,
                                  .request = request,
                                  .now_ns = now_ns,
                                  .status = 200,
                                  .body = &body};
    const struct private_route *route = find_route(&visit);
    if (route != NULL) {
        visit.call = route->call;
        fault = serve(&visit, route);
    }
    const bool answered = route != NULL || private_control(&visit);
    if (answered) {
        const struct wire_answer answer = {.status = visit.status,
                                           .headers = HEADERS,
                                           .headers_count = 1,
                                           .body = text_string(&body),
                                           .body_size = body.length};
        wire_answer(wire, exchange, &answer, &fault);
    }
    text_finish(&body);
    return answered;
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
