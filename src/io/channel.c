#include "channel.h"

#include <assert.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/safe.h"
#include "base/text.h"
#include "resolve.h"

enum {
    OUTGOING_MAX = 64,
    RETRY_AFTER_S_MAX = 7 * 24 * 60 * 60,
};

struct outgoing {
    unsigned char *bytes; /* LWS_PRE of them free, as libwebsockets wants it */
    size_t size;
};

struct channel {
    struct websockets *all;
    struct channel_options options;
    struct channel_calls calls;
    struct resolve *resolve;
    struct addresses addresses;
    int32_t tried; /* addresses */
    struct lws *wsi;
    bool connecting;        /* libwebsockets is asked right now */
    bool open, closed;      /* closed: nobody listens any more */
    struct channel_end end; /* what is known of it so far */
    struct text message;    /* so far */
    struct outgoing outgoing[OUTGOING_MAX];
    int32_t outgoing_count;
    int64_t ping_ns; /* of the last one */
    bool ping_due;
};

/* TCP's own account of the connection. */
static struct tcp_info look_at(struct lws *wsi)
{
    struct tcp_info info = {.tcpi_state = TCP_CLOSE};
    socklen_t size = sizeof(info);
    const int fd = lws_get_socket_fd(wsi);
    if (fd >= 0 && getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) {
        info = (struct tcp_info){.tcpi_state = TCP_CLOSE};
    }
    return info;
}

static void set_end(struct channel *channel, enum net_fault fault, const char *text,
                    size_t size)
{
    if (channel->end.fault == NET_NONE) {
        channel->end.fault = fault;
        safe_text(channel->end.text, sizeof(channel->end.text), text, size);
    }
}

static void set_end_text(struct channel *channel, enum net_fault fault, const char *text)
{
    set_end(channel, fault, text, strlen(text));
}

static void release(struct channel *channel)
{
    resolve_cancel(channel->resolve);
    for (int32_t i = 0; i < channel->outgoing_count; i++) {
        mem_free(channel->outgoing[i].bytes);
    }
    text_finish(&channel->message);
    channel->all->channels--;
    mem_free(channel);
}

static void tell_end(struct channel *channel)
{
    if (!channel->closed) {
        channel->closed = true;
        channel->calls.ended(channel->calls.context, &channel->end);
    }
}

/* Whether it was about encryption. A server that is gone without a byte was not asked yet. */
static bool failed_in_tls(SSL *tls, const char *words)
{
    return tls != NULL && (SSL_get_verify_result(tls) != X509_V_OK ||
                           (strncmp(words, "connect SSL err", 15) == 0 &&
                            BIO_number_read(SSL_get_rbio(tls)) > 0));
}

/* Every certificate error has its own words; what else goes wrong has none. */
static void end_in_tls(struct channel *channel, SSL *tls)
{
    const long verified = SSL_get_verify_result(tls);
    set_end_text(channel, NET_TLS,
                 verified != X509_V_OK ? X509_verify_cert_error_string(verified)
                                       : "encryption cannot be agreed on");
}

static int64_t retry_after_ms(struct lws *wsi)
{
    char text[32];
    int64_t value_s = 0;
    const int length = lws_hdr_copy(wsi, text, sizeof(text), WSI_TOKEN_HTTP_RETRY_AFTER);
    const bool known = length > 0 && num_parse_int64(text, (size_t)length, &value_s) &&
                       value_s > 0 && value_s <= RETRY_AFTER_S_MAX;
    return known ? value_s * 1000 : 0;
}

/* Before it opened. `words` are libwebsockets' and not made for operators. */
static void end_unopened(struct channel *channel, struct lws *wsi, const char *words)
{
    const int status = (int)lws_http_client_http_response(wsi);
    SSL *tls = lws_get_ssl(wsi);
    char text[64];
    if (status == 101) {
        set_end_text(channel, NET_GARBAGE, "the answer to the handshake is no WebSocket's");
    } else if (status > 0) {
        channel->end.status = status;
        channel->end.retry_after_ms = retry_after_ms(wsi);
        set_end_text(channel, NET_REFUSED,
                     text_cut(text, sizeof(text), "refused with status %d", status));
    } else if (failed_in_tls(tls, words)) {
        end_in_tls(channel, tls);
    } else if (look_at(wsi).tcpi_rtt == 0) {
        set_end_text(channel, NET_CONNECT, "nobody takes the connection");
    } else {
        set_end_text(channel, NET_RESET, "cut before it opened");
    }
}

/* libwebsockets closes without a word, be the bytes no frames or the other side gone. In the
 * latter case TCP knows of an end that was not ours. */
static void end_opened(struct channel *channel, struct lws *wsi)
{
    const int state = look_at(wsi).tcpi_state;
    if (state == TCP_ESTABLISHED || state == TCP_FIN_WAIT1 || state == TCP_FIN_WAIT2) {
        set_end_text(channel, NET_GARBAGE, "what came is no frame of a WebSocket");
    } else if (channel->message.length > 0 || lws_remaining_packet_payload(wsi) > 0) {
        set_end_text(channel, NET_TRUNCATED, "cut within a message");
    } else {
        set_end_text(channel, NET_RESET, "the connection was cut");
    }
}

static void take_good_bye(struct channel *channel, const unsigned char *bytes, size_t size)
{
    struct text text = text_growing();
    text_add(&text, "closed by the server");
    if (size >= 2) {
        text_addf(&text, ": %d ", bytes[0] << 8 | bytes[1]);
        text_add_bytes(&text, (const char *)bytes + 2, size - 2);
    }
    while (text.length > 0 && text.data[text.length - 1] == ' ') {
        text.length--;
    }
    set_end(channel, NET_CLOSED, text.data, text.length);
    text_finish(&text);
    tell_end(channel);
}

/* Without a word: libwebsockets would go on reading until the server answers a close frame, and
 * after a piece that was refused it no longer knows where its own buffer ends. */
static int too_long(struct channel *channel)
{
    set_end_text(channel, NET_OVERSIZE, "the message is too long");
    tell_end(channel);
    return -1;
}

static int take_piece(struct channel *channel, struct lws *wsi, const char *bytes, size_t size)
{
    const int64_t now_ns = clock_monotonic_ns();
    const size_t max = channel->options.message_size_max;
    const size_t had = channel->message.length;
    if (size > max - had || lws_remaining_packet_payload(wsi) > max - had - size) {
        return too_long(channel);
    }
    const bool last = lws_is_final_fragment(wsi) != 0;
    const bool binary = lws_frame_is_binary(wsi) != 0;
    if (last && had == 0) {
        channel->calls.message(channel->calls.context, bytes, size, binary, now_ns);
        return 0;
    }
    text_add_bytes(&channel->message, bytes, size);
    if (last) {
        channel->calls.message(channel->calls.context, channel->message.data,
                               channel->message.length, binary, now_ns);
        text_clear(&channel->message);
    }
    return 0;
}

static int add_headers(struct channel *channel, struct lws *wsi, unsigned char **at,
                       size_t size)
{
    unsigned char *const end = *at + size;
    for (int32_t i = 0; i < channel->options.headers_count; i++) {
        const char *header = channel->options.headers[i];
        const char *value = strchr(header, ':') + 1;
        char name[64];
        text_cut(name, sizeof(name), "%.*s", (int)(value - header), header);
        value += strspn(value, " ");
        if (lws_add_http_header_by_name(wsi, (const unsigned char *)name,
                                        (const unsigned char *)value, (int)strlen(value), at,
                                        end) != 0) {
            set_end_text(channel, NET_CANCELLED, "the headers are too long");
            return -1;
        }
    }
    return 0;
}

static void take_pong(struct channel *channel, const char *bytes, size_t size)
{
    int64_t sent_ns = 0;
    if (size == sizeof(sent_ns)) {
        memcpy(&sent_ns, bytes, sizeof(sent_ns));
    }
    channel->calls.pong(channel->calls.context, sent_ns == channel->ping_ns ? sent_ns : 0);
}

static bool write_ping(struct channel *channel)
{
    unsigned char bytes[LWS_PRE + sizeof(channel->ping_ns)];
    memcpy(&bytes[LWS_PRE], &channel->ping_ns, sizeof(channel->ping_ns));
    channel->ping_due = false;
    return lws_write(channel->wsi, &bytes[LWS_PRE], sizeof(channel->ping_ns), LWS_WRITE_PING) >=
           0;
}

static bool write_next(struct channel *channel)
{
    const struct outgoing next = channel->outgoing[0];
    channel->outgoing_count--;
    memmove(&channel->outgoing[0], &channel->outgoing[1],
            (size_t)channel->outgoing_count * sizeof(next));
    const int put = lws_write(channel->wsi, &next.bytes[LWS_PRE], next.size, LWS_WRITE_TEXT);
    mem_free(next.bytes);
    return put >= 0;
}

/* One frame a time: libwebsockets says when the next may be written. */
static int take_room(struct channel *channel)
{
    if (channel->ping_due ? !write_ping(channel)
                          : channel->outgoing_count > 0 && !write_next(channel)) {
        return -1;
    }
    if (channel->ping_due || channel->outgoing_count > 0) {
        lws_callback_on_writable(channel->wsi);
    }
    return 0;
}

static int take_event(struct channel *channel, struct lws *wsi,
                      enum lws_callback_reasons reason, void *in, size_t size)
{
    switch (reason) {
    case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
        return add_headers(channel, wsi, in, size);
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
        channel->open = true;
        channel->calls.opened(channel->calls.context);
        return 0;
    case LWS_CALLBACK_CLIENT_RECEIVE:
        return take_piece(channel, wsi, in, size);
    case LWS_CALLBACK_CLIENT_RECEIVE_PONG:
        take_pong(channel, in, size);
        return 0;
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        take_good_bye(channel, in, size);
        return 0;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        end_unopened(channel, wsi, in != NULL ? in : "");
        return 0;
    case LWS_CALLBACK_CLIENT_CLOSED:
        end_opened(channel, wsi);
        return 0;
    default:
        return 0;
    }
}

static void connect_next(struct channel *channel);

/* No connection is left: there is another address, or this was the end. */
static void settle(struct channel *channel)
{
    if (!channel->closed && channel->end.fault == NET_CONNECT &&
        channel->tried < channel->addresses.count) {
        channel->end = (struct channel_end){.fault = NET_NONE};
        connect_next(channel);
        return;
    }
    set_end_text(channel, NET_RESET, "cut before it opened");
    tell_end(channel);
    release(channel);
}

/* May fail at once, with all its callbacks in between; what it writes to must outlive that. */
static void connect_next(struct channel *channel)
{
    const struct target *target = channel->options.target;
    const uint32_t which = channel->options.turn + (uint32_t)channel->tried;
    const struct lws_client_connect_info info = {
        .context = channel->all->lws,
        .address = channel->addresses.text[which % (uint32_t)channel->addresses.count],
        .port = target->port,
        .path = target->path,
        .host = target->label,
        .local_protocol_name = CHANNEL_PROTOCOL,
        .ssl_connection = LCCSCF_HTTP_NO_FOLLOW_REDIRECT | (target->tls ? LCCSCF_USE_SSL : 0),
        .alpn = "http/1.1",
        .opaque_user_data = channel,
        .pwsi = &channel->wsi,
    };
    channel->tried++;
    channel->connecting = true;
    const bool begun = lws_client_connect_via_info(&info) != NULL;
    channel->connecting = false;
    websockets_stir(channel->all);
    if (!begun) {
        channel->wsi = NULL;
        set_end_text(channel, NET_CONNECT, "nobody takes the connection");
        settle(channel);
    }
}

int channel_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                     size_t size)
{
    struct channel *channel = wsi != NULL ? lws_get_opaque_user_data(wsi) : NULL;
    if (channel == NULL) {
        return 0; /* of the context itself */
    }
    if (reason == LWS_CALLBACK_WSI_DESTROY) {
        channel->wsi = NULL;
        if (!channel->connecting) {
            settle(channel);
        }
        return 0;
    }
    if (reason == LWS_CALLBACK_CLIENT_WRITEABLE) {
        return take_room(channel);
    }
    if (reason == LWS_CALLBACK_TIMER) {
        lws_close_reason(wsi, LWS_CLOSE_STATUS_NORMAL, NULL, 0);
        return -1;
    }
    return channel->closed ? 0 : take_event(channel, wsi, reason, in, size);
}

static void on_resolved(void *context, const struct addresses *found)
{
    struct channel *channel = context;
    channel->resolve = NULL;
    channel->addresses = *found;
    if (found->count > 0) {
        connect_next(channel);
        return;
    }
    char text[160];
    set_end_text(channel, NET_DNS,
                 text_cut(text, sizeof(text), "%s: %s", channel->options.target->host,
                          gai_strerror(found->problem)));
    tell_end(channel);
    release(channel);
}

struct channel *channel_open(struct websockets *all, const struct channel_options *options,
                             const struct channel_calls *calls)
{
    struct channel *channel = mem_zalloc(sizeof(*channel));
    *channel = (struct channel){.all = all, .options = *options, .calls = *calls};
    channel->message = text_growing();
    channel->resolve = resolve_start(all->loop, options->target->host, on_resolved, channel);
    all->channels++;
    return channel;
}

void channel_close(struct channel *channel, bool polite)
{
    if (channel == NULL) {
        return;
    }
    channel->closed = true;
    if (channel->wsi == NULL) {
        release(channel);
        return;
    }
    if (polite && channel->open) {
        /* A good-bye is sent when its timer's callback asks for the end, and not when the one
         * that may write does. */
        lws_set_timer_usecs(channel->wsi, 1);
    } else {
        lws_set_timeout(channel->wsi, PENDING_TIMEOUT_CLOSE_SEND, LWS_TO_KILL_ASYNC);
    }
    websockets_stir(channel->all);
}

bool channel_send(struct channel *channel, const char *text, size_t size)
{
    if (!channel->open || channel->outgoing_count == OUTGOING_MAX) {
        return false;
    }
    struct outgoing *outgoing = &channel->outgoing[channel->outgoing_count++];
    *outgoing = (struct outgoing){.bytes = mem_zalloc(LWS_PRE + size), .size = size};
    memcpy(&outgoing->bytes[LWS_PRE], text, size);
    lws_callback_on_writable(channel->wsi);
    websockets_stir(channel->all);
    return true;
}

void channel_ping(struct channel *channel, int64_t now_ns)
{
    channel->ping_ns = now_ns;
    channel->ping_due = true;
    lws_callback_on_writable(channel->wsi);
    websockets_stir(channel->all);
}

int64_t channel_heard_ns(const struct channel *channel, int64_t now_ns)
{
    return now_ns - (int64_t)look_at(channel->wsi).tcpi_last_data_recv * CLOCK_NS_PER_MS;
}
