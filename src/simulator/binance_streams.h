#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* binance_streams: which streams a client of Binance's sockets wants (VENUES.md 6). */

enum { STREAM_NAME_SIZE = 64, STREAM_SYMBOL_SIZE = 24, STREAMS_MAX = 1024 };

enum stream_kind {
    STREAM_DIFF,
    STREAM_PARTIAL,
    STREAM_TICKER,
    STREAM_MARK,
    STREAM_TRADE,
    STREAM_OTHER, /* exists perhaps, but says nothing here */
};

/* Book streams are served on /public, the others on /market, and nowhere else. */
enum stream_class { STREAM_PUBLIC, STREAM_MARKET };

struct stream_wish {
    char name[STREAM_NAME_SIZE]; /* "btcusdt@depth@100ms" */
    enum stream_kind kind;
    char symbol[STREAM_SYMBOL_SIZE]; /* "BTCUSDT" */
    int32_t depth;                   /* of PARTIAL: 5, 10, 20 */
    int32_t speed_ms;                /* of books 100, 250, 500; of marks 1000, 3000 */
};

struct stream_wishes {
    enum stream_class served;
    int32_t count;
    struct stream_wish *wishes;
};
void stream_wishes_finish(struct stream_wishes *wishes); /* accepts zeroed */

/* Takes a name apart; false: longer than any that exists. */
bool stream_wish_parse(struct stream_wish *out, const char *name, size_t length);
enum stream_class stream_class_of(enum stream_kind kind);
/* Would it be served here? Not when it belongs to the other class: no error, no word. */
bool stream_wish_heard(const struct stream_wishes *wishes, const struct stream_wish *wish);

/* Each once; false: too many. */
bool stream_wishes_add(struct stream_wishes *wishes, const char *name, size_t length);
void stream_wishes_remove(struct stream_wishes *wishes, const char *name);
/* "a/b/c", of a query or a path. */
bool stream_wishes_add_list(struct stream_wishes *wishes, const char *names);
