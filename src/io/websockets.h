#pragma once
#include <stdint.h>

#include <libwebsockets.h>
#include <uv.h>

#include "io/loop.h"
#include "io/websocket.h"

/* websockets: libwebsockets and the loop it wants, inside ours.
 *
 * Debian's libwebsockets hands no descriptors out; it takes a loop of libuv. That is a value
 * with one descriptor and one deadline (uv_backend_fd, uv_backend_timeout): io/loop waits for
 * both, and each time libuv takes one turn that does not block. */

struct websockets {
    struct loop *loop;
    uv_loop_t uv;
    struct lws_context *lws;
    uint64_t timer;
    bool stirred; /* something was asked of libwebsockets since the last turn */
    int32_t lines, channels;
};

/* To be called after anything was asked of libwebsockets outside its own callbacks: libuv hears
 * of it in its next turn only. */
void websockets_stir(struct websockets *all);
