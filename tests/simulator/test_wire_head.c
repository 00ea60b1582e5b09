#include "support/check.h"

#include <stdlib.h>

#include "wire_head.h"

enum { BODY_MAX = 1000 };

#define LINE   "GET / HTTP/1.1\r\n"
#define HOST   "Host: x\r\n"
#define KEY    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define SHAKE  "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
#define SOCKET SHAKE "Sec-WebSocket-Version: 13\r\n"
#define END    "\r\n"

static bool parse(struct wire_head *head, const char *text, int32_t *status)
{
    struct wire_scan scan = {0};
    assert_int_equal(wire_scan_head(&scan, text, strlen(text)), WIRE_SCAN_WHOLE);
    assert_int_equal(scan.seen, strlen(text));
    return wire_head_parse(head, text, strlen(text), BODY_MAX, status);
}

static void refuses_what_is_not_to_the_letter(void **state)
{
    static const struct {
        const char *text;
        int32_t status;
    } cases[] = {
        /* The first line. */
        {"GET /\r\n" HOST END, 400},
        {"GET  / HTTP/1.1\r\n" HOST END, 400},
        {"GET / HTTP/1.1 \r\n" HOST END, 505},
        {"GET x HTTP/1.1\r\n" HOST END, 400},
        {"GET http://x/ HTTP/1.1\r\n" HOST END, 400},
        {"GET /#a HTTP/1.1\r\n" HOST END, 400},
        {"GET /\ta HTTP/1.1\r\n" HOST END, 400},
        {" GET / HTTP/1.1\r\n" HOST END, 400},
        {"G(T / HTTP/1.1\r\n" HOST END, 400},
        {"GET / http/1.1\r\n" HOST END, 400},
        {"GET / HTTP/1.0\r\n" HOST END, 505},
        {"GET / HTTP/2\r\n" HOST END, 505},
        {"HEAD / HTTP/1.1\r\n" HOST END, 405},
        {"get / HTTP/1.1\r\n" HOST END, 405},
        {"OPTIONS / HTTP/1.1\r\n" HOST END, 405},
        /* Headers. */
        {LINE END, 400},
        {LINE HOST HOST END, 400},
        {LINE HOST "no colon\r\n" END, 400},
        {LINE HOST "a b: c\r\n" END, 400},
        {LINE HOST "a : c\r\n" END, 400},
        {LINE HOST ": c\r\n" END, 400},
        {LINE HOST "a: b\r\n folded\r\n" END, 400},
        {LINE HOST "Expect: a miracle\r\n" END, 417},
        /* How long the body is. */
        {LINE HOST "Content-Length: -1\r\n" END, 400},
        {LINE HOST "Content-Length: +1\r\n" END, 400},
        {LINE HOST "Content-Length: 1 1\r\n" END, 400},
        {LINE HOST "Content-Length: 0x1\r\n" END, 400},
        {LINE HOST "Content-Length:\r\n" END, 400},
        {LINE HOST "Content-Length: 1\r\nContent-Length: 1\r\n" END, 400},
        {LINE HOST "Content-Length: 1001\r\n" END, 413},
        {LINE HOST "Content-Length: 18446744073709551616\r\n" END, 413},
        {LINE HOST "Transfer-Encoding: chunked\r\n" END, 501},
        {LINE HOST "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n" END, 501},
        /* Handshakes. */
        {LINE HOST SOCKET END, 400},
        {LINE HOST SOCKET KEY KEY END, 400},
        {LINE HOST SOCKET "Sec-WebSocket-Key: c2hvcnQ=\r\n" END, 400},
        {LINE HOST SOCKET "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=?\r\n" END, 400},
        {LINE HOST SOCKET "Sec-WebSocket-Key: dGhl?HNhbXBsZSBub25jZQ==\r\n" END, 400},
        {"POST / HTTP/1.1\r\n" HOST SOCKET KEY END, 400},
        {LINE HOST SOCKET KEY "Content-Length: 1\r\n" END, 400},
        {LINE HOST SHAKE KEY END, 426},
        {LINE HOST SHAKE KEY "Sec-WebSocket-Version: 8\r\n" END, 426},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct wire_head head;
        int32_t status = 0;
        print_message("# case %zu\n", i);
        assert_false(parse(&head, cases[i].text, &status));
        assert_int_equal(status, cases[i].status);
    }
}

static void takes_what_is(void **state)
{
    struct wire_head head;
    int32_t status;
    assert_true(
        parse(&head,
              "POST /a/b%20?c=d&e=?f HTTP/1.1\r\nHOST:\r\nX:\t a b \t\r\n"
              "content-length: 1000\r\nConnection: Close\r\nExpect: 100-Continue\r\n" END,
              &status));
    assert_string_equal(head.request.method, "POST");
    assert_string_equal(head.request.path, "/a/b%20");
    assert_string_equal(head.request.query, "c=d&e=?f");
    assert_string_equal(wire_header(&head.request, "x"), "a b");
    assert_string_equal(wire_header(&head.request, "Host"), "");
    assert_null(wire_header(&head.request, "Hos"));
    assert_int_equal(head.body_size, 1000);
    assert_true(head.close && head.expects && !head.request.upgrade);
    wire_head_finish(&head);

    assert_true(parse(&head, "GET /ws HTTP/1.1\r\n" HOST SOCKET KEY END, &status));
    assert_true(head.request.upgrade && !head.close);
    assert_string_equal(head.key, "dGhlIHNhbXBsZSBub25jZQ==");
    assert_string_equal(head.request.query, "");
    wire_head_finish(&head);

    /* Half a handshake is an ordinary request. */
    assert_true(parse(&head, LINE HOST "Upgrade: websocket\r\n" END, &status));
    assert_false(head.request.upgrade);
    wire_head_finish(&head);
    assert_true(parse(&head, LINE HOST "Upgrade: h2c\r\nConnection: upgrade\r\n" END, &status));
    assert_false(head.request.upgrade);
    wire_head_finish(&head);
}

static void takes_so_many_headers_and_no_more(void **state)
{
    for (int count = WIRE_FIELDS_MAX; count <= WIRE_FIELDS_MAX + 1; count++) {
        char text[4096] = LINE HOST;
        struct wire_head head;
        int32_t status = 0;
        for (int i = 1; i < count; i++) { /* Host is one of them */
            snprintf(text + strlen(text), 20, "H%d: v\r\n", i);
        }
        snprintf(text + strlen(text), 16, END);
        const bool fits = count == WIRE_FIELDS_MAX;
        assert_int_equal(parse(&head, text, &status), fits);
        assert_int_equal(status, fits ? 0 : 431);
        if (fits) {
            assert_string_equal(wire_header(&head.request, "h63"), "v");
            wire_head_finish(&head);
        }
    }
}

/* Goal: rubbish is known by its first byte, so that nobody waits for the rest of it. */
static void rubbish_is_known_at_once(void **state)
{
    static const struct {
        const char *bytes;
        size_t size, known; /* after so many bytes */
    } cases[] = {
        {"\x16\x03\x01\x02", 4, 1}, /* TLS */
        {"GET /\n", 6, 6},
        {"GET /\r\r", 7, 7},
        {"GET /\rx", 7, 7},
        {"GET /\x80", 6, 6},
        {"GET /\x7f", 6, 6},
        {"GET /\0", 6, 6},
        {"\r\n", 2, 2},
        {"\n", 1, 1},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct wire_scan scan = {0};
        const size_t known = cases[i].known;
        assert_int_equal(wire_scan_head(&scan, cases[i].bytes, known - 1), WIRE_SCAN_MORE);
        assert_int_equal(wire_scan_head(&scan, cases[i].bytes, known), WIRE_SCAN_RUBBISH);
    }
}

/* Goal: it does not matter in which pieces a head comes, and what is behind it is not touched.
 */
static void finds_the_end_in_any_pieces(void **state)
{
    static const char TEXT[] = LINE HOST END "\x01 rubbish of the next";
    const size_t size = strlen(LINE HOST END);
    for (size_t piece = 1; piece <= sizeof(TEXT); piece++) {
        struct wire_scan scan = {0};
        enum wire_scan_result result = WIRE_SCAN_MORE;
        for (size_t have = piece; result == WIRE_SCAN_MORE; have += piece) {
            result = wire_scan_head(&scan, TEXT, have < sizeof(TEXT) ? have : sizeof(TEXT));
        }
        assert_int_equal(result, WIRE_SCAN_WHOLE);
        assert_int_equal(scan.seen, size);
    }
}

static void reads_a_form(void **state)
{
    static const char FORM[] = "a=1&bb=two+words&c=%41%2f%7E&d=&a=2&e&f=%zz&g=%4&h=%00&=x";
    static const struct {
        const char *name, *value; /* NULL: not there */
    } cases[] = {
        {"a", "1"},  {"bb", "two words"}, {"c", "A/~"}, {"d", ""},   {"e", NULL},
        {"f", NULL}, {"g", NULL},         {"h", NULL},  {"b", NULL}, {"aa", NULL},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        char out[10] = "?";
        assert_int_equal(wire_form(FORM, cases[i].name, out, sizeof(out)),
                         cases[i].value != NULL);
        if (cases[i].value != NULL) {
            assert_string_equal(out, cases[i].value);
        }
    }
    char small[9];
    assert_false(wire_form(FORM, "bb", small, sizeof(small))); /* nine characters and a NUL */
}

static void reads_a_whole_number_of_a_form(void **state)
{
    int64_t number = 7;
    assert_true(wire_form_integer("a=-12&b=x&c=", "none", &number));
    assert_int_equal(number, 7);
    assert_true(wire_form_integer("a=-12&b=x&c=", "a", &number));
    assert_int_equal(number, -12);
    assert_false(wire_form_integer("a=-12&b=x&c=", "b", &number));
    assert_false(wire_form_integer("a=-12&b=x&c=", "c", &number));
    assert_int_equal(number, -12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_is_not_to_the_letter),
        cmocka_unit_test(takes_what_is),
        cmocka_unit_test(takes_so_many_headers_and_no_more),
        cmocka_unit_test(rubbish_is_known_at_once),
        cmocka_unit_test(finds_the_end_in_any_pieces),
        cmocka_unit_test(reads_a_form),
        cmocka_unit_test(reads_a_whole_number_of_a_form),
    };
    return cmocka_run_group_tests_name("simulator/wire_head", tests, NULL, NULL);
}
