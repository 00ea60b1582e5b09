#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/net.h"
#include "target.h"
#include "websockets.h"

/* channel: one connection of a line, from its name to its end.
 *
 * It tells of its opening, its messages and, once, of its end. It keeps no deadlines: whoever
 * waits for it closes it. */

struct channel_end {
    enum net_fault fault;
    char text[160]; /* fit for a terminal */
    int32_t status;
    int64_t retry_after_ms;
};

struct channel_calls {
    void (*opened)(void *context);
    void (*message)(void *context, const char *bytes, size_t size, bool binary,
                    int64_t mono_ns);
    void (*pong)(void *context, int64_t sent_ns); /* 0: an answer to no ping of ours */
    void (*ended)(void *context, const struct channel_end *end); /* it is gone */
    void *context;
};

struct channel_options {
    const struct target *target; /* this and the headers: as long as the channel is not gone */
    char *const *headers;
    int32_t headers_count;
    size_t message_size_max;
    uint32_t turn; /* which address of several comes first */
};

struct channel;
/* Makes no call before it has returned. */
struct channel *channel_open(struct websockets *all, const struct channel_options *options,
                             const struct channel_calls *calls);
/* No call is made after it. With a good-bye to the server if it is `polite`. Accepts NULL. */
void channel_close(struct channel *channel, bool polite);

bool channel_send(struct channel *channel, const char *text, size_t size);
void channel_ping(struct channel *channel, int64_t now_ns);
/* When the last byte of any kind came. Call it on an open channel only. */
int64_t channel_heard_ns(const struct channel *channel, int64_t now_ns);

#define CHANNEL_PROTOCOL "line"
int channel_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                     size_t size);
