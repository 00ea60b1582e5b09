#include "exchange.h"

#include <assert.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/mem.h"

/* Of all headers of an answer together: libcurl 7.88 keeps as many as come. */
enum { HEAD_SIZE_MAX = 64 * 1024 };

static size_t take_header(char *bytes, size_t size, size_t count, void *context)
{
    struct exchange *exchange = context;
    exchange->head_size += size * count;
    exchange->oversize = exchange->head_size > HEAD_SIZE_MAX;
    return exchange->oversize ? 0 : size * count;
}

/* The bytes are unpacked here, so a bomb is cut where it reaches the limit. */
static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct exchange *exchange = context;
    const size_t length = size * count;
    if (length > exchange->body_max - exchange->body.length) {
        exchange->oversize = true;
        return 0;
    }
    text_add_bytes(&exchange->body, bytes, length);
    return length;
}

/* The last word before the first byte leaves. libcurl comes here a second time when a
 * connection it had kept turns out to be dead and it wants to ask again on another one: the
 * server may have heard the request, so that is refused. */
static int before_sending(void *context, char *remote_address, char *local_address,
                          int remote_port, int local_port)
{
    struct exchange *exchange = context;
    if (exchange->sent) {
        return CURL_PREREQFUNC_ABORT;
    }
    if (exchange->may_send != NULL && !exchange->may_send(exchange->context)) {
        exchange->held = true;
        return CURL_PREREQFUNC_ABORT;
    }
    exchange->sent = true;
    exchange->sent_ns = clock_monotonic_ns();
    return CURL_PREREQFUNC_OK;
}

static curl_socket_t open_socket(void *context, curlsocktype purpose,
                                 struct curl_sockaddr *address)
{
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static void set_number(CURL *easy, CURLoption option, long value)
{
    const CURLcode set = curl_easy_setopt(easy, option, value);
    assert(set == CURLE_OK);
}

static void set_text(CURL *easy, CURLoption option, const char *value)
{
    const CURLcode set = curl_easy_setopt(easy, option, value);
    assert(set == CURLE_OK);
}

static void set_callbacks(struct exchange *exchange)
{
    CURL *easy = exchange->easy;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, exchange);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->problem);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_sending);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, exchange);
}

static void set_rules(CURL *easy, const struct http_options *options)
{
    set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    /* One request on a connection at a time, so that a fault concerns one request. */
    set_number(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    set_number(easy, CURLOPT_NOSIGNAL, 1);
    set_number(easy, CURLOPT_FOLLOWLOCATION, 0);
    set_number(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1);
    set_number(easy, CURLOPT_TCP_KEEPALIVE, 1);
    /* Nobody waits for a thread that still resolves a name nobody wants any more. */
    set_number(easy, CURLOPT_QUICK_EXIT, 1);
    set_text(easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");

    set_number(easy, CURLOPT_SSL_VERIFYPEER, 1);
    set_number(easy, CURLOPT_SSL_VERIFYHOST, 2);
    set_number(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    if (options->ca_file != NULL) {
        set_text(easy, CURLOPT_CAINFO, options->ca_file);
        set_text(easy, CURLOPT_CAPATH, NULL);
    }
    if (options->user_agent != NULL) {
        set_text(easy, CURLOPT_USERAGENT, options->user_agent);
    }
}

static void add_header(struct exchange *exchange, const char *header)
{
    assert(strpbrk(header, "\r\n") == NULL);
    struct curl_slist *longer = curl_slist_append(exchange->headers, header);
    assert(longer != NULL);
    exchange->headers = longer;
}

static void set_request(struct exchange *exchange, const struct http_request *request)
{
    CURL *easy = exchange->easy;
    set_text(easy, CURLOPT_URL, request->url);
    if (request->body != NULL) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_size);
        set_text(easy, CURLOPT_COPYPOSTFIELDS, request->body);
    } else if (strcmp(request->method, "POST") == 0) {
        set_number(easy, CURLOPT_POSTFIELDSIZE, 0);
        set_text(easy, CURLOPT_COPYPOSTFIELDS, "");
    }
    set_text(easy, CURLOPT_CUSTOMREQUEST, request->method);
    add_header(exchange, "Expect:");
    for (int32_t i = 0; i < request->headers_count; i++) {
        add_header(exchange, request->headers[i]);
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange->headers);
    if (request->straight) {
        set_text(easy, CURLOPT_PROXY, "");
    }
    /* libcurl divides it among the addresses of a name. */
    set_number(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)request->timeout_ms);
    curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)request->size_max);
}

struct exchange *exchange_create(const struct http_options *options,
                                 const struct http_request *request)
{
    struct exchange *exchange = mem_zalloc(sizeof(*exchange));
    exchange->easy = curl_easy_init();
    assert(exchange->easy != NULL);
    exchange->body = text_growing();
    exchange->body_max = request->size_max;
    exchange->may_send = request->may_send;
    exchange->timeout_ms = request->timeout_ms;
    set_callbacks(exchange);
    set_rules(exchange->easy, options);
    set_request(exchange, request);
    return exchange;
}

void exchange_destroy(struct exchange *exchange)
{
    curl_easy_cleanup(exchange->easy);
    curl_slist_free_all(exchange->headers);
    text_finish(&exchange->body);
    mem_free(exchange);
}

/* A tunnel through a proxy was asked for and not given. */
static bool proxy_refused(const struct exchange *exchange)
{
    long status = 0;
    curl_easy_getinfo(exchange->easy, CURLINFO_HTTP_CONNECTCODE, &status);
    return status != 0 && status / 100 != 2;
}

/* A handshake ends with CURLE_SSL_CONNECT_ERROR whether the certificate is bad or the line was
 * cut. Only the first has an error of OpenSSL in its text, and that is never an early end. */
static bool was_cut_in_handshake(const struct exchange *exchange)
{
    return strstr(exchange->problem, "error:") == NULL ||
           strstr(exchange->problem, "unexpected eof") != NULL;
}

/* What libcurl calls a failure to receive. */
static enum net_fault cut_fault(const struct exchange *exchange)
{
    if (strstr(exchange->problem, "in chunked-encoding") != NULL) {
        return NET_GARBAGE;
    }
    return proxy_refused(exchange) ? NET_PROXY : NET_RESET;
}

enum net_fault exchange_fault(const struct exchange *exchange, CURLcode result)
{
    switch (result) {
    case CURLE_OK:
        return NET_NONE;
    case CURLE_COULDNT_RESOLVE_HOST:
        return NET_DNS;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
        return NET_PROXY;
    case CURLE_COULDNT_CONNECT:
    case CURLE_URL_MALFORMAT:
        return NET_CONNECT;
    case CURLE_UNSUPPORTED_PROTOCOL: /* also an answer that is not HTTP */
        return exchange->sent ? NET_GARBAGE : NET_CONNECT;
    case CURLE_OPERATION_TIMEDOUT:
        return NET_TIMEOUT;
    case CURLE_PARTIAL_FILE:
        return NET_TRUNCATED;
    case CURLE_FILESIZE_EXCEEDED:
        return NET_OVERSIZE;
    case CURLE_ABORTED_BY_CALLBACK:
        return exchange->held ? NET_CANCELLED : NET_RESET;
    case CURLE_SSL_CONNECT_ERROR:
        return was_cut_in_handshake(exchange) ? NET_RESET : NET_TLS;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_USE_SSL_FAILED:
        return NET_TLS;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
        return cut_fault(exchange);
    default:
        return exchange->oversize ? NET_OVERSIZE : NET_GARBAGE;
    }
}

const char *exchange_problem(const struct exchange *exchange, CURLcode result)
{
    if (exchange->oversize) {
        return "the answer is too long";
    }
    if (result == CURLE_ABORTED_BY_CALLBACK) {
        return exchange->held ? "held back before it was sent" : "the connection was cut";
    }
    return exchange->problem[0] != '\0' ? exchange->problem : curl_easy_strerror(result);
}

static int64_t number_of(const struct exchange *exchange, CURLINFO info)
{
    curl_off_t value = 0;
    curl_easy_getinfo(exchange->easy, info, &value);
    return value;
}

const char *exchange_stage(const struct exchange *exchange)
{
    if (!exchange->running) {
        return "no turn";
    }
    if (exchange->sent) {
        return exchange->body.length > 0 ? "no end of the answer" : "no answer";
    }
    return number_of(exchange, CURLINFO_NAMELOOKUP_TIME_T) == 0 ? "no address"
                                                                : "no connection";
}

bool exchange_drips(struct exchange *exchange, int64_t bytes_min)
{
    long head_size = 0;
    curl_easy_getinfo(exchange->easy, CURLINFO_HEADER_SIZE, &head_size);
    const int64_t size = number_of(exchange, CURLINFO_SIZE_DOWNLOAD_T) + head_size;
    const bool drips = exchange->heard && size - exchange->heard_size < bytes_min;
    exchange->heard = number_of(exchange, CURLINFO_STARTTRANSFER_TIME_T) > 0;
    exchange->heard_size = size;
    return drips;
}
