#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "simulator/identity.h"

/* wire_stream: bytes to and from one client, plain or through TLS, never waiting. */

struct wire_tls; /* what all TLS connections share */
bool wire_tls_create(struct wire_tls **out, const char *folder, enum wire_identity identity,
                     struct err *err);
void wire_tls_destroy(struct wire_tls *tls); /* accepts NULL */
bool wire_tls_identify(struct wire_tls *tls, enum wire_identity identity, struct err *err);

struct wire_stream {
    int fd;
    void *ssl;            /* NULL: plain */
    bool shaken;          /* the TLS handshake is behind us, or there is none */
    bool blocked_reading; /* what was tried last cannot go on before bytes come, */
    bool blocked_writing; /* or before bytes can go */
};
/* Takes the descriptor over; `tls` NULL: plain. */
void wire_stream_open(struct wire_stream *stream, int fd, struct wire_tls *tls);
void wire_stream_close(struct wire_stream *stream, bool reset);

enum wire_stream_result {
    WIRE_STREAM_FINE,
    WIRE_STREAM_BLOCKED,
    WIRE_STREAM_END,    /* the client sends no more */
    WIRE_STREAM_BROKEN, /* the connection is gone */
};
enum wire_stream_result wire_stream_shake(struct wire_stream *stream);
enum wire_stream_result wire_stream_read(struct wire_stream *stream, void *bytes, size_t size,
                                         size_t *got);
enum wire_stream_result wire_stream_write(struct wire_stream *stream, const void *bytes,
                                          size_t size, size_t *sent);
/* Are there decrypted bytes that poll() does not know of? */
bool wire_stream_pending(const struct wire_stream *stream);
/* Says that no more will be sent; `orderly` also within TLS. */
void wire_stream_end(struct wire_stream *stream, bool orderly);
