#include "support/check.h"

#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "asking.h"
#include "base/clock.h"
#include "certificate.h"

#define DIGITS "0123456789"

static const struct {
    const char *name;
    struct script script;
    enum net_fault fault;
    int32_t status;
    const char *body, *text;
} ANSWERS[] = {
    {"whole", {.bytes = OK "Content-Length: 10\r\n\r\n0123456789"}, NET_NONE, 200, DIGITS, ""},
    {"no length", {.bytes = OK "\r\n0123456789"}, NET_NONE, 200, DIGITS, ""},
    {"chunks",
     {.bytes = OK "Transfer-Encoding: chunked\r\n\r\n4\r\n0123\r\n6\r\n456789\r\n0\r\n\r\n"},
     NET_NONE,
     200,
     DIGITS,
     ""},
    {"a status of trouble is an answer",
     {.bytes = "HTTP/1.1 429 No\r\nContent-Length: 2\r\n\r\n{}"},
     NET_NONE,
     429,
     "{}",
     ""},
    {"redirects are the caller's business",
     {.bytes = "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"},
     NET_NONE,
     302,
     "",
     ""},
    {"closed before an answer", {.bytes = ""}, NET_RESET, 0, "", "Empty reply from server"},
    {"reset before an answer",
     {.bytes = "", .ending = RESET},
     NET_RESET,
     0,
     "",
     "reset by peer"},
    {"short of its length",
     {.bytes = OK "Content-Length: 11\r\n\r\n0123456789"},
     NET_TRUNCATED,
     200,
     DIGITS,
     "1 bytes remaining"},
    {"short of a chunk",
     {.bytes = OK "Transfer-Encoding: chunked\r\n\r\n4\r\n0123\r\n6\r\n45"},
     NET_TRUNCATED,
     200,
     "012345",
     "outstanding read data"},
    {"no last chunk",
     {.bytes = OK "Transfer-Encoding: chunked\r\n\r\n4\r\n0123\r\n"},
     NET_TRUNCATED,
     200,
     "0123",
     "outstanding read data"},
    {"reset within the body",
     {.bytes = OK "Content-Length: 11\r\n\r\n0123456789", .ending = RESET},
     NET_RESET,
     200,
     DIGITS,
     "reset by peer"},
    {"announces too much",
     {.bytes = OK "Content-Length: 1001\r\n\r\n", .ending = HOLD},
     NET_OVERSIZE,
     200,
     "",
     "Maximum file size exceeded"},
    {"not HTTP", {.bytes = "SSH-2.0-OpenSSH_9.2\r\n"}, NET_GARBAGE, 0, "", "HTTP/0.9"},
    {"not gzip",
     {.bytes = OK "Content-Encoding: gzip\r\nContent-Length: 10\r\n\r\n0123456789"},
     NET_GARBAGE,
     200,
     "",
     "incorrect header check"},
    {"broken chunks",
     {.bytes = OK "Transfer-Encoding: chunked\r\n\r\nzz\r\n"},
     NET_GARBAGE,
     200,
     "",
     "in chunked-encoding"},
};

static void tells_what_went_wrong(void **state)
{
    for (size_t i = 0; i < LEN(ANSWERS); i++) {
        print_message("# %s\n", ANSWERS[i].name);
        struct http *http = asking_start(NULL);
        struct script script = ANSWERS[i].script;
        struct peer *peer = peer_start(play_script, &script, NULL);
        const struct http_request request = request_of(url_of(peer, "/"));
        ask(http, &request);
        asking_end(http);
        peer_stop(peer);
        print_message("%s: %s\n", net_fault_name(got.answer.fault), got.answer.text);
        assert_int_equal(got.answer.fault, ANSWERS[i].fault);
        assert_int_equal(got.answer.status, ANSWERS[i].status);
        assert_string_equal(got.body, ANSWERS[i].body);
        assert_non_null(strstr(got.answer.text, ANSWERS[i].text));
        assert_true(got.answer.sent);
        assert_true(got.answer.sent_mono_ns > 0);
        assert_true(got.answer.done_mono_ns >= got.answer.sent_mono_ns);
        assert_int_equal(script.heads, 1);
    }
}

/* `size` zeros, packed: a thousandth of it. */
static size_t pack_zeros(unsigned char *into, size_t room, size_t size)
{
    static unsigned char zeros[64 * 1024];
    z_stream stream = {.next_out = into, .avail_out = (uInt)room};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY),
                     Z_OK);
    for (size_t done = 0; done < size; done += sizeof(zeros)) {
        stream.next_in = zeros;
        stream.avail_in = sizeof(zeros);
        assert_int_equal(deflate(&stream, Z_NO_FLUSH), Z_OK);
    }
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return room - stream.avail_out;
}

/* Goal: what counts is what a body unpacks to, and it is cut where it is too much. */
static void counts_unpacked_bytes(void **state)
{
    static char answer[128 * 1024];
    static const struct {
        size_t zeros, size_max;
        enum net_fault fault;
    } cases[] = {
        {65536, 65536, NET_NONE},
        {65536, 65535, NET_OVERSIZE},
        {64 << 20, 100000, NET_OVERSIZE},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        print_message("# %zu in %zu\n", cases[i].zeros, cases[i].size_max);
        unsigned char *packed = malloc(sizeof(answer));
        const size_t size = pack_zeros(packed, sizeof(answer) - 256, cases[i].zeros);
        const int head =
            snprintf(answer, sizeof(answer),
                     OK "Content-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n", size);
        memcpy(&answer[head], packed, size);
        free(packed);
        assert_true(size < 70000); /* so its length alone gives nothing away */
        struct script script = {.bytes = answer, .size = (size_t)head + size};
        struct peer *peer = peer_start(play_script, &script, NULL);
        struct http *http = asking_start(NULL);
        struct http_request request = request_of(url_of(peer, "/"));
        request.size_max = cases[i].size_max;
        ask(http, &request);
        assert_int_equal(got.answer.fault, cases[i].fault);
        assert_true(got.answer.body_size <= cases[i].size_max);
        if (cases[i].fault == NET_NONE) {
            assert_int_equal(got.answer.body_size, cases[i].zeros);
        } else {
            assert_string_equal(got.answer.text, "the answer is too long");
        }
        asking_end(http);
        peer_stop(peer);
    }
}

/* Chunks, or header lines, for as long as anybody listens. */
static void play_flood(struct line *line)
{
    const char *piece = line->context;
    line_read_head(line);
    line_say(line, OK "Transfer-Encoding: chunked\r\n");
    if (piece[0] != 'X') {
        line_say(line, "\r\n");
    }
    while (line_say(line, piece)) {
    }
}

static void cuts_what_never_ends(void **state)
{
    static char chunk[] = "10\r\n0123456789abcdef\r\n";
    static char header[] = "X-Header: 0123456789abcdef0123456789abcdef\r\n";
    char *const pieces[] = {chunk, header};
    for (size_t i = 0; i < LEN(pieces); i++) {
        print_message("# %s\n", pieces[i]);
        struct peer *peer = peer_start(play_flood, pieces[i], NULL);
        struct http *http = asking_start(NULL);
        const struct http_request request = request_of(url_of(peer, "/"));
        ask(http, &request);
        assert_int_equal(got.answer.fault, NET_OVERSIZE);
        assert_string_equal(got.answer.text, "the answer is too long");
        asking_end(http);
        peer_stop(peer);
    }
}

/* 60 ms want 64 x 0.06 = 3 bytes at least. */
static const struct http_options SHORT_DRIP = {.requests_max = 4, .slow_ms = 60};

/* A byte each so often. */
static void play_drip(struct line *line)
{
    line_read_head(line);
    line_say(line, OK "Content-Length: 1000\r\n\r\n");
    const int *pause_ms = line->context;
    do {
        usleep((useconds_t)*pause_ms * 1000);
    } while (line_say(line, "x"));
}

static void gives_up_on_a_drip(void **state)
{
    int pause_ms = 50; /* 20 bytes a second */
    struct peer *peer = peer_start(play_drip, &pause_ms, NULL);
    struct http *http = asking_start(&SHORT_DRIP);
    const struct http_request request = request_of(url_of(peer, "/"));
    ask(http, &request);
    assert_int_equal(got.answer.fault, NET_SLOW);
    assert_string_equal(got.answer.text, "fewer than 64 bytes a second for 60 ms");
    assert_int_equal(got.answer.status, 200);
    asking_end(http);
    peer_stop(peer);
}

static void play_late(struct line *line)
{
    line_read_head(line);
    usleep(200000);
    line_say(line, OK "Content-Length: 2\r\n\r\nok");
    line_hold(line);
}

/* Goal: a server that thinks for longer than a drip may last does not drip. */
static void lets_a_server_think(void **state)
{
    struct peer *peer = peer_start(play_late, NULL, NULL);
    struct http *http = asking_start(&SHORT_DRIP);
    const struct http_request request = request_of(url_of(peer, "/"));
    ask(http, &request);
    assert_int_equal(got.answer.fault, NET_NONE);
    assert_string_equal(got.body, "ok");
    asking_end(http);
    peer_stop(peer);
}

/* Goal: every end of patience says what it waited for. */
static void waits_no_longer_than_told(void **state)
{
    struct script half = {.bytes = OK "Content-Length: 9\r\n\r\nhalf", .ending = HOLD};
    const struct {
        const char *scheme, *text;
        peer_fn *play;
        bool sent;
    } cases[] = {
        {"http", "no answer within 50 ms", play_silence, true},
        {"http", "no end of the answer within 50 ms", play_script, true},
        {"https", "no connection within 50 ms", line_hold, false},
    };
    const struct http_options options = {.requests_max = 1};
    for (size_t i = 0; i < LEN(cases); i++) {
        print_message("# %s\n", cases[i].text);
        struct peer *peer = peer_start(cases[i].play, &half, NULL);
        struct http *http = asking_start(&options);
        char url[64];
        snprintf(url, sizeof(url), "%s://127.0.0.1:%d/", cases[i].scheme, peer_port(peer));
        struct http_request request = request_of(url);
        request.timeout_ms = 50;
        const int64_t before_ns = clock_monotonic_ns();
        ask(http, &request);
        assert_int_equal(got.answer.fault, NET_TIMEOUT);
        assert_string_equal(got.answer.text, cases[i].text);
        assert_int_equal(got.answer.sent, cases[i].sent);
        assert_true(got.answer.done_mono_ns - before_ns >= 50 * CLOCK_NS_PER_MS);
        asking_end(http);
        peer_stop(peer);
    }
}

static void tells_who_cannot_be_reached(void **state)
{
    char url[160];
    struct http *http = asking_start(NULL);
    /* A label has at most 63 characters, so nobody needs to be asked. */
    snprintf(url, sizeof(url), "http://%070d.invalid/", 0);
    struct http_request request = request_of(url);
    ask(http, &request);
    assert_int_equal(got.answer.fault, NET_DNS);
    assert_false(got.answer.sent);
    assert_int_equal(got.answer.sent_mono_ns, 0);
    assert_ptr_equal(strstr(got.answer.text, "Could not resolve host"), got.answer.text);

    struct peer *peer = peer_start(play_silence, NULL, NULL);
    request.url = url_of(peer, "/");
    peer_stop(peer); /* nobody listens there now */
    ask(http, &request);
    assert_int_equal(got.answer.fault, NET_CONNECT);
    assert_false(got.answer.sent);

    static const char *const bad[] = {"", "nowhere:", "ftp://127.0.0.1/", "file:///etc/passwd"};
    for (size_t i = 0; i < LEN(bad); i++) {
        print_message("# %s\n", bad[i]);
        request.url = bad[i];
        ask(http, &request);
        assert_int_equal(got.answer.fault, NET_CONNECT);
        assert_string_equal(got.body, "");
    }
    asking_end(http);
}

static void believes_good_certificates_only(void **state)
{
    struct certificates made;
    certificates_make(&made);
    const struct {
        const char *certificate, *authority, *host, *text;
        enum net_fault fault;
    } cases[] = {
        {made.good, made.authority, "127.0.0.1", "", NET_NONE},
        {made.good, made.authority, "localhost", "", NET_NONE},
        {made.good, NULL, "localhost", "unable to get local issuer", NET_TLS},
        {made.good, "/nowhere/ca.pem", "localhost", "certificate", NET_TLS},
        {made.self_signed, made.authority, "localhost", "self-signed", NET_TLS},
        {made.other_host, made.authority, "localhost", "no alternative certificate", NET_TLS},
        {made.other_host, made.authority, "127.0.0.1", "no alternative certificate", NET_TLS},
        {made.expired, made.authority, "localhost", "expired", NET_TLS},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct script script = {.bytes = SAY_OK};
        struct peer *peer = peer_start(play_script, &script, cases[i].certificate);
        const struct http_options options = {.requests_max = 1, .ca_file = cases[i].authority};
        struct http *http = asking_start(&options);
        char url[64];
        snprintf(url, sizeof(url), "https://%s:%d/", cases[i].host, peer_port(peer));
        const struct http_request request = request_of(url);
        ask(http, &request);
        print_message("# %s\n", got.answer.text);
        assert_int_equal(got.answer.fault, cases[i].fault);
        assert_non_null(strstr(got.answer.text, cases[i].text));
        assert_int_equal(got.answer.sent, cases[i].fault == NET_NONE);
        asking_end(http);
        peer_stop(peer);
        assert_int_equal(script.heads, cases[i].fault == NET_NONE);
    }
    certificates_remove(&made);
}

/* Hears the beginning of a handshake and is gone, in either way. */
static void play_end(struct line *line)
{
    char byte;
    line_read(line, &byte, 1);
}

static void play_reset(struct line *line)
{
    play_end(line);
    line_reset(line);
}

static void play_plain(struct line *line)
{
    line_say(line, "HTTP/1.1 400 Bad\r\n\r\n");
    line_hold(line);
}

/* Goal: what is no fault of the encryption is not called one; it may be better next time. */
static void tells_a_cut_handshake_from_a_bad_one(void **state)
{
    const struct {
        peer_fn *play;
        enum net_fault fault;
    } cases[] = {{play_end, NET_RESET}, {play_reset, NET_RESET}, {play_plain, NET_TLS}};
    for (size_t i = 0; i < LEN(cases); i++) {
        struct peer *peer = peer_start(cases[i].play, NULL, NULL);
        struct http *http = asking_start(NULL);
        char url[64];
        snprintf(url, sizeof(url), "https://127.0.0.1:%d/", peer_port(peer));
        const struct http_request request = request_of(url);
        ask(http, &request);
        print_message("# %s: %s\n", net_fault_name(got.answer.fault), got.answer.text);
        assert_int_equal(got.answer.fault, cases[i].fault);
        assert_false(got.answer.sent);
        asking_end(http);
        peer_stop(peer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_went_wrong),
        cmocka_unit_test(counts_unpacked_bytes),
        cmocka_unit_test(cuts_what_never_ends),
        cmocka_unit_test(gives_up_on_a_drip),
        cmocka_unit_test(lets_a_server_think),
        cmocka_unit_test(waits_no_longer_than_told),
        cmocka_unit_test(tells_who_cannot_be_reached),
        cmocka_unit_test(believes_good_certificates_only),
        cmocka_unit_test(tells_a_cut_handshake_from_a_bad_one),
    };
    return cmocka_run_group_tests_name("io/http", tests, NULL, NULL);
}
