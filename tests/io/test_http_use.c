#include "support/check.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "asking.h"
#include "certificate.h"

/* Answers everything on a line, and keeps what was asked. */
struct record {
    atomic_int asked;
    char heads[8][4096];
    char body[256];
    int answers_max; /* on one line, then it is cut when it is asked again */
};

static void play_record(struct line *line)
{
    struct record *record = line->context;
    for (int i = 0; line_read_head(line); i++) {
        const int number = atomic_fetch_add(&record->asked, 1);
        memcpy(record->heads[number], line->head, sizeof(line->head));
        const char *length = strstr(line->head, "Content-Length: ");
        if (length != NULL) {
            line_read_all(line, record->body, (size_t)atoi(strchr(length, ' ')));
        }
        if (i == record->answers_max) {
            return;
        }
        line_say(line, SAY_OK);
    }
}

static void sends_what_it_is_given(void **state)
{
    static const char *const HEADERS[] = {"X-MBX-APIKEY: abc", "Content-Type: text/plain"};
    struct record record = {.answers_max = 9};
    struct peer *peer = peer_start(play_record, &record, NULL);
    const struct http_options options = {.requests_max = 1, .user_agent = "arblite/1"};
    struct http *http = asking_start(&options);
    struct http_request request = request_of(url_of(peer, "/a?b=c"));
    request.headers = HEADERS;
    request.headers_count = 1;
    ask(http, &request);
    assert_string_equal(got.header, "yes");
    assert_string_equal(got.body, "ok");
    request.method = "POST";
    request.headers_count = 2;
    request.body = "text\0more";
    request.body_size = 9;
    ask(http, &request);
    request.method = "DELETE";
    request.body = NULL;
    ask(http, &request);
    request.method = "POST";
    ask(http, &request);
    asking_end(http);
    peer_stop(peer);
    assert_int_equal(record.asked, 4);
    const char *get = record.heads[0];
    assert_ptr_equal(strstr(get, "GET /a?b=c HTTP/1.1\r\n"), get);
    assert_non_null(strstr(get, "\r\nX-MBX-APIKEY: abc\r\n"));
    assert_non_null(strstr(get, "\r\nUser-Agent: arblite/1\r\n"));
    assert_null(strcasestr(get, "\r\nOrigin:"));
    assert_null(strcasestr(get, "\r\nContent-"));
    const char *post = record.heads[1];
    assert_ptr_equal(strstr(post, "POST /a?b=c HTTP/1.1\r\n"), post);
    assert_non_null(strstr(post, "\r\nContent-Length: 9\r\n"));
    assert_non_null(strstr(post, "\r\nContent-Type: text/plain\r\n"));
    assert_null(strcasestr(post, "Expect"));
    assert_memory_equal(record.body, "text\0more", 9);
    const char *delete = record.heads[2];
    assert_ptr_equal(strstr(delete, "DELETE /a?b=c HTTP/1.1\r\n"), delete);
    assert_null(strcasestr(delete, "Content-Length"));
    assert_non_null(strstr(record.heads[3], "\r\nContent-Length: 0\r\n"));
}

/* Goal: libcurl asks again by itself when a connection it kept turns out to be dead. An order
 * must not be placed twice, so that is a reset, and the outcome unknown. */
static void asks_nothing_twice(void **state)
{
    struct record record = {.answers_max = 1};
    struct peer *peer = peer_start(play_record, &record, NULL);
    struct http *http = asking_start(NULL);
    struct http_request request = request_of(url_of(peer, "/"));
    request.method = "POST";
    ask(http, &request);
    assert_int_equal(got.answer.fault, NET_NONE);
    ask(http, &request);
    assert_int_equal(got.answer.fault, NET_RESET);
    assert_true(got.answer.sent);
    assert_string_equal(got.answer.text, "the connection was cut");
    asking_end(http);
    peer_stop(peer);
    assert_int_equal(record.asked, 2);
}

static bool may_not(void *context)
{
    struct got *into = context;
    snprintf(into->header, sizeof(into->header), "asked");
    assert_int_equal(into->calls, 0);
    return false;
}

static bool may(void *context)
{
    return true;
}

static void play_count(struct line *line)
{
    char byte;
    atomic_int *count = line->context;
    if (line_read(line, &byte, 1) > 0) {
        atomic_fetch_add(count, 1);
    }
}

/* Goal: the last word is the owner's: the connection is there, and not a byte is sent. */
static void holds_back_what_may_not_be_sent(void **state)
{
    atomic_int bytes = 0;
    struct peer *peer = peer_start(play_count, &bytes, NULL);
    struct http *http = asking_start(NULL);
    struct http_request request = request_of(url_of(peer, "/"));
    request.may_send = may_not;
    ask(http, &request);
    assert_int_equal(got.answer.fault, NET_CANCELLED);
    assert_string_equal(got.answer.text, "held back before it was sent");
    assert_false(got.answer.sent);
    asking_end(http);
    peer_stop(peer);
    assert_int_equal(bytes, 0);

    struct script script = {.bytes = SAY_OK};
    peer = peer_start(play_script, &script, NULL);
    http = asking_start(NULL);
    request.url = url_of(peer, "/");
    request.may_send = may;
    ask(http, &request);
    assert_int_equal(got.answer.fault, NET_NONE);
    asking_end(http);
    peer_stop(peer);
}

/* The order in which answers came. */
struct order {
    struct http *http;
    struct http_request request;
    uint64_t ids[64];
    char text[128];
    int count, want;
};

static void note_answer(void *context, const struct http_answer *answer)
{
    struct order *order = context;
    assert_int_equal(answer->fault, NET_NONE);
    strncat(order->text, answer->body, sizeof(order->text) - strlen(order->text) - 1);
    if (++order->count == order->want) {
        loop_stop(asking_loop, 0);
    }
}

/* Says which request of its path it was. */
static void play_letters(struct line *line)
{
    char answer[128];
    while (line_read_head(line)) {
        snprintf(answer, sizeof(answer), OK "Content-Length: 1\r\n\r\n%c", line->head[5]);
        line_say(line, answer);
    }
}

static uint64_t send_letter(struct order *order, const struct peer *peer, char letter)
{
    const char path[] = {'/', letter, '\0'};
    order->request = request_of(url_of(peer, path));
    return http_send(order->http, &order->request, note_answer, order);
}

/* Goal: one at a time is asked in order; 16 wait, the next has to be told no. */
static void queues_in_order_up_to_a_limit(void **state)
{
    const struct http_options options = {.requests_max = 1};
    struct peer *peer = peer_start(play_letters, NULL, NULL);
    struct order order = {.http = asking_start(&options), .want = 14};
    for (int i = 0; i < 17; i++) {
        order.ids[i] = send_letter(&order, peer, (char)('a' + i));
        assert_true(order.ids[i] > 0);
        assert_true(i == 0 || order.ids[i] > order.ids[i - 1]);
    }
    assert_int_equal(send_letter(&order, peer, 'z'), 0);
    http_cancel(order.http, order.ids[0]);  /* it was under way */
    http_cancel(order.http, order.ids[5]);  /* it waited */
    http_cancel(order.http, order.ids[16]); /* the last */
    http_cancel(order.http, order.ids[16]); /* nothing any more */
    asking_run();
    assert_string_equal(order.text, "bcdeghijklmnop");
    asking_end(order.http);
    peer_stop(peer);
}

/* Goal: waiting counts: the second never got its turn and says so. */
static void runs_out_of_time_in_the_queue(void **state)
{
    const struct http_options options = {.requests_max = 1};
    struct peer *peer = peer_start(play_silence, NULL, NULL);
    struct http *http = asking_start(&options);
    struct got first = {.calls = 0};
    struct http_request request = request_of(url_of(peer, "/"));
    assert_true(http_send(http, &request, keep, &first) > 0);
    request.timeout_ms = 30;
    ask(http, &request);
    assert_int_equal(first.calls, 0);
    assert_int_equal(got.answer.fault, NET_TIMEOUT);
    assert_string_equal(got.answer.text, "no turn within 30 ms");
    assert_false(got.answer.sent);
    asking_end(http); /* with the first still under way */
    assert_int_equal(first.calls, 0);
    peer_stop(peer);
}

static void send_next(void *context, const struct http_answer *answer)
{
    struct order *order = context;
    note_answer(order, answer);
    if (order->count < order->want) {
        http_cancel(order->http, order->ids[0]); /* the one that is being told of */
        order->ids[0] = http_send(order->http, &order->request, send_next, order);
        assert_true(order->ids[0] > 0);
    }
}

static void may_send_and_cancel_within_a_call(void **state)
{
    struct peer *peer = peer_start(play_letters, NULL, NULL);
    struct order order = {.http = asking_start(NULL), .want = 3};
    order.request = request_of(url_of(peer, "/x"));
    order.ids[0] = http_send(order.http, &order.request, send_next, &order);
    asking_run();
    assert_string_equal(order.text, "xxx");
    asking_end(order.http);
    peer_stop(peer);
}

/* Goal: several at once do not wait for each other. */
static void asks_several_at_once(void **state)
{
    struct peer *slow = peer_start(play_silence, NULL, NULL);
    struct peer *peer = peer_start(play_letters, NULL, NULL);
    struct order order = {.http = asking_start(NULL), .want = 3};
    for (int i = 0; i < 3; i++) {
        send_letter(&order, slow, 's');
    }
    for (int i = 0; i < 3; i++) {
        send_letter(&order, peer, (char)('a' + i));
    }
    asking_run();
    assert_string_equal(order.text, "abc");
    asking_end(order.http);
    peer_stop(slow);
    peer_stop(peer);
}

/* Refuses the first tunnel, then is one, to itself as the server. */
static void play_proxy(struct line *line)
{
    struct record *record = line->context;
    if (!line_read_head(line)) {
        return;
    }
    const int number = atomic_fetch_add(&record->asked, 1);
    memcpy(record->heads[number], line->head, sizeof(line->head));
    if (strncmp(line->head, "CONNECT", 7) != 0) {
        line_say(line, SAY_OK);
    } else if (number == 1) {
        line_say(line, "HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n");
    } else {
        line_say(line, "HTTP/1.1 200 Go on\r\n\r\n");
        if (line_encrypt(line, record->body) && line_read_head(line)) {
            line_say(line, SAY_OK);
        }
    }
}

static void goes_through_the_proxy_of_the_environment(void **state)
{
    struct certificates made;
    certificates_make(&made);
    struct record record = {.asked = 0};
    snprintf(record.body, sizeof(record.body), "%s", made.other_host);
    struct peer *peer = peer_start(play_proxy, &record, NULL);
    const struct http_options options = {.requests_max = 1, .ca_file = made.authority};
    struct http *http = asking_start(&options);
    setenv("http_proxy", url_of(peer, "/"), 1);
    setenv("https_proxy", url_of(peer, "/"), 1);
    setenv("no_proxy", "localhost", 1);

    struct http_request request = request_of("http://example.invalid/a");
    ask(http, &request);
    assert_int_equal(got.answer.fault, NET_NONE);
    request.url = "https://example.invalid/b";
    ask(http, &request);
    assert_int_equal(got.answer.fault, NET_PROXY);
    assert_false(got.answer.sent);
    ask(http, &request);
    assert_int_equal(got.answer.fault, NET_NONE);
    assert_int_equal(got.answer.status, 200);
    assert_string_equal(got.header, "yes");

    struct script script = {.bytes = SAY_OK};
    struct peer *direct = peer_start(play_script, &script, NULL);
    char url[64];
    snprintf(url, sizeof(url), "http://localhost:%d/", peer_port(direct));
    request.url = url;
    ask(http, &request);
    assert_int_equal(got.answer.fault, NET_NONE);
    assert_int_equal(script.heads, 1);
    asking_end(http);
    peer_stop(direct);
    peer_stop(peer);
    unsetenv("http_proxy");
    unsetenv("https_proxy");
    unsetenv("no_proxy");
    certificates_remove(&made);
    assert_int_equal(record.asked, 3);
    assert_ptr_equal(strstr(record.heads[0], "GET http://example.invalid/a "), record.heads[0]);
    assert_ptr_equal(strstr(record.heads[1], "CONNECT example.invalid:443 "), record.heads[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sends_what_it_is_given),
        cmocka_unit_test(asks_nothing_twice),
        cmocka_unit_test(holds_back_what_may_not_be_sent),
        cmocka_unit_test(queues_in_order_up_to_a_limit),
        cmocka_unit_test(runs_out_of_time_in_the_queue),
        cmocka_unit_test(may_send_and_cancel_within_a_call),
        cmocka_unit_test(asks_several_at_once),
        cmocka_unit_test(goes_through_the_proxy_of_the_environment),
    };
    return cmocka_run_group_tests_name("io/http_use", tests, NULL, NULL);
}
