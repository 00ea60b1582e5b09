#include "support/check.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "puppet.h"
#include "raw.h"

/* Ends that meet: good-byes that cross, silences that swallow them, servers that go. */

static struct puppet *start(void)
{
    const struct puppet_options options = puppet_defaults();
    return puppet_start(&options);
}

static struct raw *open_socket(struct puppet *puppet)
{
    struct raw *raw = raw_connect(puppet_port(puppet));
    raw_upgrade(raw, "/socket");
    return raw;
}

/* Asks something on a connection of its own and waits for the answer. */
static void order(struct puppet *puppet, const char *path)
{
    char text[256];
    struct raw *raw = raw_connect(puppet_port(puppet));
    snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path);
    raw_say(raw, text);
    raw_until(raw, "HTTP/1.1 200 OK\r\n");
    raw_close(raw);
}

/* Goal: after an end of silence from outside the socket speaks again at once. */
static void a_silence_is_taken_back(void **state)
{
    struct puppet *puppet = start();
    struct raw *raw = open_socket(puppet);
    order(puppet, "/break?break=silence");
    raw_text(raw, "lost");
    raw_quiet(raw, 15);
    order(puppet, "/break?break=none");
    raw_text(raw, "heard");
    raw_expect(raw, 0x81, "heard");
    raw_close(raw);
    const struct puppet_story story = puppet_stop(puppet);
    assert_int_equal(story.stats.messages_in, 1);
    assert_int_equal(story.stats.faults[WIRE_FAULT_SILENCE], 1);
}

/* Goal: a good-bye that was lost in a silence does not leave a socket that can say nothing. */
static void a_farewell_lost_in_silence_ends_it(void **state)
{
    struct puppet *puppet = start();
    struct raw *raw = open_socket(puppet);
    raw_text(raw, "!say=a&fault=delay&amount=5000");
    raw_text(raw, "!close=1001");
    raw_frame(raw, 0x89, "", 0);
    order(puppet, "/break?break=silence&amount=20");
    raw_to_end(raw);
    assert_int_equal(raw->size, 0);
    raw_close(raw);
    const struct puppet_story story = puppet_stop(puppet);
    assert_int_equal(story.closed_count, 1);
    assert_int_equal(story.closed_code, 1001);
}

/* Goal: of a message that is half out when a silence begins the rest comes after it, and what
 * was behind it does not: the next frame begins where a frame begins. */
static void a_silence_leaves_no_half_message(void **state)
{
    enum { SIZE = 20000000 };
    struct puppet_options options = puppet_defaults();
    options.wire.queue_max = 2 * SIZE;
    struct puppet *puppet = puppet_start(&options);
    struct raw *raw = open_socket(puppet);
    raw_text(raw, "!size=20000000"); /* more than the kernel keeps for a socket */
    raw_text(raw, "behind");
    order(puppet, "/break?break=silence&amount=30");
    raw_skip(raw, 10 + SIZE);
    raw_text(raw, "next");
    raw_expect(raw, 0x81, "next");
    raw_close(raw);
    puppet_stop(puppet);
}

static void rubbish_in_silence_is_cut(void **state)
{
    struct puppet *puppet = start();
    struct raw *raw = open_socket(puppet);
    raw_text(raw, "!break=silence");
    raw_send(raw, "\x83\x80", 2);
    raw_to_end(raw);
    assert_int_equal(raw->size, 0);
    raw_close(raw);
    assert_int_equal(puppet_stop(puppet).stats.rubbish, 1);
}

static void rubbish_for_a_good_bye_will_do(void **state)
{
    struct puppet *puppet = start();
    struct raw *raw = open_socket(puppet);
    raw_text(raw, "!close=1001");
    raw_expect(raw, 0x88, "\x03\xe9");
    raw_send(raw, "\x83\x80", 2);
    raw_to_end(raw);
    raw_close(raw);
    assert_int_equal(puppet_stop(puppet).closed_code, 1001);
}

/* Goal: what a client says behind its own good-bye is not heard. */
static void nothing_comes_behind_a_good_bye(void **state)
{
    struct puppet *puppet = start();
    struct raw *raw = open_socket(puppet);
    raw_text(raw, "!say=late&fault=delay&amount=30");
    raw_frame(raw, 0x88, "\x03\xe8", 2);
    raw_text(raw, "more");
    raw_expect(raw, 0x81, "late");
    raw_expect(raw, 0x88, "\x03\xe8");
    raw_to_end(raw);
    assert_int_equal(raw->size, 0);
    raw_close(raw);
    const struct puppet_story story = puppet_stop(puppet);
    assert_int_equal(story.stats.messages_in, 1);
    assert_int_equal(story.closed_code, 1000);
}

/* Goal: a client that never answers our good-bye is let go after a second. */
static void a_good_bye_without_answer_ends(void **state)
{
    struct puppet *puppet = start();
    struct raw *raw = open_socket(puppet);
    raw_text(raw, "!close=1001");
    raw_expect(raw, 0x88, "\x03\xe9");
    raw_to_end(raw);
    raw_close(raw);
    const struct puppet_story story = puppet_stop(puppet);
    assert_int_equal(story.stats.timeouts, 1);
    assert_int_equal(story.closed_count, 1);
}

/* Goal: what one packet brings is all taken, however much it is, also when the client ends its
 * side right behind it. */
static void takes_all_of_a_large_packet(void **state)
{
    enum { MANY = 500 };
    static const char FRAME[] = "\x81\x82\0\0\0\0hi";
    static char bytes[MANY * 64];
    struct puppet *puppet = start();
    struct raw *raw = open_socket(puppet);
    for (int i = 0; i < MANY; i++) {
        memcpy(bytes + i * 8, FRAME, 8);
    }
    raw_send(raw, bytes, MANY * 8);
    raw_take(raw, MANY * 4);
    raw_close(raw);

    static const char GET[] = "GET /?body=x HTTP/1.1\r\nHost: x\r\n\r\n";
    raw = raw_connect(puppet_port(puppet));
    for (int i = 0; i < MANY; i++) {
        memcpy(bytes + (size_t)i * (sizeof(GET) - 1), GET, sizeof(GET) - 1);
    }
    raw_send(raw, bytes, MANY * (sizeof(GET) - 1));
    assert_int_equal(shutdown(raw->fd, SHUT_WR), 0);
    raw_to_end(raw);
    raw_close(raw);
    const struct puppet_story story = puppet_stop(puppet);
    assert_int_equal(story.stats.messages_in, MANY);
    assert_int_equal(story.stats.answers, MANY + 1); /* and the handshake */
}

/* Goal: without a descriptor left the server neither spins nor dies, and goes on later. */
static void outlives_a_want_of_descriptors(void **state)
{
    struct rlimit limit;
    struct puppet *puppet = start();
    const int probe = dup(0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    struct rlimit tight = limit;
    tight.rlim_cur = (rlim_t)probe + 1;
    close(probe);
    /* The client takes the last one, so that there is none for the server's side of it. */
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &tight), 0);
    struct raw *raw = raw_connect(puppet_port(puppet));
    raw_say(raw, "GET /?body=served HTTP/1.1\r\nHost: x\r\n\r\n");
    raw_quiet(raw, 20);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    raw_until(raw, "served");
    raw_close(raw);
    puppet_stop(puppet);
}

static void stop_loop(void *context, int64_t now_ns)
{
    loop_stop(context, 0);
}

/* Goal: a server that is given up leaves nobody waiting, and makes no call. */
static void a_server_goes_with_its_clients(void **state)
{
    struct err err = {.text = ""};
    struct wire *wire = NULL;
    struct wire *second = NULL;
    struct loop *loop = loop_create();
    struct wire_options options = wire_defaults();
    const struct wire_calls calls = puppet_calls();
    struct wire_calls mute = calls;
    mute.connected = NULL;
    assert_true(wire_listen(&wire, loop, &options, &mute, &err));
    struct raw *raw = raw_connect(wire_port(wire));

    options.port = wire_port(wire);
    assert_false(wire_listen(&second, loop, &options, &mute, &err));
    assert_non_null(strstr(err.text, "cannot listen at 127.0.0.1:"));
    assert_true(wire_open(wire, &err)); /* it is already */
    assert_false(wire_identify(wire, WIRE_IDENTITY_EXPIRED, &err));
    assert_string_equal(err.text, "without TLS there is no identity 'expired'");

    loop_add_timer(loop, 0, stop_loop, loop);
    loop_run(loop);
    assert_int_equal(wire_stats(wire)->connections, 1);
    wire_finish(wire);
    wire_finish(NULL);
    raw_to_end(raw);
    raw_close(raw);
    loop_destroy(loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_silence_is_taken_back),
        cmocka_unit_test(a_farewell_lost_in_silence_ends_it),
        cmocka_unit_test(a_silence_leaves_no_half_message),
        cmocka_unit_test(rubbish_in_silence_is_cut),
        cmocka_unit_test(rubbish_for_a_good_bye_will_do),
        cmocka_unit_test(nothing_comes_behind_a_good_bye),
        cmocka_unit_test(a_good_bye_without_answer_ends),
        cmocka_unit_test(takes_all_of_a_large_packet),
        cmocka_unit_test(outlives_a_want_of_descriptors),
        cmocka_unit_test(a_server_goes_with_its_clients),
    };
    return cmocka_run_group_tests_name("simulator/wire_ends", tests, NULL, NULL);
}
