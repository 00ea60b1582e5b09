#include "support/check.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/rng.h"
#include "run/wire.h"
#include "view/snapshot.h"

static void feed(struct wire_inbox *inbox, const void *bytes, size_t size)
{
    const unsigned char *from = bytes;
    while (size > 0) {
        size_t room;
        unsigned char *at = wire_inbox_room(inbox, &room);
        const size_t part = size < room ? size : room;
        memcpy(at, from, part);
        wire_inbox_add(inbox, part);
        from += part;
        size -= part;
    }
}

/* Goal: whatever the pieces bytes come in, the frames are the same. */
static void cuts_frames_whatever_the_pieces(void **state)
{
    static const char *const bodies[] = {"", "a", "four", "a longer body"};
    struct wire_outbox outbox = {0};
    for (size_t i = 0; i < LEN(bodies); i++) {
        wire_outbox_put(&outbox, WIRE_REFUSED, bodies[i], strlen(bodies[i]));
    }
    const size_t size = wire_outbox_pending(&outbox);
    assert_int_equal(size, 4 * WIRE_HEAD_SIZE + 0 + 1 + 4 + 13);
    for (size_t piece = 1; piece <= size; piece++) {
        struct wire_inbox inbox;
        struct wire_frame frame;
        size_t seen = 0;
        wire_inbox_init(&inbox, 16);
        for (size_t at = 0; at < size; at += piece) {
            feed(&inbox, outbox.bytes + at, piece < size - at ? piece : size - at);
            while (wire_inbox_next(&inbox, &frame) == WIRE_FRAME) {
                assert_int_equal(frame.kind, WIRE_REFUSED);
                assert_int_equal(frame.size, strlen(bodies[seen]));
                assert_memory_equal(frame.body, bodies[seen], frame.size);
                seen++;
            }
        }
        assert_int_equal(seen, LEN(bodies));
        wire_inbox_finish(&inbox);
    }
    wire_outbox_finish(&outbox);
}

/* Goal: a frame larger than the socket holds at once goes over in pieces and comes out whole;
 * both ends hear that there is nothing to do now, and that the other one has gone. */
static void goes_through_a_socket(void **state)
{
    int ends[2];
    struct wire_outbox outbox = {0};
    struct wire_inbox inbox;
    struct wire_frame frame;
    unsigned char *body = mem_zalloc(WIRE_TO_CONSOLE_MAX);
    for (size_t i = 0; i < WIRE_TO_CONSOLE_MAX; i++) {
        body[i] = (unsigned char)(i % 251);
    }
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    wire_inbox_init(&inbox, WIRE_TO_CONSOLE_MAX);
    assert_int_equal(wire_inbox_receive(&inbox, ends[1]), WIRE_IDLE);
    wire_outbox_put(&outbox, WIRE_SNAPSHOT, body, WIRE_TO_CONSOLE_MAX);
    assert_int_equal(wire_outbox_send(&outbox, ends[0]), WIRE_IDLE);
    assert_in_range(wire_outbox_pending(&outbox), 1, WIRE_TO_CONSOLE_MAX);
    while (wire_outbox_send(&outbox, ends[0]) == WIRE_IDLE) {
        assert_int_equal(wire_inbox_next(&inbox, &frame), WIRE_MORE);
        assert_int_equal(wire_inbox_receive(&inbox, ends[1]), WIRE_MOVED);
    }
    assert_int_equal(wire_outbox_pending(&outbox), 0);
    while (wire_inbox_receive(&inbox, ends[1]) == WIRE_MOVED) {
    }
    assert_int_equal(wire_inbox_next(&inbox, &frame), WIRE_FRAME);
    assert_int_equal(frame.size, WIRE_TO_CONSOLE_MAX);
    assert_memory_equal(frame.body, body, WIRE_TO_CONSOLE_MAX);

    close(ends[0]);
    errno = 0;
    assert_int_equal(wire_inbox_receive(&inbox, ends[1]), WIRE_GONE);
    assert_int_equal(errno, ECONNRESET);
    wire_outbox_put(&outbox, WIRE_FAREWELL, body, 1);
    assert_int_equal(wire_outbox_send(&outbox, ends[1]), WIRE_GONE);
    assert_int_equal(errno, EPIPE);
    close(ends[1]);
    wire_inbox_finish(&inbox);
    wire_outbox_finish(&outbox);
    mem_free(body);
}

/* Goal: a frame that announces more than may come is refused by its head, and no room is made
 * for what it announces. */
static void refuses_what_is_too_long_or_of_no_kind(void **state)
{
    static const struct {
        uint32_t head[2];
        enum wire_result_kind want;
    } cases[] = {
        {{100, WIRE_COMMAND}, WIRE_MORE},        {{101, WIRE_COMMAND}, WIRE_BROKEN},
        {{UINT32_MAX, WIRE_HELLO}, WIRE_BROKEN}, {{0, 0}, WIRE_BROKEN},
        {{0, WIRE_KIND_LAST + 1}, WIRE_BROKEN},  {{0, UINT32_MAX}, WIRE_BROKEN},
        {{0, WIRE_KIND_LAST}, WIRE_FRAME},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct wire_inbox inbox;
        struct wire_frame frame;
        wire_inbox_init(&inbox, 100);
        feed(&inbox, cases[i].head, sizeof(cases[i].head));
        assert_int_equal(wire_inbox_next(&inbox, &frame), cases[i].want);
        size_t room;
        wire_inbox_room(&inbox, &room);
        assert_true(room <= 8192);
        wire_inbox_finish(&inbox);
    }
}

/* Goal: random bytes never do more than break the connection. */
static void lives_through_garbage(void **state)
{
    struct rng rng;
    rng_seed(&rng, 7, 0);
    for (int round = 0; round < 2000; round++) {
        struct wire_inbox inbox;
        struct wire_frame frame;
        enum wire_result_kind got = WIRE_MORE;
        wire_inbox_init(&inbox, WIRE_TO_HOST_MAX);
        for (int piece = 0; piece < 20 && got != WIRE_BROKEN; piece++) {
            uint64_t noise[4];
            for (size_t i = 0; i < LEN(noise); i++) {
                /* Small numbers, so that some heads are right. */
                noise[i] = rng_next(&rng) & UINT64_C(0x0000000f0000003f);
            }
            feed(&inbox, noise, 1 + rng_below(&rng, sizeof(noise)));
            got = WIRE_FRAME;
            while (got == WIRE_FRAME) {
                got = wire_inbox_next(&inbox, &frame);
            }
            assert_true(inbox.capacity <= 2 * (WIRE_TO_HOST_MAX + WIRE_HEAD_SIZE));
        }
        wire_inbox_finish(&inbox);
    }
}

/* Goal: another build is told so in one sentence; what is no console at all, too. */
static void tells_another_build_apart(void **state)
{
    struct wire_hello ours;
    struct wire_hello theirs;
    struct wire_hello got = {0};
    struct err err;
    wire_hello_make(&ours, WIRE_ACTS);
    assert_int_equal(strlen(ours.build), 40); /* SHA-1 in hex */
    wire_hello_make(&theirs, WIRE_LOOKS);
    assert_true(wire_hello_check(&ours, &theirs, sizeof(theirs), &got, &err));
    assert_int_equal(got.manner, WIRE_LOOKS);

    theirs.build[0] = theirs.build[0] == 'a' ? 'b' : 'a';
    assert_false(wire_hello_check(&ours, &theirs, sizeof(theirs), &got, &err));
    assert_int_equal(err.kind, ERR_REFUSED);
    assert_non_null(strstr(err.text, "another build"));
    wire_hello_make(&theirs, WIRE_LOOKS);
    theirs.snapshot_size++;
    assert_false(wire_hello_check(&ours, &theirs, sizeof(theirs), &got, &err));
    wire_hello_make(&theirs, WIRE_LOOKS);
    theirs.version++;
    assert_false(wire_hello_check(&ours, &theirs, sizeof(theirs), &got, &err));
    memset(theirs.build, 'x', sizeof(theirs.build)); /* no NUL in it */
    assert_false(wire_hello_check(&ours, &theirs, sizeof(theirs), &got, &err));
    theirs.magic[0] = 'X';
    assert_false(wire_hello_check(&ours, &theirs, sizeof(theirs), &got, &err));
    assert_non_null(strstr(err.text, "no console"));
    assert_false(wire_hello_check(&ours, "GET / HTTP/1.1", 14, &got, &err));
    assert_non_null(strstr(err.text, "no console"));
}

/* Goal: a page travels as long as its rows are many, and one that lies about it is refused. */
static void carries_pages_as_far_as_they_are_filled(void **state)
{
    static const struct {
        enum page_kind kind;
        size_t row;
    } kinds[] = {
        {PAGE_TRADES, sizeof(struct page_trade)},
        {PAGE_ALERTS, sizeof(struct snapshot_alert)},
        {PAGE_DECISIONS, sizeof(struct page_decision)},
        {PAGE_AUDIT, sizeof(struct page_audit)},
    };
    struct page *page = mem_zalloc(sizeof(*page));
    struct page *got = mem_zalloc(sizeof(*got));
    const size_t head = wire_page_size(page);
    for (size_t i = 0; i < LEN(kinds); i++) {
        memset(page, 0x11, sizeof(*page));
        page->query.kind = kinds[i].kind;
        page->count = 3;
        const size_t size = wire_page_size(page);
        assert_int_equal(size, head + 3 * kinds[i].row);
        struct wire_frame frame = {WIRE_PAGE, size, (const unsigned char *)page};
        assert_true(wire_page_take(&frame, got));
        assert_memory_equal(got, page, size);
        frame.size = size - 1;
        assert_false(wire_page_take(&frame, got));
        frame.size = 3;
        assert_false(wire_page_take(&frame, got));
        frame.size = size;
        page->count = PAGE_ROWS_MAX + 1;
        assert_false(wire_page_take(&frame, got));
    }
    page->query.kind = (enum page_kind)99;
    const struct wire_frame frame = {WIRE_PAGE, head, (const unsigned char *)page};
    assert_false(wire_page_take(&frame, got));
    mem_free(page);
    mem_free(got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_frames_whatever_the_pieces),
        cmocka_unit_test(goes_through_a_socket),
        cmocka_unit_test(refuses_what_is_too_long_or_of_no_kind),
        cmocka_unit_test(lives_through_garbage),
        cmocka_unit_test(tells_another_build_apart),
        cmocka_unit_test(carries_pages_as_far_as_they_are_filled),
    };
    return cmocka_run_group_tests_name("run/wire", tests, NULL, NULL);
}
