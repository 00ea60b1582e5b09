#include <string.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "say.h"
#include "upbit_parts.h"

enum {
    MARKETS_TEXT_SIZE = 16384,
    WORD_SIZE = 64,
    CANDLES_ANSWER_MAX = 200,
};

/* What a call works on: the question, and the list it writes. */
struct call {
    struct upbit_desk *desk;
    const char *query;
    struct text *out;
};

static int32_t fail(const struct call *call, int32_t status, const char *message)
{
    text_clear(call->out);
    upbit_json_error_number(call->out, status, message);
    return status;
}

static int32_t missing(const struct call *call)
{
    return fail(call, 400, "Missing request parameter error. Check the required parameters!");
}

static int32_t wrong_type(const struct call *call)
{
    return fail(call, 400, "Type mismatch error. Check the parameters type!");
}

/* A whole number from the query; `usual` when it is not there; false: it is no number. */
static bool read_count(const struct call *call, const char *name, int32_t usual, int32_t *out)
{
    int64_t value = usual;
    const bool read = wire_form_integer(call->query, name, &value);
    *out = value > 0 && value < INT32_MAX ? (int32_t)value : usual;
    return read;
}

typedef void market_fn(const struct call *call, int32_t market, int32_t count);

/* Calls for each market of `markets=KRW-BTC,KRW-ETH`; one that is unknown fails all. */
static int32_t each_market(const struct call *call, market_fn *say, int32_t count)
{
    char markets[MARKETS_TEXT_SIZE];
    if (!wire_form(call->query, "markets", markets, sizeof(markets)) || markets[0] == '\0') {
        return missing(call);
    }
    char *rest = markets;
    for (char *code = strtok_r(rest, ",", &rest); code != NULL;
         code = strtok_r(NULL, ",", &rest)) {
        const int32_t market = bourse_find_market(&call->desk->stage->bourse, code);
        if (market < 0) {
            return fail(call, 404, "Code not found");
        }
        say(call, market, count);
    }
    return 200;
}

static void say_book(const struct call *call, int32_t market, int32_t count)
{
    struct upbit_market shown;
    upbit_show(call->desk, market, &shown);
    upbit_json_book(call->out, UPBIT_FORM_REST, &shown, count, true);
}

static int32_t get_book(const struct call *call)
{
    int32_t count;
    if (!read_count(call, "count", UPBIT_DEPTH_MAX, &count)) {
        return wrong_type(call);
    }
    return each_market(call, say_book, count < UPBIT_DEPTH_MAX ? count : UPBIT_DEPTH_MAX);
}

static void say_instrument(const struct call *call, int32_t market, int32_t count)
{
    upbit_json_instrument(call->out, &call->desk->stage->bourse.markets[market]);
}

static int32_t get_instruments(const struct call *call)
{
    return each_market(call, say_instrument, 0);
}

static void say_ticker(const struct call *call, int32_t market, int32_t count)
{
    struct upbit_market shown;
    upbit_show(call->desk, market, &shown);
    upbit_json_ticker(call->out, UPBIT_FORM_REST, &shown, true);
}

static int32_t get_ticker(const struct call *call)
{
    return each_market(call, say_ticker, 0);
}

static int32_t get_markets(const struct call *call)
{
    const struct bourse *bourse = &call->desk->stage->bourse;
    char word[WORD_SIZE];
    const bool details =
        wire_form(call->query, "is_details", word, sizeof(word)) && strcmp(word, "true") == 0;
    for (int32_t i = 0; i < bourse_markets(bourse); i++) {
        upbit_json_listing(call->out, &bourse->markets[i], details);
    }
    return 200;
}

/* The one market of `market=`. */
static int32_t find_market(const struct call *call, int32_t *out)
{
    char code[UPBIT_CODE_SIZE];
    if (!wire_form(call->query, "market", code, sizeof(code)) || code[0] == '\0') {
        return missing(call);
    }
    *out = bourse_find_market(&call->desk->stage->bourse, code);
    return *out >= 0 ? 200 : fail(call, 404, "Code not found");
}

static int32_t get_trades(const struct call *call)
{
    int32_t market;
    const int32_t status = find_market(call, &market);
    if (status == 200 && call->desk->stage->bourse.markets[market].trade.id > 0) {
        struct upbit_market shown;
        upbit_show(call->desk, market, &shown);
        upbit_json_trade(call->out, UPBIT_FORM_REST, &shown, true);
    }
    return status;
}

/* `to` is exclusive; newest first. */
static int32_t get_candles(const struct call *call)
{
    int32_t market, count;
    char word[WORD_SIZE];
    int64_t to_ns = INT64_MAX;
    const int32_t status = find_market(call, &market);
    if (status != 200) {
        return status;
    }
    if (!read_count(call, "count", 1, &count) ||
        (wire_form(call->query, "to", word, sizeof(word)) && word[0] != '\0' &&
         !calendar_parse(word, strlen(word), &to_ns))) {
        return wrong_type(call);
    }
    const struct bourse *bourse = &call->desk->stage->bourse;
    const struct candles *candles = &bourse->candles_upbit[market];
    int32_t at = candles_before(candles, to_ns / CLOCK_NS_PER_MS);
    count = count < CANDLES_ANSWER_MAX ? count : CANDLES_ANSWER_MAX;
    for (; at > 0 && count > 0; at--, count--) {
        upbit_json_candle(call->out, &bourse->markets[market], candles_at(candles, at - 1));
    }
    return 200;
}

static const struct route {
    const char *path;
    int group;
    const char *channel; /* of recorded answers */
    bool timeless;       /* true of a market whatever was recorded of it */
    int32_t (*get)(const struct call *call);
} ROUTES[] = {
    {"/v1/market/all", UPBIT_GROUP_MARKET, "rest.markets", true, get_markets},
    {"/v1/orderbook", UPBIT_GROUP_BOOK, "rest.orderbook", false, get_book},
    {"/v1/orderbook/instruments", UPBIT_GROUP_BOOK, "rest.instruments", true, get_instruments},
    {"/v1/ticker", UPBIT_GROUP_TICKER, "rest.ticker", false, get_ticker},
    {"/v1/trades/ticks", UPBIT_GROUP_TRADE, "rest.trades", false, get_trades},
    {"/v1/candles/minutes/1", UPBIT_GROUP_CANDLE, "rest.candles", false, get_candles},
};

static const struct route *find_route(const struct wire_request *request)
{
    for (size_t i = 0; i < sizeof(ROUTES) / sizeof(ROUTES[0]); i++) {
        if (strcmp(request->method, "GET") == 0 && strcmp(request->path, ROUTES[i].path) == 0) {
            return &ROUTES[i];
        }
    }
    return NULL;
}

void upbit_rest(struct upbit_desk *desk, wire_exchange exchange,
                const struct wire_request *request)
{
    const struct route *route = find_route(request);
    if (route == NULL) {
        upbit_refuse_as(desk, exchange, 404, "not_found", "no Route matched with those values");
        return;
    }
    if (!upbit_admit(desk, exchange, route->group)) {
        return;
    }
    struct text body = text_growing();
    const struct call call = {desk, request->query, &body};
    const char *recorded = shelf_get(&desk->venue->shelf, route->channel, "");
    int32_t status = 200;
    if (recorded != NULL) {
        text_add(&body, recorded);
    } else if (desk->stage->recorded && !route->timeless) {
        status = fail(&call, 404, "Code not found");
    } else {
        text_add_char(&body, '[');
        status = route->get(&call);
        text_add(&body, status == 200 ? "]" : "");
    }
    upbit_answer(desk, exchange, status, &body, route->group);
    text_finish(&body);
}
