#include "books.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/rng.h"

enum { UPBIT_LEVELS = 15, BINANCE_LEVELS = 20 };

const char BOOKS_FX[] =
    "{\"type\":\"orderbook\",\"code\":\"KRW-USDT\",\"timestamp\":1790134742000,"
    "\"total_ask_size\":10,\"total_bid_size\":10,\"orderbook_units\":[{\"ask_price\":1515,"
    "\"bid_price\":1514,\"ask_size\":1000,\"bid_size\":1000}],\"stream_type\":\"SNAPSHOT\","
    "\"level\":0}";

__attribute__((format(printf, 2, 3))) static void add(struct books_message *message,
                                                      const char *format, ...)
{
    va_list args;
    va_start(args, format);
    message->length += (size_t)vsnprintf(message->bytes + message->length,
                                         BOOKS_MESSAGE_SIZE - message->length, format, args);
    va_end(args);
}

static double size(struct rng *rng)
{
    return 0.0001 + rng_exponential(rng) * 0.2;
}

/* A big price as the socket writes it: 1.16539E8. */
static void make_upbit(struct books_message *out, struct rng *rng, int64_t index, int64_t ticks)
{
    add(out,
        "{\"type\":\"orderbook\",\"code\":\"KRW-BTC\",\"timestamp\":%lld,"
        "\"total_ask_size\":%.8f,\"total_bid_size\":%.8f,\"orderbook_units\":[",
        (long long)(BOOKS_START_MS + index * 100), 10 * size(rng), 10 * size(rng));
    for (int i = 0; i < UPBIT_LEVELS; i++) {
        add(out,
            "%s{\"ask_price\":%.5fE8,\"bid_price\":%.5fE8,\"ask_size\":%.8f,"
            "\"bid_size\":%.8f}",
            i > 0 ? "," : "", (double)(ticks + 1 + i) / 1e5, (double)(ticks - i) / 1e5,
            size(rng), size(rng));
    }
    add(out, "],\"stream_type\":\"REALTIME\",\"level\":0}");
}

static void make_side(struct books_message *out, struct rng *rng, int64_t first, int step)
{
    for (int i = 0; i < BINANCE_LEVELS; i++) {
        add(out, "%s[\"%.2f\",\"%.3f\"]", i > 0 ? "," : "", (double)(first + i * step) / 10,
            size(rng));
    }
}

static void make_binance(struct books_message *out, struct rng *rng, int64_t index,
                         int64_t ticks)
{
    const long long id = 5123135475514 + index * 1000;
    add(out,
        "{\"stream\":\"btcusdt@depth20@100ms\",\"data\":{\"e\":\"depthUpdate\",\"E\":%lld,"
        "\"T\":%lld,\"s\":\"BTCUSDT\",\"ps\":\"BTCUSDT\",\"st\":1,\"U\":%lld,\"u\":%lld,"
        "\"pu\":%lld,\"b\":[",
        (long long)(BOOKS_START_MS + index * 100),
        (long long)(BOOKS_START_MS + index * 100 - 3), id, id + 900, id - 100);
    make_side(out, rng, ticks, -1);
    add(out, "],\"a\":[");
    make_side(out, rng, ticks + 1, 1);
    add(out, "]}}");
}

struct books *books_make(void)
{
    struct books *books = mem_zalloc(sizeof(*books));
    struct rng rng;
    int64_t krw = 116539, usdt = 769529;
    rng_seed(&rng, 1, rng_salt("decode_cost"));
    for (int i = 0; i < BOOKS_PAIRS_MAX; i++) {
        krw += (int64_t)rng_below(&rng, 5) - 2;
        usdt += (int64_t)rng_below(&rng, 41) - 20;
        make_upbit(&books->upbit[i], &rng, i, krw);
        make_binance(&books->binance[i], &rng, i, usdt);
    }
    return books;
}
