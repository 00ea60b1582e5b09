#include "support/check.h"

#include <stdlib.h>

#include "wire_frames.h"

enum { MESSAGE_MAX = 70000 };

/* A client's frame with a mask of zeros, so that its payload can be read below. */
#define MASK        "\0\0\0\0"
#define BYTES(text) (text), sizeof(text) - 1

/* What the bytes come to, one frame after the other: 'm' text, 'b' binary, 'p' part, 'i' ping,
 * 'o' pong, 'c' close, then the end: '.' more wanted, '!' broken (with its code). */
struct verdict {
    char kinds[16];
    int32_t code;
    char last[256];
};

static struct verdict read_all(const char *bytes, size_t size)
{
    struct verdict verdict = {.kinds = ""};
    struct wire_frames frames;
    unsigned char *input = malloc(size + 1);
    memcpy(input, bytes, size);
    wire_frames_init(&frames, MESSAGE_MAX);
    for (size_t at = 0, count = 0;; count++) {
        struct wire_news news = {0};
        size_t taken = 0;
        const enum wire_frames_result result =
            wire_frames_next(&frames, input + at, size - at, &taken, &news);
        const char control = news.opcode == WIRE_OP_CLOSE  ? 'c'
                             : news.opcode == WIRE_OP_PING ? 'i'
                                                           : 'o';
        const char data = news.opcode == WIRE_OP_TEXT ? 'm' : 'b';
        assert_true(count < sizeof(verdict.kinds) - 1);
        verdict.kinds[count] = result == WIRE_FRAMES_MORE      ? '.'
                               : result == WIRE_FRAMES_BROKEN  ? '!'
                               : result == WIRE_FRAMES_PART    ? 'p'
                               : result == WIRE_FRAMES_CONTROL ? control
                                                               : data;
        verdict.code = news.code != 0 ? news.code : verdict.code;
        if (result == WIRE_FRAMES_MORE || result == WIRE_FRAMES_BROKEN) {
            break;
        }
        if (result != WIRE_FRAMES_PART) {
            snprintf(verdict.last, sizeof(verdict.last), "%.*s", (int)news.size, news.bytes);
        }
        at += taken;
        assert_true(at <= size);
    }
    wire_frames_finish(&frames);
    free(input);
    return verdict;
}

static void reads_what_a_client_may_send(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *kinds, *last;
        int32_t code;
    } cases[] = {
        {BYTES(""), ".", "", 0},
        {BYTES("\x81\x85" MASK "hello"), "m.", "hello", 0},
        {BYTES("\x82\x85" MASK "\xff\xfe\xfd\xfc\x01"), "b.", "\xff\xfe\xfd\xfc\x01", 0},
        {BYTES("\x81\x80" MASK), "m.", "", 0},
        /* RFC 6455 5.7: "Hello" with the mask 37 fa 21 3d. */
        {BYTES("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), "m.", "Hello", 0},
        /* Fragments with a ping between them, which is no part of the message. */
        {BYTES("\x01\x83" MASK "Hel\x89\x82" MASK "hi\x80\x82" MASK "lo"), "pim.", "Hello", 0},
        {BYTES("\x01\x80" MASK "\x00\x80" MASK "\x80\x80" MASK), "ppm.", "", 0},
        /* A character may be cut in two by fragments, not by the message. */
        {BYTES("\x01\x81" MASK "\xc3\x80\x81" MASK "\xa4"), "pm.", "\xc3\xa4", 0},
        {BYTES("\x8a\x81" MASK "x"), "o.", "x", 0},
        {BYTES("\x88\x80" MASK), "c.", "", 1005},
        {BYTES("\x88\x82" MASK "\x03\xe8"), "c.", "\x03\xe8", 1000},
        {BYTES("\x88\x85" MASK "\x0f\xa0"
               "bye"),
         "c.",
         "\x0f\xa0"
         "bye",
         4000},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        const struct verdict verdict = read_all(cases[i].bytes, cases[i].size);
        print_message("# case %zu: %s\n", i, verdict.kinds);
        assert_string_equal(verdict.kinds, cases[i].kinds);
        assert_string_equal(verdict.last, cases[i].last);
        assert_int_equal(verdict.code, cases[i].code);
        /* One byte less: nothing is told before the last frame is whole. */
        if (cases[i].size > 0) {
            const struct verdict less = read_all(cases[i].bytes, cases[i].size - 1);
            assert_int_equal(strlen(less.kinds), strlen(cases[i].kinds) - 1);
            assert_int_equal(less.kinds[strlen(less.kinds) - 1], '.');
        }
    }
}

static void refuses_what_it_may_not(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *kinds;
        int32_t code;
    } cases[] = {
        {BYTES("\x81\x05hello"), "!", 1002}, /* no mask */
        {BYTES("\xc1\x85"), "!", 1002},      /* reserved bits */
        {BYTES("\xa1\x85"), "!", 1002},
        {BYTES("\x91\x85"), "!", 1002},
        {BYTES("\x83\x85"), "!", 1002}, /* unknown kinds */
        {BYTES("\x8b\x85"), "!", 1002},
        {BYTES("\x8f\x85"), "!", 1002},
        {BYTES("\x09\x80"), "!", 1002},                  /* control in fragments */
        {BYTES("\x89\xfe"), "!", 1002},                  /* control over 125 bytes */
        {BYTES("\x80\x80"), "!", 1002},                  /* nothing to go on with */
        {BYTES("\x01\x80" MASK "\x81\x80"), "p!", 1002}, /* begun twice */
        {BYTES("\x81\xfe\x00\x7d" MASK), "!", 1002},     /* 125 in two bytes */
        {BYTES("\x81\xff\x00\x00\x00\x00\x00\x00\xff\xff" MASK), "!", 1002},
        {BYTES("\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff" MASK), "!", 1002},
        {BYTES("\x88\x81" MASK "\x03"), "!", 1002},     /* half a code */
        {BYTES("\x88\x82" MASK "\x03\xed"), "!", 1002}, /* 1005 may not be sent, */
        {BYTES("\x88\x82" MASK "\x03\xee"), "!", 1002}, /* nor 1006, */
        {BYTES("\x88\x82" MASK "\x03\xe7"), "!", 1002}, /* nor 999, */
        {BYTES("\x88\x82" MASK "\x07\xd0"), "!", 1002}, /* nor 2000, */
        {BYTES("\x88\x82" MASK "\x13\x88"), "!", 1002}, /* nor 5000 */
        {BYTES("\x88\x83" MASK "\x03\xe8\xff"), "!", 1007},
        {BYTES("\x81\x81" MASK "\xff"), "!", 1007},
        {BYTES("\x81\x81" MASK "\xc3"), "!", 1007},     /* half a character */
        {BYTES("\x81\x82" MASK "\xc0\x80"), "!", 1007}, /* overlong */
        {BYTES("\x81\x83" MASK "\xe0\x80\xaf"), "!", 1007},
        {BYTES("\x81\x83" MASK "\xed\xa0\x80"), "!", 1007},     /* a surrogate */
        {BYTES("\x81\x84" MASK "\xf4\x90\x80\x80"), "!", 1007}, /* behind the last one */
        {BYTES("\x81\x84" MASK "\xf5\x80\x80\x80"), "!", 1007},
        {BYTES("\x01\x81" MASK "\xc3\x80\x81" MASK "x"), "p!", 1007},
        /* 70001 is one more than is taken, all fragments together; known from the head. */
        {BYTES("\x82\xff\x00\x00\x00\x00\x00\x01\x11\x71" MASK), "!", 1009},
        {BYTES("\x02\x81" MASK "x\x80\xff\x00\x00\x00\x00\x00\x01\x11\x70" MASK), "p!", 1009},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        const struct verdict verdict = read_all(cases[i].bytes, cases[i].size);
        print_message("# case %zu: %s %d\n", i, verdict.kinds, (int)verdict.code);
        assert_string_equal(verdict.kinds, cases[i].kinds);
        assert_int_equal(verdict.code, cases[i].code);
    }
}

/* Goal: what we write is what another implementation reads: the three forms of a length, and
 * the first bytes by hand from RFC 6455 5.2. */
static void writes_the_shortest_length(void **state)
{
    static const struct {
        uint64_t size;
        size_t head_size;
        const char *head;
    } cases[] = {
        {0, 2, "\x82\x00"},
        {125, 2, "\x82\x7d"},
        {126, 4, "\x82\x7e\x00\x7e"},
        {65535, 4, "\x82\x7e\xff\xff"},
        {65536, 10, "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        unsigned char head[WIRE_FRAME_HEAD_MAX];
        assert_int_equal(wire_frames_head(head, WIRE_OP_BINARY, true, cases[i].size),
                         cases[i].head_size);
        assert_memory_equal(head, cases[i].head, cases[i].head_size);
    }
    unsigned char head[WIRE_FRAME_HEAD_MAX];
    wire_frames_head(head, WIRE_OP_MORE, false, 1);
    assert_memory_equal(head, "\x00\x01", 2);
}

static void a_farewell_fits_its_frame(void **state)
{
    unsigned char out[WIRE_CONTROL_MAX];
    char text[200];
    assert_int_equal(wire_frames_farewell(out, 1001, "gone"), 6);
    assert_memory_equal(out, "\x03\xe9gone", 6);
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_int_equal(wire_frames_farewell(out, 1000, text), WIRE_CONTROL_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_a_client_may_send),
        cmocka_unit_test(refuses_what_it_may_not),
        cmocka_unit_test(writes_the_shortest_length),
        cmocka_unit_test(a_farewell_fits_its_frame),
    };
    return cmocka_run_group_tests_name("simulator/wire_frames", tests, NULL, NULL);
}
