#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "io/loop.h"
#include "io/net.h"

/* websocket: a line to a server that lasts. It connects, subscribes, pings, notices silence,
 * and connects again, for as long as its owner wants it.
 *
 * libwebsockets underneath, on the caller's loop and thread. After a loss it waits longer each
 * time, with jitter, and counts from the beginning again only once data came. Before the age at
 * which the server would cut the connection it opens another one and both deliver for a while,
 * so that nothing is missed; a message may then come twice. A line goes straight to the server:
 * proxies of the environment are not for it. */

struct websockets; /* what all lines of a loop share */
bool websockets_create(struct websockets **out, struct loop *loop, const char *ca_file,
                       struct err *err);         /* ca_file NULL: the system's certificates */
void websockets_destroy(struct websockets *all); /* after its lines; accepts NULL */

enum { WEBSOCKET_HELLO_MAX = 8 };

struct websocket_options {
    const char *url; /* ws:// or wss:// with path and query */
    const char *const *headers;
    int32_t headers_count;
    /* Sent in this order after every opening: the subscriptions. Borrowed. */
    const char *hello[WEBSOCKET_HELLO_MAX];
    int32_t hello_count;
    size_t message_size_max; /* longer ones end the connection as NET_OVERSIZE */
    int64_t connect_ms;      /* for name, connection and handshake */
    int64_t ping_ms;         /* a ping of ours so often */
    int64_t silence_ms;      /* without a byte of any kind the connection is lost */
    int64_t back_off_ms;     /* before the first new attempt; doubles */
    int64_t back_off_max_ms;
    int64_t lifetime_ms; /* a successor is opened at this age; 0: never */
    int64_t overlap_ms;  /* both deliver for so long after the successor's first message */
    uint64_t seed;       /* of the jitter */
};

enum websocket_change {
    WEBSOCKET_OPENED,   /* connected; hellos are on their way. What was known is outdated */
    WEBSOCKET_REPLACED, /* the successor has taken over without a gap */
    WEBSOCKET_LOST,     /* no connection; `fault` and `text` say why, `wait_ms` until when */
};

struct websocket_news {
    enum websocket_change change;
    enum net_fault fault;   /* of LOST */
    const char *text;       /* fit for a terminal; borrowed during the call */
    int32_t status;         /* HTTP status of a refused handshake; 0 none */
    int64_t retry_after_ms; /* what such an answer asked for; 0 nothing */
    int64_t wait_ms;        /* of LOST: until the next attempt */
};

struct websocket_calls {
    void (*news)(void *context, const struct websocket_news *news);
    /* One whole message; borrowed during the call. `mono_ns` is when its last byte was read. */
    void (*message)(void *context, const char *bytes, size_t size, bool binary,
                    int64_t mono_ns);
    void *context;
};

/* What the line went through. */
struct websocket_stats {
    uint64_t connects, losses, replaced;
    uint64_t messages, bytes;
    uint64_t pings, pongs;
    int64_t heard_mono_ns;      /* any byte, pongs among them; 0 never */
    int64_t round_trip_ns;      /* of the last ping; 0 unknown */
    int64_t round_trip_mono_ns; /* when its pong came */
    int64_t ping_waits_ns;      /* since a ping of ours is without its pong; 0 none is */
    bool open;
};

struct websocket;
/* Begins to connect at once. Errors: a URL that is none. */
bool websocket_open(struct websocket **out, struct websockets *all,
                    const struct websocket_options *options,
                    const struct websocket_calls *calls, struct err *err);
/* With a good-bye to the server. No call is made after it; it may stand in one. Accepts NULL.
 */
void websocket_close(struct websocket *line);
/* Text; false: not open. */
bool websocket_send(struct websocket *line, const char *text, size_t size);
/* Gives up the present connection, as if it had been lost for this: no whole message came since
 * then, which the news says. */
void websocket_renew(struct websocket *line, enum net_fault fault, int64_t since_mono_ns);
/* No attempt before that time: a venue that banned us. */
void websocket_hold_until(struct websocket *line, int64_t mono_ns);
const struct websocket_stats *websocket_stats(const struct websocket *line);
