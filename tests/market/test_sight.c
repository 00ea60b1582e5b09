#include "support/check.h"

#include <math.h>
#include <stdlib.h>

#include "base/num.h"
#include "base/rng.h"
#include "sight.h"
#include "sight_unit.h"

/* Both ways of reading one message, and what they found. */
struct both {
    const struct sight_unit *unit;
    struct upbit_list upbit_sight, upbit_any;
    struct binance_list binance_sight, binance_any;
    int known, unknown; /* messages read at sight, and not */
};

static void finish(struct both *both)
{
    upbit_list_finish(&both->upbit_sight);
    upbit_list_finish(&both->upbit_any);
    binance_list_finish(&both->binance_sight);
    binance_list_finish(&both->binance_any);
}

/* Copies of both kinds without a byte to spare, so that reading past them is found. */
static char *tight_copy(const char *bytes, size_t length)
{
    char *copy = malloc(length > 0 ? length : 1);
    memcpy(copy, bytes, length);
    return copy;
}

/* What is read at sight is what the JSON tree says, to the bit; true when it was. */
static bool same_of_upbit(struct both *both, const char *bytes, size_t length)
{
    char *copy = tight_copy(bytes, length);
    enum reason reason = REASON_NONE;
    struct err err = {0};
    struct upbit_message seen = {0};
    struct upbit_list *list = &both->upbit_sight;
    const char *padded = sight_pad(&list->padded, &list->padded_capacity, copy, length);
    const bool known = both->unit->upbit(&seen, padded, length);
    const bool read = upbit_decode_any(&both->upbit_any, copy, length, &reason, &err);
    if (known && (!read || both->upbit_any.count != 1 ||
                  memcmp(&seen, both->upbit_any.messages, sizeof(seen)) != 0)) {
        fail_msg("read otherwise at sight: %.*s (%s)", (int)length, bytes, err.text);
    }
    free(copy);
    both->known += known ? 1 : 0;
    both->unknown += known ? 0 : 1;
    return known;
}

static bool same_levels(const struct binance_list *left, const struct binance_list *right)
{
    return left->levels_count == right->levels_count &&
           (left->levels_count == 0 || memcmp(left->levels, right->levels,
                                              left->levels_count * sizeof(*left->levels)) == 0);
}

static bool same_of_binance(struct both *both, const char *stream, const char *bytes,
                            size_t length)
{
    char *copy = tight_copy(bytes, length);
    enum reason reason = REASON_NONE;
    struct err err = {0};
    struct binance_message seen = {0};
    struct binance_list *list = &both->binance_sight;
    /* This gives the list its room and its copy, whatever comes of it. */
    (void)binance_decode(list, stream, copy, length, &reason, &err);
    list->levels_count = 0;
    const bool known = both->unit->binance(list, &seen, stream, list->padded, length);
    reason = REASON_NONE;
    const bool read =
        binance_decode_any(&both->binance_any, stream, copy, length, &reason, &err);
    if (known && (!read || both->binance_any.count != 1 ||
                  memcmp(&seen, both->binance_any.messages, sizeof(seen)) != 0 ||
                  !same_levels(list, &both->binance_any))) {
        fail_msg("read otherwise at sight: %.*s (%s)", (int)length, bytes, err.text);
    }
    free(copy);
    both->known += known ? 1 : 0;
    both->unknown += known ? 0 : 1;
    return known;
}

/* The forms of VENUES.md 3.2, that of 2021, padded levels, exponents either way. */
static const char *const UPBIT[] = {
    "{\"type\":\"orderbook\",\"code\":\"KRW-BTC\",\"timestamp\":1790134742106,"
    "\"total_ask_size\":2.51469375,\"total_bid_size\":1.63815297,\"orderbook_units\":["
    "{\"ask_price\":1.16539E8,\"bid_price\":1.16538E8,\"ask_size\":0.02054761,"
    "\"bid_size\":0.08120946},{\"ask_price\":1.16542E8,\"bid_price\":1.16537E8,"
    "\"ask_size\":0.00077720,\"bid_size\":0.01129382}],\"stream_type\":\"SNAPSHOT\","
    "\"level\":0}",
    "{\"ty\":\"orderbook\",\"cd\":\"KRW-BTC\",\"tms\":1790134773006,\"tas\":0.48514983,"
    "\"tbs\":2.2403413,\"obu\":[{\"ap\":116606000,\"bp\":116534000,\"as\":0.06288509,"
    "\"bs\":7.9276E-4},{\"ap\":116609000,\"bp\":116521000,\"as\":5.0E-4,\"bs\":0.01624318}],"
    "\"st\":\"REALTIME\",\"lv\":0}",
    "{\"ty\":\"orderbook\",\"cd\":\"KRW-LAMB\",\"tms\":1618678262640,"
    "\"tas\":25752275.55420627,\"tbs\":14407925.20098682,\"obu\":[{\"ap\":127.0,\"bp\":126.0,"
    "\"as\":280460.37885666,\"bs\":688682.44561413},{\"ap\":0,\"bp\":125.0,\"as\":0,"
    "\"bs\":1924299.53689703},{\"ap\":0.0,\"bp\":0.0,\"as\":0.0,\"bs\":0.0}],"
    "\"st\":\"SNAPSHOT\"}",
};

/* VENUES.md 6.1: before and since 2026, in an envelope and alone, empty sides. */
static const char *const BINANCE[] = {
    "{\"stream\":\"btcusdt@depth20@100ms\",\"data\":{\"e\":\"depthUpdate\","
    "\"E\":1723161601105,\"T\":1723161601054,\"s\":\"BTCUSDT\",\"ps\":\"BTCUSDT\",\"st\":1,"
    "\"U\":5123135475514,\"u\":5123135475514,\"pu\":5123135221461,"
    "\"b\":[[\"61631.70\",\"0.283\"],[\"61632.60\",\"0.000\"]],\"a\":[[\"61640\",\"12\"]]}}",
    "{\"e\":\"depthUpdate\",\"E\":1626992741037,\"T\":1626992741024,\"s\":\"SUSHIUSDT\","
    "\"U\":600859599090,\"u\":600859600917,\"pu\":600859598061,\"b\":[[\"7.5040\",\"813\"],"
    "[\"7.6090\",\"0\"]],\"a\":[]}",
    "{\"e\":\"bookTicker\",\"u\":11139947831981,\"s\":\"ETHUSDT\",\"ps\":\"ETHUSDT\","
    "\"b\":\"1943.64\",\"B\":\"113.445\",\"a\":\"1943.65\",\"A\":\"182.433\","
    "\"T\":1785121247583,\"E\":1785121247584,\"st\":1}",
    "{\"stream\":\"sushiusdt@bookTicker\",\"data\":{\"e\":\"bookTicker\",\"u\":600859600576,"
    "\"s\":\"SUSHIUSDT\",\"b\":\"7.6110\",\"B\":\"0\",\"a\":\"7.6120\",\"A\":\"297\","
    "\"T\":1626992741012,\"E\":1626992741017}}",
};

static void knows_what_venues_send(const struct sight_unit *unit)
{
    struct both both = {.unit = unit};
    for (size_t i = 0; i < LEN(UPBIT); i++) {
        assert_true(same_of_upbit(&both, UPBIT[i], strlen(UPBIT[i])));
    }
    for (size_t i = 0; i < LEN(BINANCE); i++) {
        assert_true(
            same_of_binance(&both, "btcusdt@depth@100ms", BINANCE[i], strlen(BINANCE[i])));
    }
    finish(&both);
}

/* The numbers of the first Upbit message, as a person reads them. */
static void reads_the_numbers_that_are_there(void **state)
{
    struct upbit_list list = {0};
    enum reason reason;
    struct err err = {0};
    assert_true(upbit_decode(&list, UPBIT[0], strlen(UPBIT[0]), &reason, &err));
    const struct upbit_message *message = &list.messages[0];
    assert_string_equal(message->symbol, "KRW-BTC");
    assert_true(message->exchange_ns == INT64_C(1790134742106000000));
    assert_int_equal(message->book.asks_count, 2);
    assert_true(message->book.asks[0].price == 116539000.0);
    assert_true(message->book.asks[1].size == 0.0007772);
    assert_true(message->book.bids[1].price == 116537000.0);
    assert_true(upbit_decode(&list, UPBIT[1], strlen(UPBIT[1]), &reason, &err));
    assert_true(list.messages[0].book.bids[0].size == 0.00079276);
    assert_true(upbit_decode(&list, UPBIT[2], strlen(UPBIT[2]), &reason, &err));
    assert_int_equal(list.messages[0].book.asks_count, 1); /* two of three are padding */
    assert_int_equal(list.messages[0].book.bids_count, 2);
    upbit_list_finish(&list);
}

/* A byte changed, left out, said twice or taken from elsewhere, up to three times. */
static size_t damage(struct rng *rng, char *bytes, size_t length)
{
    static const char likely[] = "0123456789.,:\"[]{}eE+- abzKRW-\\";
    for (uint64_t i = 0, times = 1 + rng_below(rng, 3); i < times; i++) {
        const size_t at = rng_below(rng, length);
        switch (rng_below(rng, 4)) {
        case 0:
            bytes[at] = likely[rng_below(rng, sizeof(likely) - 1)];
            break;
        case 1:
            memmove(bytes + at, bytes + at + 1, length - at - 1);
            length--;
            break;
        case 2:
            memmove(bytes + at + 1, bytes + at, length - at);
            length++;
            break;
        default:
            bytes[at] = bytes[rng_below(rng, length)];
            break;
        }
    }
    return length;
}

static void damaged_messages_are_read_alike_or_not_at_sight(const struct sight_unit *unit)
{
    struct both both = {.unit = unit};
    struct rng rng;
    rng_seed(&rng, 1, rng_salt("sight"));
    for (int round = 0; round < 40000; round++) {
        char bytes[1024];
        const bool is_upbit = round % 2 == 0;
        const char *from = is_upbit ? UPBIT[rng_below(&rng, LEN(UPBIT))]
                                    : BINANCE[rng_below(&rng, LEN(BINANCE))];
        memcpy(bytes, from, strlen(from));
        const size_t length = damage(&rng, bytes, strlen(from));
        if (is_upbit) {
            same_of_upbit(&both, bytes, length);
        } else {
            same_of_binance(&both, "btcusdt@depth20@100ms", bytes, length);
        }
    }
    print_message("# %d at sight, %d not\n", both.known, both.unknown);
    assert_true(both.known > 4000 && both.unknown > 4000); /* both were tried */
    finish(&both);
}

/* Decimals of every length, with and without exponent. */
static size_t make_decimal(struct rng *rng, char *text)
{
    char *at = text;
    const uint64_t whole = 1 + rng_below(rng, 12), decimals = rng_below(rng, 10);
    *at++ = whole == 1 ? (char)('0' + rng_below(rng, 10)) : (char)('1' + rng_below(rng, 9));
    for (uint64_t i = 1; i < whole; i++) {
        *at++ = (char)('0' + rng_below(rng, 10));
    }
    *at = '.';
    at += decimals > 0 ? 1 : 0;
    for (uint64_t i = 0; i < decimals; i++) {
        *at++ = (char)('0' + rng_below(rng, 10));
    }
    if (rng_below(rng, 3) == 0) {
        static const char *const signs[] = {"E", "E-", "e+"};
        at += sprintf(at, "%s%d", signs[rng_below(rng, 3)], (int)rng_below(rng, 30));
    }
    *at = '\0';
    return (size_t)(at - text);
}

/* A diff whose bids are these levels. */
static size_t make_diff(char *out, const char *levels)
{
    return (size_t)sprintf(out,
                           "{\"e\":\"depthUpdate\",\"E\":1,\"T\":1,\"s\":\"A\",\"U\":1,"
                           "\"u\":2,\"pu\":0,\"b\":[%s],\"a\":[]}",
                           levels);
}

static bool read_diff(struct both *both, const char *levels)
{
    char bytes[2048];
    const size_t length = make_diff(bytes, levels);
    assert_true(length < sizeof(bytes));
    return same_of_binance(both, "depth", bytes, length);
}

static void numbers_are_those_of_strtod(const struct sight_unit *unit)
{
    struct both both = {.unit = unit};
    struct rng rng;
    rng_seed(&rng, 2, rng_salt("sight"));
    int read = 0;
    for (int round = 0; round < 50000; round++) {
        char price[64], size[64], levels[256];
        double want_price, want_size;
        const size_t price_length = make_decimal(&rng, price);
        const size_t size_length = make_decimal(&rng, size);
        sprintf(levels, "[\"%s\",\"%s\"]", price, size);
        if (!read_diff(&both, levels)) {
            continue;
        }
        read++;
        assert_true(num_parse_double(price, price_length, &want_price));
        assert_true(num_parse_double(size, size_length, &want_size));
        assert_true(both.binance_sight.levels[0].price == want_price);
        assert_true(both.binance_sight.levels[0].size == want_size);
    }
    assert_true(read > 25000);
    finish(&both);
}

/* What JSON does not allow, what is not known at sight, and what would lose digits. As the
 * first number, and where all goes on as it began. */
static void leaves_other_numbers_alone(const struct sight_unit *unit)
{
    static const char *const texts[] = {"",
                                        "-1",
                                        "+1",
                                        ".5",
                                        "1.",
                                        "01",
                                        "00",
                                        "01.25",
                                        "1.e5",
                                        "1.E5",
                                        ".E5",
                                        ".5E5",
                                        "1e",
                                        "1e+",
                                        "1e-",
                                        "1E",
                                        "1E-",
                                        "1.2.3",
                                        "nan",
                                        "12345678901234567",
                                        "0.12345678901234567",
                                        "9007199254740993",
                                        "1e45",
                                        "1e-23"};
    static const struct {
        const char *before, *behind;
    } places[] = {
        {"[\"", "\",\"1.500\"]"},
        {"[\"61631.70\",\"", "\"]"},
        {"[\"61631.70\",\"1.500\"],[\"61631.60\",\"1.250\"],[\"61631.50\",\"", "\"]"},
        {"[\"61631.70\",\"10.50\"],[\"61631.60\",\"11.25\"],[\"", "\",\"12.50\"]"},
    };
    struct both both = {.unit = unit};
    for (size_t i = 0; i < LEN(texts); i++) {
        for (size_t place = 0; place < LEN(places); place++) {
            char levels[256];
            snprintf(levels, sizeof(levels), "%s%s%s", places[place].before, texts[i],
                     places[place].behind);
            if (read_diff(&both, levels)) {
                fail_msg("'%s' was read at sight", levels);
            }
        }
    }
    finish(&both);
}

/* Levels that look like the one before, but for another length, a zero in front or an exponent
 * now and then; the sizes are "7.250", "12.500", "02.000", "0.000". */
static void make_likely_side(struct rng *rng, char *out)
{
    int digits = 1, decimals = 3;
    bool raised = false;
    for (uint64_t i = 0, count = 1 + rng_below(rng, 20); i < count; i++) {
        if (rng_below(rng, 8) == 0) {
            digits = 1 + (int)rng_below(rng, 7);
            decimals = 1 + (int)rng_below(rng, 6);
            raised = rng_below(rng, 4) == 0;
        }
        const bool shorter = rng_below(rng, 100) == 0;
        const double price = 10000.0 + rng_uniform(rng) * 80000.0;
        const double size = pow(10.0, digits - 1) * (shorter ? 0.2 : 1.0 + rng_uniform(rng));
        const double shown = rng_below(rng, 20) == 0 && digits == 1 ? 0.0 : size;
        char power[8] = "";
        if (raised) {
            snprintf(power, sizeof(power), "E%d", (int)rng_below(rng, 9));
        }
        out += sprintf(out, "%s[\"%.*f%s\",\"%0*.*f\"]", i > 0 ? "," : "", decimals, price,
                       power, digits + decimals + 1, decimals, shown);
    }
}

static void sides_whose_levels_look_alike_are_read_alike(const struct sight_unit *unit)
{
    struct both both = {.unit = unit};
    struct rng rng;
    rng_seed(&rng, 3, rng_salt("sight"));
    for (int round = 0; round < 20000; round++) {
        char levels[1024], bytes[2048];
        make_likely_side(&rng, levels);
        size_t length = make_diff(bytes, levels);
        if (rng_below(&rng, 4) == 0) {
            length = damage(&rng, bytes, length);
        }
        same_of_binance(&both, "depth", bytes, length);
    }
    print_message("# %d at sight, %d not\n", both.known, both.unknown);
    assert_true(both.known > 4000 && both.unknown > 2000);
    finish(&both);
}

/* Two levels of the same lengths, the second one with each of its bytes changed in turn: a
 * letter has no place anywhere, however long the numbers are. */
static void sees_every_byte_that_changes(const struct sight_unit *unit)
{
    struct both both = {.unit = unit};
    for (int price = 3; price <= 15; price++) {
        for (int size = 3; size <= 15; size++) {
            char levels[256], first[64];
            snprintf(first, sizeof(first), "[\"7.%.*s\",\"%.*s.5\"]", price - 2,
                     "1234567890123", size - 2, "9876543210987");
            snprintf(levels, sizeof(levels), "%s,%s", first, first);
            assert_true(read_diff(&both, levels));
            for (size_t i = strlen(first); i < 2 * strlen(first) + 1; i++) {
                snprintf(levels, sizeof(levels), "%s,%s,%s", first, first, first);
                levels[i] = 'x';
                assert_false(read_diff(&both, levels));
            }
        }
    }
    finish(&both);
}

/* Every claim of every unit that this processor has. */
static void of_each_unit(void (*claim)(const struct sight_unit *unit))
{
    for (size_t i = 0; sight_unit_at(i) != NULL; i++) {
        claim(sight_unit_at(i));
    }
}

#define CLAIM(claim)                                                                           \
    static void claim##_##of_each_unit(void **state)                                           \
    {                                                                                          \
        of_each_unit(claim);                                                                   \
    }
CLAIM(knows_what_venues_send)
CLAIM(damaged_messages_are_read_alike_or_not_at_sight)
CLAIM(numbers_are_those_of_strtod)
CLAIM(leaves_other_numbers_alone)
CLAIM(sides_whose_levels_look_alike_are_read_alike)
CLAIM(sees_every_byte_that_changes)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_what_venues_send_of_each_unit),
        cmocka_unit_test(reads_the_numbers_that_are_there),
        cmocka_unit_test(damaged_messages_are_read_alike_or_not_at_sight_of_each_unit),
        cmocka_unit_test(numbers_are_those_of_strtod_of_each_unit),
        cmocka_unit_test(leaves_other_numbers_alone_of_each_unit),
        cmocka_unit_test(sides_whose_levels_look_alike_are_read_alike_of_each_unit),
        cmocka_unit_test(sees_every_byte_that_changes_of_each_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
