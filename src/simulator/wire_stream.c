#include "wire_stream.h"

#include <assert.h>
#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

enum { PATH_SIZE = 4096 };

struct wire_tls {
    const char *folder; /* our copy */
    SSL_CTX *context;
    BIO_METHOD *method;
};

/* OpenSSL's own socket BIO writes without MSG_NOSIGNAL: a client that hangs up would end us. */
static int bio_write(BIO *bio, const char *bytes, int size)
{
    const struct wire_stream *stream = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    const ssize_t sent = send(stream->fd, bytes, (size_t)size, MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
        BIO_set_retry_write(bio);
    }
    return (int)sent;
}

static int bio_read(BIO *bio, char *bytes, int size)
{
    const struct wire_stream *stream = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    const ssize_t got = recv(stream->fd, bytes, (size_t)size, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        BIO_set_retry_read(bio);
    }
    return (int)got;
}

static long bio_control(BIO *bio, int command, long number, void *pointer)
{
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static bool load_identity(SSL_CTX *context, const char *folder, enum wire_identity identity,
                          struct err *err)
{
    char certificate[PATH_SIZE];
    char key[PATH_SIZE];
    const char *name = wire_identity_name(identity);
    text_cut(certificate, sizeof(certificate), "%s/%s.pem", folder, name);
    text_cut(key, sizeof(key), "%s/%s.key", folder, name);
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1) {
        return err_set(err, ERR_INPUT, "'%s' is no certificate: %s", certificate,
                       ERR_reason_error_string(ERR_peek_last_error()));
    }
    if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
        return err_set(err, ERR_INPUT, "'%s' is not the key of '%s': %s", key, certificate,
                       ERR_reason_error_string(ERR_peek_last_error()));
    }
    return true;
}

bool wire_tls_identify(struct wire_tls *tls, enum wire_identity identity, struct err *err)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    assert(context != NULL);
    if (!load_identity(context, tls->folder, identity, err)) {
        SSL_CTX_free(context);
        return false;
    }
    SSL_CTX_set_mode(context,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    const bool old = identity == WIRE_IDENTITY_OLD;
    SSL_CTX_set_min_proto_version(context, old ? TLS1_VERSION : TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(context, old ? TLS1_1_VERSION : 0);
    if (old) {
        SSL_CTX_set_cipher_list(context, "DEFAULT:@SECLEVEL=0");
    }
    SSL_CTX_free(tls->context); /* connections that use it keep it */
    tls->context = context;
    return true;
}

bool wire_tls_create(struct wire_tls **out, const char *folder, enum wire_identity identity,
                     struct err *err)
{
    struct wire_tls *tls = mem_zalloc(sizeof(*tls));
    tls->folder = mem_copy_string(folder);
    tls->method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "client");
    assert(tls->method != NULL);
    BIO_meth_set_write(tls->method, bio_write);
    BIO_meth_set_read(tls->method, bio_read);
    BIO_meth_set_ctrl(tls->method, bio_control);
    if (!wire_tls_identify(tls, identity, err)) {
        wire_tls_destroy(tls);
        return false;
    }
    *out = tls;
    return true;
}

void wire_tls_destroy(struct wire_tls *tls)
{
    if (tls == NULL) {
        return;
    }
    SSL_CTX_free(tls->context);
    BIO_meth_free(tls->method);
    mem_free((char *)tls->folder);
    mem_free(tls);
}

void wire_stream_open(struct wire_stream *stream, int fd, struct wire_tls *tls)
{
    *stream = (struct wire_stream){.fd = fd, .shaken = tls == NULL};
    if (tls == NULL) {
        return;
    }
    SSL *ssl = SSL_new(tls->context);
    BIO *bio = BIO_new(tls->method);
    assert(ssl != NULL && bio != NULL);
    BIO_set_data(bio, stream);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);
    SSL_set_accept_state(ssl);
    stream->ssl = ssl;
}

void wire_stream_close(struct wire_stream *stream, bool reset)
{
    const struct linger linger = {.l_onoff = 1, .l_linger = 0};
    if (reset) {
        setsockopt(stream->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    }
    SSL_free(stream->ssl);
    close(stream->fd);
    *stream = (struct wire_stream){.fd = -1};
}

/* What the last call on the socket itself says; it gave -1. */
static enum wire_stream_result plain_result(struct wire_stream *stream, bool writing)
{
    if (errno != EAGAIN && errno != EINTR) {
        return WIRE_STREAM_BROKEN;
    }
    stream->blocked_writing = writing;
    stream->blocked_reading = !writing;
    return WIRE_STREAM_BLOCKED;
}

static enum wire_stream_result tls_result(struct wire_stream *stream, int result)
{
    const int error = SSL_get_error(stream->ssl, result);
    stream->blocked_reading = error == SSL_ERROR_WANT_READ;
    stream->blocked_writing = error == SSL_ERROR_WANT_WRITE;
    if (error == SSL_ERROR_NONE) {
        return WIRE_STREAM_FINE;
    }
    if (error == SSL_ERROR_ZERO_RETURN) {
        return WIRE_STREAM_END;
    }
    return stream->blocked_reading || stream->blocked_writing ? WIRE_STREAM_BLOCKED
                                                              : WIRE_STREAM_BROKEN;
}

enum wire_stream_result wire_stream_shake(struct wire_stream *stream)
{
    if (stream->shaken) {
        return WIRE_STREAM_FINE;
    }
    ERR_clear_error();
    const enum wire_stream_result result = tls_result(stream, SSL_accept(stream->ssl));
    stream->shaken = result == WIRE_STREAM_FINE;
    return result == WIRE_STREAM_END ? WIRE_STREAM_BROKEN : result;
}

enum wire_stream_result wire_stream_read(struct wire_stream *stream, void *bytes, size_t size,
                                         size_t *got)
{
    *got = 0;
    stream->blocked_reading = stream->blocked_writing = false;
    if (stream->ssl != NULL) {
        ERR_clear_error();
        return tls_result(stream, SSL_read_ex(stream->ssl, bytes, size, got));
    }
    const ssize_t count = recv(stream->fd, bytes, size, 0);
    if (count < 0) {
        return plain_result(stream, false);
    }
    *got = (size_t)count;
    return count > 0 ? WIRE_STREAM_FINE : WIRE_STREAM_END;
}

enum wire_stream_result wire_stream_write(struct wire_stream *stream, const void *bytes,
                                          size_t size, size_t *sent)
{
    *sent = 0;
    stream->blocked_reading = stream->blocked_writing = false;
    if (stream->ssl != NULL) {
        ERR_clear_error();
        const enum wire_stream_result result =
            tls_result(stream, SSL_write_ex(stream->ssl, bytes, size, sent));
        return result == WIRE_STREAM_END ? WIRE_STREAM_BROKEN : result;
    }
    const ssize_t count = send(stream->fd, bytes, size, MSG_NOSIGNAL);
    if (count < 0) {
        return plain_result(stream, true);
    }
    *sent = (size_t)count;
    return WIRE_STREAM_FINE;
}

bool wire_stream_pending(const struct wire_stream *stream)
{
    return stream->ssl != NULL && SSL_pending(stream->ssl) > 0;
}

void wire_stream_end(struct wire_stream *stream, bool orderly)
{
    if (orderly && stream->ssl != NULL && stream->shaken) {
        ERR_clear_error();
        SSL_shutdown(stream->ssl);
    }
    shutdown(stream->fd, SHUT_WR);
}
