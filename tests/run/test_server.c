#include "fake_host.h"

/* Goal: bytes that make no sense cost the sender its connection, with a sentence, and nobody
 * else anything. */
static void hangs_up_on_garbage(void **state)
{
    static const struct {
        const char *name;
        bool hello;
        uint32_t kind, size;
        const char *want;
    } cases[] = {
        {"no hello", false, WIRE_COMMAND, sizeof(struct wire_command), "no console"},
        {"http", false, 0x50545448, 0x20544547, "cannot be read"},
        {"oversized", true, WIRE_COMMAND, WIRE_TO_HOST_MAX + 1, "cannot be read"},
        {"odd kind", true, 77, 0, "cannot be read"},
        {"host's kind", true, WIRE_SNAPSHOT, 8, "does not send"},
        {"short command", true, WIRE_COMMAND, 8, "wrong length"},
        {"long question", true, WIRE_QUERY, 800, "wrong length"},
        {"no such command", true, WIRE_COMMAND, sizeof(struct wire_command), "no such command"},
        {"no such page", true, WIRE_QUERY, sizeof(struct page_query), "no such page"},
    };
    static unsigned char body[2 * WIRE_TO_HOST_MAX];
    memset(body, 0xee, sizeof(body));
    struct port *port = attach(WIRE_ACTS);
    for (size_t i = 0; i < LEN(cases); i++) {
        char text[512] = "";
        const int fd = connect_raw();
        print_message("# %s\n", cases[i].name);
        if (cases[i].hello) {
            send_hello(fd);
            assert_int_equal(read_raw(fd, text, sizeof(text)), WIRE_WELCOME);
        }
        const uint32_t sent = cases[i].size < sizeof(body) ? cases[i].size : 16;
        const uint32_t head[2] = {cases[i].size, cases[i].kind};
        assert_int_equal(send(fd, head, sizeof(head), MSG_NOSIGNAL), sizeof(head));
        (void)!send(fd, body, sent, MSG_NOSIGNAL);
        assert_int_equal(read_raw(fd, text, sizeof(text)), WIRE_REFUSED);
        assert_non_null(strstr(text, cases[i].want));
        close(fd);
    }
    assert_int_equal(tell(COUNT), 1);
    assert_int_equal(host.commands, 0);
    port->ops->close(port);
}

static void tells_another_build_so(void **state)
{
    struct wire_hello hello;
    char text[512] = "";
    const int fd = connect_raw();
    wire_hello_make(&hello, WIRE_ACTS);
    memset(hello.build, 'f', 8);
    send_raw(fd, WIRE_HELLO, &hello, sizeof(hello));
    assert_int_equal(read_raw(fd, text, sizeof(text)), WIRE_REFUSED);
    assert_non_null(strstr(text, "another build"));
    assert_int_equal(read_raw(fd, text, sizeof(text)), 0);
    close(fd);
}

/* Goal: a frame that comes byte by byte is one frame, and a frame that never ends is none. */
static void takes_a_frame_that_drips(void **state)
{
    struct wire_command message = {.number = 9, .command = {.kind = COMMAND_PAUSE}};
    const uint32_t head[2] = {sizeof(message), WIRE_COMMAND};
    unsigned char bytes[sizeof(head) + sizeof(message)];
    char text[512];
    const int fd = connect_raw();
    memcpy(bytes, head, sizeof(head));
    memcpy(bytes + sizeof(head), &message, sizeof(message));
    send_hello(fd);
    assert_int_equal(read_raw(fd, text, sizeof(text)), WIRE_WELCOME);
    for (size_t i = 0; i < sizeof(bytes); i++) {
        assert_int_equal(send(fd, bytes + i, 1, MSG_NOSIGNAL), 1);
        if (i % 16 == 0) {
            tell(COUNT); /* the host takes in what is there */
        }
    }
    /* The host published inside the call, so its snapshot is ahead of the answer. */
    assert_int_equal(read_raw(fd, text, sizeof(text)), WIRE_SNAPSHOT);
    assert_int_equal(read_raw(fd, text, sizeof(text)), WIRE_RESULT);
    assert_int_equal(send(fd, bytes, 20, MSG_NOSIGNAL), 20);
    tell(COUNT);
    close(fd);
    while (tell(COUNT) != 0) {
    }
    assert_int_equal(host.commands, 1);
}

/* Goal: what a console said before it hung up is heard: `kill` may not wait for an answer. */
static void hears_the_last_words_of_a_console(void **state)
{
    const struct wire_command message = {.number = 1, .command = {.kind = COMMAND_KILL}};
    const int fd = connect_raw();
    while (tell(COUNT) == 0) {
    }
    send_hello(fd);
    send_raw(fd, WIRE_COMMAND, &message, sizeof(message));
    send_raw(fd, WIRE_COMMAND, &message, sizeof(message));
    close(fd);
    while (tell(COUNT) != 0) {
    }
    assert_int_equal(host.commands, 2);
}

/* Goal: a console that stops reading holds one snapshot of ours however many come, others get
 * every newest one, and when it reads again it gets the newest too. */
static void waits_for_no_console(void **state)
{
    char text[512];
    const int stalled = connect_raw();
    send_hello(stalled);
    assert_int_equal(read_raw(stalled, text, sizeof(text)), WIRE_WELCOME);
    struct port *port = attach(WIRE_ACTS);
    for (uint64_t i = 1; i <= 200; i++) {
        tell(PUBLISH);
        while (port_socket_wait(port, 1000, &err)->sequence < i) {
            struct pollfd wait = {.fd = port->ops->fd(port), .events = POLLIN};
            poll(&wait, 1, 1000);
        }
        assert_true(tell(WAITING) <= sizeof(struct snapshot) + WIRE_HEAD_SIZE);
    }
    uint64_t newest = 0;
    while (newest < 200) {
        uint32_t head[2];
        static struct snapshot got;
        assert_int_equal(recv(stalled, head, sizeof(head), MSG_WAITALL), sizeof(head));
        assert_int_equal(head[1], WIRE_SNAPSHOT);
        assert_int_equal(recv(stalled, &got, sizeof(got), MSG_WAITALL), sizeof(got));
        assert_true(got.sequence > newest);
        newest = got.sequence;
    }
    assert_int_equal(newest, 200);
    close(stalled);
    port->ops->close(port);
}

/* Goal: a console that asks and asks and never reads is answered as far as its backlog goes;
 * then its questions wait in its own socket. All are answered once it reads. */
static void bounds_the_answers_that_wait(void **state)
{
    enum { QUESTIONS = 40 };
    const struct page_query query = {.kind = PAGE_TRADES, .count = 200};
    char text[512];
    const int fd = connect_raw();
    send_hello(fd);
    assert_int_equal(read_raw(fd, text, sizeof(text)), WIRE_WELCOME);
    for (int i = 0; i < QUESTIONS; i++) {
        send_raw(fd, WIRE_QUERY, &query, sizeof(query));
    }
    for (int i = 0; i < 100; i++) {
        assert_true(tell(WAITING) <= SERVER_BACKLOG + sizeof(struct page) + WIRE_HEAD_SIZE);
    }
    for (int i = 0; i < QUESTIONS; i++) {
        assert_int_equal(read_raw(fd, text, sizeof(text)), WIRE_PAGE);
    }
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOST_TEST(hangs_up_on_garbage),      HOST_TEST(tells_another_build_so),
        HOST_TEST(takes_a_frame_that_drips), HOST_TEST(hears_the_last_words_of_a_console),
        HOST_TEST(waits_for_no_console),     HOST_TEST(bounds_the_answers_that_wait),
    };
    return cmocka_run_group_tests_name("run/server", tests, NULL, NULL);
}
