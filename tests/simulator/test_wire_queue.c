#include "support/check.h"

#include "base/clock.h"
#include "wire_queue.h"

static const int64_t MS = CLOCK_NS_PER_MS;

static struct wire_parcel *parcel(const char *text)
{
    struct wire_parcel *made = wire_parcel_create(WIRE_PARCEL_MESSAGE, strlen(text));
    memcpy(made->bytes, text, strlen(text));
    return made;
}

/* Everything that may go at that time, as text; parcels that are done are dropped. */
static void take(struct wire_queue *queue, int64_t now_ns, char *out, int64_t *wait_ns)
{
    struct wire_turn turn;
    size_t length = 0;
    *wait_ns = 0;
    for (;;) {
        const enum wire_queue_state state = wire_queue_look(queue, now_ns, &turn);
        if (state == WIRE_QUEUE_BYTES) {
            memcpy(out + length, turn.bytes, turn.size);
            length += turn.size;
            wire_queue_sent(queue, turn.size);
        } else if (state == WIRE_QUEUE_DONE) {
            wire_queue_drop(queue);
        } else {
            *wait_ns = turn.wait_ns;
            break;
        }
    }
    out[length] = '\0';
}

static void keeps_the_order_and_waits_when_told(void **state)
{
    struct wire_queue queue;
    char out[64];
    int64_t wait_ns;
    wire_queue_init(&queue);
    wire_queue_put(&queue, parcel("a"));
    struct wire_parcel *late = parcel("b");
    late->due_ns = 5 * MS;
    wire_queue_put(&queue, late);
    wire_queue_put(&queue, parcel("c"));
    assert_int_equal(queue.size, 3);
    take(&queue, 1 * MS, out, &wait_ns);
    assert_string_equal(out, "a");
    assert_int_equal(wait_ns, 5 * MS);
    take(&queue, 5 * MS, out, &wait_ns);
    assert_string_equal(out, "bc");
    assert_int_equal(wait_ns, 0);
    assert_int_equal(queue.size, 0);
    wire_queue_clear(&queue);
}

/* Goal: a message held back for two others goes behind the second, one held for one behind the
 * first that is itself not held. */
static void holds_messages_back(void **state)
{
    struct wire_queue queue;
    char out[64];
    int64_t wait_ns;
    wire_queue_init(&queue);
    struct wire_parcel *two = parcel("2");
    struct wire_parcel *one = parcel("1");
    two->hold = 2;
    one->hold = 1;
    wire_queue_put(&queue, two);
    wire_queue_put(&queue, one);
    struct wire_parcel *pong = parcel("p");
    pong->kind = WIRE_PARCEL_CONTROL;
    wire_queue_put(&queue, pong);
    take(&queue, 0, out, &wait_ns);
    assert_string_equal(out, "p"); /* no message: nobody waits for it */
    wire_queue_put(&queue, parcel("a"));
    wire_queue_put(&queue, parcel("b"));
    wire_queue_put(&queue, parcel("c"));
    take(&queue, 0, out, &wait_ns);
    assert_string_equal(out, "a1b2c");
    struct wire_parcel *lost = parcel("x");
    lost->hold = 1;
    wire_queue_put(&queue, lost);
    wire_queue_clear(&queue);
    assert_int_equal(queue.size, 0);
    assert_null(queue.first);
}

static void repeats_and_pads(void **state)
{
    struct wire_queue queue;
    char out[64];
    int64_t wait_ns;
    wire_queue_init(&queue);
    struct wire_parcel *twice = parcel("ab");
    twice->passes = 2;
    twice->blanks = 3;
    wire_queue_put(&queue, twice);
    wire_queue_put(&queue, parcel("c"));
    take(&queue, 0, out, &wait_ns);
    assert_string_equal(out, "ab   ab   c");
    wire_queue_clear(&queue);
}

/* Goal: 20 bytes a second are 1 at once and then 1 each 50 ms; the time to come back is the
 * moment at which the next may go, no earlier and no later. */
static void drips_at_its_rate(void **state)
{
    struct wire_queue queue;
    char out[64];
    int64_t wait_ns;
    wire_queue_init(&queue);
    struct wire_parcel *slow = parcel("abcdef");
    slow->rate = 20;
    wire_queue_put(&queue, slow);
    const int64_t start_ns = 7 * MS;
    take(&queue, start_ns, out, &wait_ns);
    assert_string_equal(out, "a");
    int64_t now_ns = wait_ns;
    assert_true(now_ns >= start_ns + 50 * MS && now_ns <= start_ns + 52 * MS);
    take(&queue, start_ns + 49 * MS, out, &wait_ns);
    assert_string_equal(out, "");
    take(&queue, now_ns, out, &wait_ns);
    assert_string_equal(out, "b");
    take(&queue, start_ns + 200 * MS, out, &wait_ns);
    assert_string_equal(out, "cde");
    take(&queue, start_ns + 250 * MS, out, &wait_ns);
    assert_string_equal(out, "f");
    wire_queue_clear(&queue);
}

/* Goal: over a thousand waits every rate is kept, and no wait is for nothing. */
static void keeps_any_rate(void **state)
{
    static const int64_t RATES[] = {1, 2, 49, 50, 51, 999, 1000, 123457};
    for (size_t i = 0; i < LEN(RATES); i++) {
        struct wire_queue queue;
        struct wire_turn turn;
        int64_t now_ns = 0;
        wire_queue_init(&queue);
        queue.rate = RATES[i];
        wire_queue_put(&queue, parcel("x"));
        queue.first->blanks = WIRE_OVERSIZE_MAX;
        for (int k = 0; k < 1000; k++) {
            while (wire_queue_look(&queue, now_ns, &turn) == WIRE_QUEUE_BYTES) {
                wire_queue_sent(&queue, turn.size);
            }
            assert_true(turn.wait_ns > now_ns);
            now_ns = turn.wait_ns;
            assert_int_equal(wire_queue_look(&queue, now_ns, &turn), WIRE_QUEUE_BYTES);
        }
        /* The last few are still to go: a fiftieth of a second, or a byte. */
        const double due = (double)RATES[i] * (double)now_ns / (double)CLOCK_NS_PER_S;
        check_near((double)queue.sent / due, 1.0, 0.02);
        wire_queue_clear(&queue);
    }
}

/* Goal: a day at the highest rate overflows nothing: 86400 s of 10^9 bytes, and one. */
static void a_long_fast_drip_overflows_nothing(void **state)
{
    struct wire_queue queue;
    struct wire_turn turn;
    wire_queue_init(&queue);
    queue.rate = WIRE_DRIP_MAX;
    wire_queue_put(&queue, parcel("x"));
    queue.first->blanks = INT64_MAX / 2;
    assert_int_equal(wire_queue_look(&queue, 0, &turn), WIRE_QUEUE_BYTES);
    wire_queue_sent(&queue, turn.size);
    queue.sent = queue.sent_all = INT64_C(86400) * WIRE_DRIP_MAX;
    assert_int_equal(wire_queue_look(&queue, 86400 * 1000 * MS, &turn), WIRE_QUEUE_BYTES);
    assert_int_equal(turn.size, 1);
    wire_queue_sent(&queue, turn.size);
    assert_int_equal(wire_queue_look(&queue, 86400 * 1000 * MS, &turn), WIRE_QUEUE_WAIT);
    assert_in_range(turn.wait_ns, 86400 * 1000 * MS + 1, 86400 * 1000 * MS + 21 * MS);
    wire_queue_clear(&queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_order_and_waits_when_told),
        cmocka_unit_test(holds_messages_back),
        cmocka_unit_test(repeats_and_pads),
        cmocka_unit_test(drips_at_its_rate),
        cmocka_unit_test(keeps_any_rate),
        cmocka_unit_test(a_long_fast_drip_overflows_nothing),
    };
    return cmocka_run_group_tests_name("simulator/wire_queue", tests, NULL, NULL);
}
