#include "support/check.h"

#include "base/clock.h"
#include "io/http.h"
#include "io/websocket.h"
#include "puppet.h"
#include "support/folder.h"

/* The clients that a session has, before the server that a session practises on: what is broken
 * on the wire is told by its right name. */

/* A silence is waited for so long, anything else for as long as a slow machine needs. */
enum { SILENCE_MS = 150, PATIENCE_MS = 5000 };

static int64_t patience_ms(const char *path)
{
    return strstr(path, "silence") != NULL ? SILENCE_MS : PATIENCE_MS;
}

struct meeting {
    struct loop *loop;
    struct puppet *puppet;
    char folder[FOLDER_PATH_SIZE]; /* "": no TLS */
    char authority[FOLDER_PATH_SIZE + 64];
    uint64_t timer; /* of a test that waits for what does not come */
    struct http_answer answer;
    struct websocket_news lost;
    int32_t opened;
    char heard[64];
    size_t heard_size;
};

static void on_late(void *context, int64_t now_ns)
{
    loop_stop(context, 1);
}

static void meet(struct meeting *meeting, bool encrypted, enum wire_identity identity)
{
    struct err err = {.text = ""};
    struct puppet_options options = puppet_defaults();
    *meeting = (struct meeting){.loop = loop_create()};
    if (encrypted) {
        folder_create(meeting->folder);
        assert_true(wire_identities_make(meeting->folder, &err));
        folder_file(meeting->authority, meeting->folder, "ca.pem");
        options.wire.tls_folder = meeting->folder;
        options.wire.identity = identity;
    }
    meeting->puppet = puppet_start(&options);
}

static void run(struct meeting *meeting)
{
    meeting->timer = loop_add_timer(meeting->loop, clock_monotonic_ns() + 10 * CLOCK_NS_PER_S,
                                    on_late, meeting->loop);
    assert_int_equal(loop_run(meeting->loop), 0);
    loop_remove_timer(meeting->loop, meeting->timer);
}

static struct puppet_story part(struct meeting *meeting)
{
    const struct puppet_story story = puppet_stop(meeting->puppet);
    loop_destroy(meeting->loop);
    if (meeting->folder[0] != '\0') {
        folder_remove(meeting->folder);
    }
    return story;
}

static const char *address(const struct meeting *meeting, const char *scheme, const char *path,
                           char out[256])
{
    snprintf(out, 256, "%s%s://127.0.0.1:%d%s", scheme, meeting->folder[0] != '\0' ? "s" : "",
             (int)puppet_port(meeting->puppet), path);
    return out;
}

static void on_answer(void *context, const struct http_answer *answer)
{
    struct meeting *meeting = context;
    meeting->answer = *answer;
    loop_stop(meeting->loop, 0);
}

static enum net_fault ask(struct meeting *meeting, const char *path)
{
    char url[256];
    struct err err = {.text = ""};
    struct http *http;
    const struct http_options options = {
        .ca_file = meeting->folder[0] != '\0' ? meeting->authority : NULL, .requests_max = 1};
    const struct http_request request = {.method = "GET",
                                         .url = address(meeting, "http", path, url),
                                         .timeout_ms = patience_ms(path),
                                         .size_max = 100000};
    assert_true(http_create(&http, meeting->loop, &options, &err));
    assert_true(http_send(http, &request, on_answer, meeting) > 0);
    run(meeting);
    http_destroy(http);
    return meeting->answer.fault;
}

static void on_news(void *context, const struct websocket_news *news)
{
    struct meeting *meeting = context;
    if (news->change == WEBSOCKET_OPENED) {
        meeting->opened++;
    } else if (news->change == WEBSOCKET_LOST) {
        meeting->lost = *news;
        loop_stop(meeting->loop, 0);
    }
}

static void on_message(void *context, const char *bytes, size_t size, bool binary,
                       int64_t mono_ns)
{
    struct meeting *meeting = context;
    snprintf(meeting->heard, sizeof(meeting->heard), "%.*s", (int)size, bytes);
    meeting->heard_size = size;
    loop_stop(meeting->loop, 0);
}

/* Until the first message or loss. */
static void listen_to(struct meeting *meeting, const char *path, const char *hello)
{
    char url[256];
    struct err err = {.text = ""};
    struct websockets *all;
    struct websocket *line;
    const struct websocket_options options = {.url = address(meeting, "ws", path, url),
                                              .hello = {hello},
                                              .hello_count = 1,
                                              .message_size_max = 100000,
                                              .connect_ms = patience_ms(path),
                                              .ping_ms = SILENCE_MS / 3,
                                              .silence_ms = patience_ms(hello),
                                              .back_off_ms = 60000,
                                              .back_off_max_ms = 60000,
                                              .seed = 1};
    const struct websocket_calls calls = {on_news, on_message, meeting};
    const char *authority = meeting->folder[0] != '\0' ? meeting->authority : NULL;
    assert_true(websockets_create(&all, meeting->loop, authority, &err));
    assert_true(websocket_open(&line, all, &options, &calls, &err));
    run(meeting);
    websocket_close(line);
    websockets_destroy(all);
}

/* Goal: faults 20 to 22 and 25, by the names that make their reasons. */
static void requests_know_what_went_wrong(void **state)
{
    static const struct {
        const char *path;
        enum net_fault fault;
    } cases[] = {
        {"/?size=50000", NET_NONE},
        {"/?size=50000&fault=fragment&amount=999", NET_NONE},
        {"/?size=50000&fault=truncate&amount=99", NET_TRUNCATED},
        {"/?size=50000&fault=length&amount=-1", NET_NONE}, /* the rest is nobody's answer */
        {"/?size=50000&fault=oversize&amount=1000000000", NET_OVERSIZE},
        {"/?size=50000&fault=cut", NET_RESET},
        {"/?size=50000&fault=cut&reset=1", NET_RESET},
        {"/?size=50000&fault=silence", NET_TIMEOUT},
    };
    for (int encrypted = 0; encrypted <= 1; encrypted++) {
        struct meeting meeting;
        meet(&meeting, encrypted, WIRE_IDENTITY_VALID);
        for (size_t i = 0; i < LEN(cases); i++) {
            const enum net_fault fault = ask(&meeting, cases[i].path);
            print_message("# %s%s: %s, %s\n", encrypted ? "TLS " : "", cases[i].path,
                          net_fault_name(fault), meeting.answer.text);
            assert_int_equal(fault, cases[i].fault);
        }
        part(&meeting);
    }
}

static void lines_know_what_went_wrong(void **state)
{
    static const struct {
        const char *path, *hello;
        enum net_fault fault;
        int32_t status, opened;
    } cases[] = {
        {"/", "!say=heard", NET_NONE, 0, 1},
        {"/", "!say=heard&fault=fragment&amount=1", NET_NONE, 0, 1},
        {"/", "!say=heard&fault=duplicate&amount=3", NET_NONE, 0, 1},
        {"/?status=429&header=Retry-After:+2", "", NET_REFUSED, 429, 0},
        {"/?fault=cut", "", NET_RESET, 0, 0},
        {"/?fault=silence", "", NET_TIMEOUT, 0, 0},
        {"/", "!break=cut&reset=1", NET_RESET, 0, 1},
        {"/", "!say=heard&fault=truncate&amount=2", NET_TRUNCATED, 0, 1},
        {"/", "!break=silence", NET_SILENT, 0, 1},
        {"/", "!close=1001", NET_CLOSED, 0, 1},
        {"/", "!size=100001", NET_OVERSIZE, 0, 1},
    };
    for (int encrypted = 0; encrypted <= 1; encrypted++) {
        for (size_t i = 0; i < LEN(cases); i++) {
            struct meeting meeting;
            meet(&meeting, encrypted, WIRE_IDENTITY_VALID);
            listen_to(&meeting, cases[i].path, cases[i].hello);
            print_message("# %s%s %s: %s, %s\n", encrypted ? "TLS " : "", cases[i].path,
                          cases[i].hello, net_fault_name(meeting.lost.fault), meeting.heard);
            assert_int_equal(meeting.lost.fault, cases[i].fault);
            assert_int_equal(meeting.lost.status, cases[i].status);
            assert_int_equal(meeting.lost.retry_after_ms, cases[i].status == 429 ? 2000 : 0);
            assert_int_equal(meeting.opened, cases[i].opened);
            assert_string_equal(meeting.heard, cases[i].fault == NET_NONE ? "heard" : "");
            part(&meeting);
        }
    }
}

/* Goal (NET.TLS): whatever is wrong with the certificate, nothing is sent to its owner. */
static void nobody_is_trusted_but_the_valid(void **state)
{
    for (int i = 0; i < WIRE_IDENTITY_COUNT; i++) {
        struct meeting meeting;
        const enum net_fault want = i == WIRE_IDENTITY_VALID ? NET_NONE : NET_TLS;
        meet(&meeting, true, (enum wire_identity)i);
        print_message("# %s\n", wire_identity_name((enum wire_identity)i));
        assert_int_equal(ask(&meeting, "/?body=x"), want);
        listen_to(&meeting, "/", "!say=heard");
        assert_int_equal(meeting.lost.fault, want);
        const struct puppet_story story = part(&meeting);
        assert_int_equal(story.stats.requests, want == NET_NONE ? 2 : 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_know_what_went_wrong),
        cmocka_unit_test(lines_know_what_went_wrong),
        cmocka_unit_test(nobody_is_trusted_but_the_valid),
    };
    return cmocka_run_group_tests_name("simulator/wire_clients", tests, NULL, NULL);
}
