#include <string.h>

#include "binance_parts.h"
#include "say.h"

/* The REST calls of a Binance desk and their weights. */

enum {
    WORD_SIZE = 64,
    KLINES_MAX = 1500,
    KLINES_USUAL = 500,
    DEPTH_USUAL = 500,
};

/* What a call works on. */
struct call {
    struct binance_desk *desk;
    const char *query;
    struct text *out;
};

static int32_t fail(const struct call *call, int code, const char *message)
{
    text_clear(call->out);
    binance_json_error(call->out, code, message);
    return 400;
}

/* The pair of `symbol=`; -1 when there is none of it. */
static bool find_pair(const struct call *call, int32_t *pair)
{
    char symbol[WORD_SIZE];
    *pair = -1;
    if (!wire_form(call->query, "symbol", symbol, sizeof(symbol))) {
        return false;
    }
    *pair = bourse_find_symbol(&call->desk->stage->bourse, symbol);
    return true;
}

/* A whole number from the query, `usual` without one; -1: it is none. */
static int64_t read_number(const char *query, const char *name, int64_t usual)
{
    int64_t value = usual;
    return wire_form_integer(query, name, &value) && value >= 0 ? value : -1;
}

static int32_t require_pair(const struct call *call, int32_t *pair)
{
    if (!find_pair(call, pair)) {
        return fail(call, -1102,
                    "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.");
    }
    return *pair >= 0 ? 200 : fail(call, -1121, "Invalid symbol.");
}

static int32_t get_ping(const struct call *call)
{
    text_add(call->out, "{}");
    return 200;
}

static int32_t get_time(const struct call *call)
{
    text_add_char(call->out, '{');
    say_integer(call->out, "serverTime", binance_now_ms(call->desk));
    text_add_char(call->out, '}');
    return 200;
}

static int32_t get_info(const struct call *call)
{
    const struct bourse *bourse = &call->desk->stage->bourse;
    text_add(call->out, "{\"timezone\":\"UTC\"");
    say_integer(call->out, "serverTime", binance_now_ms(call->desk));
    text_add(call->out,
             ",\"rateLimits\":[{\"rateLimitType\":\"REQUEST_WEIGHT\",\"interval\":\"MINUTE\","
             "\"intervalNum\":1,\"limit\":2400},{\"rateLimitType\":\"ORDERS\",\"interval\":"
             "\"MINUTE\",\"intervalNum\":1,\"limit\":1200},{\"rateLimitType\":\"ORDERS\","
             "\"interval\":\"SECOND\",\"intervalNum\":10,\"limit\":300}],\"symbols\":[");
    for (int32_t i = 0; i < bourse->pairs_count; i++) {
        binance_json_symbol(call->out, &bourse->symbols[i]);
    }
    text_add(call->out, "]}");
    return 200;
}

static int32_t get_depth(const struct call *call)
{
    int32_t pair;
    const int64_t limit = read_number(call->query, "limit", DEPTH_USUAL);
    const int32_t status = require_pair(call, &pair);
    if (status != 200) {
        return status;
    }
    if (limit != 5 && limit != 10 && limit != 20 && limit != 50 && limit != 100 &&
        limit != 500 && limit != 1000) {
        return fail(call, -1130, "Data sent for parameter 'limit' is not valid.");
    }
    const uint64_t id = binance_snapshot_id(call->desk, pair);
    binance_json_depth(call->out, &call->desk->stage->bourse.symbols[pair], (int32_t)limit, id,
                       binance_now_ms(call->desk));
    return 200;
}

typedef void symbol_fn(struct text *out, const struct binance_symbol *symbol, int64_t sent_ms);

/* One symbol, or all of them in a list. */
static int32_t one_or_all(const struct call *call, symbol_fn *say)
{
    int32_t pair;
    const struct bourse *bourse = &call->desk->stage->bourse;
    if (find_pair(call, &pair)) {
        if (pair < 0) {
            return fail(call, -1121, "Invalid symbol.");
        }
        say(call->out, &bourse->symbols[pair], binance_now_ms(call->desk));
        return 200;
    }
    text_add_char(call->out, '[');
    for (int32_t i = 0; i < bourse->pairs_count; i++) {
        say(call->out, &bourse->symbols[i], binance_now_ms(call->desk));
    }
    text_add_char(call->out, ']');
    return 200;
}

static int32_t get_ticker(const struct call *call)
{
    return one_or_all(call, binance_json_book_ticker);
}

static int32_t get_premium(const struct call *call)
{
    return one_or_all(call, binance_json_premium);
}

static int32_t get_klines(const struct call *call)
{
    int32_t pair;
    char interval[WORD_SIZE];
    const int32_t status = require_pair(call, &pair);
    if (status != 200) {
        return status;
    }
    if (!wire_form(call->query, "interval", interval, sizeof(interval)) ||
        strcmp(interval, "1m") != 0) {
        return fail(call, -1120, "Invalid interval.");
    }
    const struct bourse *bourse = &call->desk->stage->bourse;
    const struct candles *candles = &bourse->candles_binance[pair];
    const int64_t limit = read_number(call->query, "limit", KLINES_USUAL);
    const int64_t from_ms = read_number(call->query, "startTime", -1);
    const int64_t to_ms = read_number(call->query, "endTime", INT64_MAX - 1);
    if (limit < 1 || limit > KLINES_MAX) {
        return fail(call, -1130, "Data sent for parameter 'limit' is not valid.");
    }
    int32_t first = from_ms >= 0 ? candles_before(candles, from_ms) : 0;
    int32_t last = to_ms >= 0 ? candles_before(candles, to_ms + 1) : 0;
    if (from_ms >= 0) {
        last = last - first > limit ? first + (int32_t)limit : last;
    } else {
        first = last > limit ? last - (int32_t)limit : 0;
    }
    text_add_char(call->out, '[');
    for (int32_t i = first; i < last; i++) {
        binance_json_kline(call->out, &bourse->symbols[pair], candles_at(candles, i));
    }
    text_add_char(call->out, ']');
    return 200;
}

static int32_t get_funding_info(const struct call *call)
{
    text_add(call->out, "[]");
    return 200;
}

static int32_t weigh_depth(const char *query)
{
    const int64_t limit = read_number(query, "limit", DEPTH_USUAL);
    return limit <= 50 ? 2 : limit <= 100 ? 5 : limit <= 500 ? 10 : 20;
}

static int32_t weigh_klines(const char *query)
{
    const int64_t limit = read_number(query, "limit", KLINES_USUAL);
    return limit < 100 ? 1 : limit < 500 ? 2 : limit <= 1000 ? 5 : 10;
}

static const struct route {
    const char *path, *channel;
    bool timeless;                       /* true whatever was recorded */
    int32_t weight_one, weight_all;      /* of one symbol, or without one */
    int32_t (*weigh)(const char *query); /* by its limit; NULL: as above */
    int32_t (*get)(const struct call *call);
} ROUTES[] = {
    {"/fapi/v1/ping", "rest.ping", true, 1, 1, NULL, get_ping},
    {"/fapi/v1/time", "rest.time", true, 1, 1, NULL, get_time},
    {"/fapi/v1/exchangeInfo", "rest.exchangeInfo", true, 1, 1, NULL, get_info},
    {"/fapi/v1/depth", "rest.depth", false, 0, 0, weigh_depth, get_depth},
    {"/fapi/v1/ticker/bookTicker", "rest.ticker", false, 2, 5, NULL, get_ticker},
    {"/fapi/v1/premiumIndex", "rest.premium", false, 1, 10, NULL, get_premium},
    {"/fapi/v1/klines", "rest.klines", false, 0, 0, weigh_klines, get_klines},
    {"/fapi/v1/fundingInfo", "rest.fundingInfo", true, 0, 0, NULL, get_funding_info},
};

static int32_t weight_of(const struct route *route, const char *query)
{
    char symbol[WORD_SIZE];
    if (route->weigh != NULL) {
        return route->weigh(query);
    }
    return wire_form(query, "symbol", symbol, sizeof(symbol)) ? route->weight_one
                                                              : route->weight_all;
}

static const struct route *find_route(const char *path)
{
    for (size_t i = 0; i < sizeof(ROUTES) / sizeof(ROUTES[0]); i++) {
        if (strcmp(path, ROUTES[i].path) == 0) {
            return &ROUTES[i];
        }
    }
    return NULL;
}

/* A recorded answer of the symbol asked for, or of none. */
static const char *recorded(const struct binance_desk *desk, const struct route *route,
                            const char *query)
{
    char symbol[WORD_SIZE];
    const bool named = wire_form(query, "symbol", symbol, sizeof(symbol));
    return shelf_get(&desk->venue->shelf, route->channel, named ? symbol : "");
}

void binance_rest(struct binance_desk *desk, wire_exchange exchange,
                  const struct wire_request *request)
{
    const struct route *route = find_route(request->path);
    struct text body = text_growing();
    const struct call call = {desk, request->query, &body};
    if (route == NULL || strcmp(request->method, "GET") != 0) {
        text_add(&body, "<html><body><h2>404 Not found</h2></body></html>");
        binance_answer(desk, exchange, 404, &body, 0);
    } else if (binance_admit(desk, exchange, weight_of(route, request->query))) {
        const char *found = recorded(desk, route, request->query);
        const bool unheard = found == NULL && desk->stage->recorded && !route->timeless;
        text_add(&body, found != NULL ? found : "");
        const int32_t status = found != NULL ? 200
                               : unheard     ? fail(&call, -1121, "Invalid symbol.")
                                             : route->get(&call);
        binance_answer(desk, exchange, status, &body, 0);
    }
    text_finish(&body);
}
