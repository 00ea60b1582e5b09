#include "support/check.h"

#include <stdlib.h>

#include "base/rng.h"
#include "binance_json.h"
#include "market/binance.h"
#include "market/upbit.h"
#include "mischief.h"
#include "numbers.h"
#include "upbit_json.h"

/* The words of both venues, against VENUES.md to the letter and against our own decoders. */

/* Goal: each spelling of a number is the one the venue is known for. */
static void numbers_are_spelled_as_the_venues_spell_them(void **state)
{
    static const struct {
        double value;
        const char *java, *plain;
    } cases[] = {
        {116539000, "1.16539E8", "116539000"},
        {7.9276e-4, "7.9276E-4", "0.00079276"},
        {5e-4, "5.0E-4", "0.0005"},
        {1e-8, "1.0E-8", "0.00000001"},
        {0.001, "0.001", "0.001"},
        {0.06288509, "0.06288509", "0.06288509"},
        {1343, "1343.0", "1343"},
        {9999999, "9999999.0", "9999999"},
        {10000000, "1.0E7", "10000000"},
        {2.2403413, "2.2403413", "2.2403413"},
        {0, "0.0", "0"},
        {1.5e21, "1.5E21", "1500000000000000000000"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        char buffer[64];
        struct text text = text_fixed(buffer, sizeof(buffer));
        number_java(&text, cases[i].value);
        assert_string_equal(text_string(&text), cases[i].java);
        text_clear(&text);
        number_plain(&text, cases[i].value);
        assert_string_equal(text_string(&text), cases[i].plain);
    }
}

/* Goal: Binance writes every decimal, leading and trailing zeros too. */
static void whole_units_are_written_with_all_decimals(void **state)
{
    static const struct {
        int64_t units;
        int decimals;
        const char *text;
    } cases[] = {
        {6163170, 2, "61631.70"},
        {283, 3, "0.283"},
        {0, 3, "0.000"},
        {5, 0, "5"},
        {0, 0, "0"},
        {7694422056159, 8, "76944.22056159"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        char buffer[64];
        struct text text = text_fixed(buffer, sizeof(buffer));
        number_fixed(&text, cases[i].units, cases[i].decimals);
        assert_string_equal(text_string(&text), cases[i].text);
        assert_int_equal(
            number_units(number_value(cases[i].units, cases[i].decimals), cases[i].decimals),
            cases[i].units);
    }
}

/* The book of VENUES.md 3.2. */
static struct upbit_market market_of_the_notes(void)
{
    struct upbit_market market = {.code = "KRW-BTC", .tick = 1000, .book_ms = 1790134742106};
    market.book.asks_count = market.book.bids_count = 2;
    market.book.asks[0] = (struct book_level){116539000, 0.02054761};
    market.book.asks[1] = (struct book_level){116542000, 0.0007772};
    market.book.bids[0] = (struct book_level){116538000, 0.08120946};
    market.book.bids[1] = (struct book_level){116537000, 0.01129382};
    market.trade = (struct upbit_trade){1790134742001, 116539000, 0.00046488, true,
                                        UINT64_C(17901347420010000)};
    market.day.open = market.day.high = market.day.low = 116000000;
    market.day.previous_close = 116000000;
    return market;
}

/* Goal: the three forms of one book. The sums: 0.02054761 + 0.0007772 = 0.02132481 and
 * 0.08120946 + 0.01129382 = 0.09250328. */
static void an_upbit_book_reads_as_in_the_notes(void **state)
{
    static const char *const WANT[] = {
        [UPBIT_FORM_DEFAULT] =
            "{\"type\":\"orderbook\",\"code\":\"KRW-BTC\",\"timestamp\":1790134742106,"
            "\"total_ask_size\":0.02132481,\"total_bid_size\":0.09250328,\"orderbook_units\":["
            "{\"ask_price\":1.16539E8,\"bid_price\":1.16538E8,\"ask_size\":0.02054761,"
            "\"bid_size\":0.08120946},"
            "{\"ask_price\":1.16542E8,\"bid_price\":1.16537E8,\"ask_size\":0.00077720,"
            "\"bid_size\":0.01129382}],\"stream_type\":\"SNAPSHOT\",\"level\":0}",
        [UPBIT_FORM_SIMPLE] =
            "{\"ty\":\"orderbook\",\"cd\":\"KRW-BTC\",\"tms\":1790134742106,"
            "\"tas\":0.02132481,\"tbs\":0.09250328,\"obu\":["
            "{\"ap\":116539000,\"bp\":116538000,\"as\":0.02054761,\"bs\":0.08120946},"
            "{\"ap\":116542000,\"bp\":116537000,\"as\":7.772E-4,\"bs\":0.01129382}],"
            "\"st\":\"SNAPSHOT\",\"lv\":0}",
        [UPBIT_FORM_REST] =
            "{\"market\":\"KRW-BTC\",\"timestamp\":1790134742106,"
            "\"total_ask_size\":0.02132481,\"total_bid_size\":0.09250328,\"orderbook_units\":["
            "{\"ask_price\":116539000,\"bid_price\":116538000,\"ask_size\":0.02054761,"
            "\"bid_size\":0.08120946},"
            "{\"ask_price\":116542000,\"bid_price\":116537000,\"ask_size\":0.0007772,"
            "\"bid_size\":0.01129382}],\"level\":0}",
    };
    const struct upbit_market market = market_of_the_notes();
    for (int form = UPBIT_FORM_DEFAULT; form <= UPBIT_FORM_REST; form++) {
        struct text text = text_growing();
        upbit_json_book(&text, (enum upbit_form)form, &market, 30, true);
        assert_string_equal(text_string(&text), WANT[form]);
        text_finish(&text);
    }
}

static const struct upbit_message *read_upbit(struct upbit_list *list, const struct text *text)
{
    enum reason reason;
    struct err err;
    if (!upbit_decode(list, text_string(text), text->length, &reason, &err)) {
        fail_msg("%s: %s", text_string(text), err.text);
    }
    assert_int_equal(list->count, 1);
    assert_int_equal(list->messages[0].unknown_fields, 0);
    return &list->messages[0];
}

/* Goal: what is written is what is read, a padded side without its padding. */
static void our_decoder_reads_every_upbit_form(void **state)
{
    struct upbit_list list = {0};
    struct upbit_market market = market_of_the_notes();
    market.book.asks_count = 1;
    for (int form = UPBIT_FORM_DEFAULT; form <= UPBIT_FORM_REST; form++) {
        struct text text = text_growing();
        upbit_json_book(&text, (enum upbit_form)form, &market, 30, false);
        const struct upbit_message *message = read_upbit(&list, &text);
        assert_int_equal(message->kind, UPBIT_ORDERBOOK);
        assert_string_equal(message->symbol, "KRW-BTC");
        assert_int_equal(message->exchange_ns, INT64_C(1790134742106000000));
        assert_int_equal(message->book.asks_count, 1);
        assert_int_equal(message->book.bids_count, 2);
        assert_true(message->book.asks[0].price == 116539000 &&
                    message->book.asks[0].size == 0.02054761);
        assert_true(message->book.bids[1].price == 116537000 &&
                    message->book.bids[1].size == 0.01129382);
        text_clear(&text);
        upbit_json_trade(&text, (enum upbit_form)form, &market, false);
        message = read_upbit(&list, &text);
        assert_int_equal(message->kind, UPBIT_TRADE);
        assert_int_equal(message->trade.id, UINT64_C(17901347420010000));
        assert_int_equal(message->trade.aggressor, ORDER_BUY);
        assert_true(message->trade.size == 0.00046488);
        text_clear(&text);
        upbit_json_ticker(&text, (enum upbit_form)form, &market, false);
        message = read_upbit(&list, &text);
        assert_int_equal(message->kind, UPBIT_TICKER);
        assert_true(message->ticker.price == 116539000);
        text_finish(&text);
    }
    upbit_list_finish(&list);
}

/* Goal: both kinds of names of errors, and the tick as a string. */
static void the_rest_of_upbits_words(void **state)
{
    const struct upbit_market market = market_of_the_notes();
    struct text text = text_growing();
    upbit_json_error_number(&text, 404, "Code not found");
    assert_string_equal(text_string(&text),
                        "{\"error\":{\"name\":404,\"message\":\"Code not found\"}}");
    text_clear(&text);
    upbit_json_error_name(&text, "not_found", "no Route matched with those values");
    assert_string_equal(
        text_string(&text),
        "{\"error\":{\"name\":\"not_found\",\"message\":\"no Route matched with those "
        "values\"}}");
    text_clear(&text);
    upbit_json_instrument(&text, &market);
    assert_string_equal(text_string(&text),
                        "{\"market\":\"KRW-BTC\",\"quote_currency\":\"KRW\",\"tick_size\":"
                        "\"1000\",\"supported_levels\":[\"0\"]}");
    text_finish(&text);
}

static void fill_symbol(struct binance_symbol *symbol)
{
    const struct tall_units units = {
        .price_decimals = 2, .size_decimals = 3, .tick = 10, .lot = 1, .usd_per_coin = 61631};
    *symbol = (struct binance_symbol){.symbol = "BTCUSDT", .base = "BTC"};
    tall_book_init(&symbol->book, &units, 1);
    symbol->book.bids.count = 1;
    symbol->book.bids.levels[0] = (struct tall_level){6163170, 283};
    symbol->book.asks.count = 1;
    symbol->book.asks.levels[0] = (struct tall_level){6163180, 1250};
    symbol->book.last_id = UINT64_C(5123135475514);
    symbol->book.time_ms = 1723161601054;
    symbol->mark = INT64_C(7694422056159);
    symbol->index = INT64_C(7697432826087);
    symbol->rate = 0.00008784;
    symbol->funding_ms = 1789488000000;
    symbol->trade = (struct binance_trade){1723161601000, 6163180, 16, false, 42};
}

/* Goal: the diff of VENUES.md 6.1; a price that is gone is written with size 0. */
static void a_binance_diff_reads_as_in_the_notes(void **state)
{
    struct binance_symbol *symbol = calloc(1, sizeof(*symbol));
    fill_symbol(symbol);
    int64_t bids[] = {6163170, 6163260};
    const struct tall_changes changes = {.bids = {2, 2, bids}};
    const struct binance_span span = {UINT64_C(5123135475514), UINT64_C(5123135475514),
                                      UINT64_C(5123135221461)};
    struct text text = text_growing();
    binance_json_diff(&text, symbol, &changes, &span, 1723161601105);
    assert_string_equal(
        text_string(&text),
        "{\"e\":\"depthUpdate\",\"E\":1723161601105,\"T\":1723161601054,\"s\":\"BTCUSDT\","
        "\"ps\":\"BTCUSDT\",\"st\":1,\"U\":5123135475514,\"u\":5123135475514,"
        "\"pu\":5123135221461,\"b\":[[\"61631.70\",\"0.283\"],[\"61632.60\",\"0.000\"]],"
        "\"a\":[]}");
    text_clear(&text);
    binance_json_mark(&text, symbol, 1789478388001);
    assert_string_equal(
        text_string(&text),
        "{\"e\":\"markPriceUpdate\",\"E\":1789478388001,\"s\":\"BTCUSDT\","
        "\"p\":\"76944.22056159\",\"ap\":\"76944.22056159\",\"P\":\"76974.32826087\","
        "\"i\":\"76974.32826087\",\"r\":\"0.00008784\",\"T\":1789488000000,\"st\":1}");
    text_clear(&text);
    symbol->rate = -0.0000053;
    binance_json_premium(&text, symbol, 1);
    assert_non_null(strstr(text_string(&text), "\"lastFundingRate\":\"-0.00000530\""));
    text_clear(&text);
    binance_json_error(&text, -1121, "Invalid symbol.");
    assert_string_equal(text_string(&text), "{\"code\":-1121,\"msg\":\"Invalid symbol.\"}");
    text_finish(&text);
    free(symbol);
}

static const struct binance_message *read_binance(struct binance_list *list, const char *stream,
                                                  const struct text *text)
{
    enum reason reason;
    struct err err;
    if (!binance_decode(list, stream, text_string(text), text->length, &reason, &err)) {
        fail_msg("%s: %s", text_string(text), err.text);
    }
    assert_int_equal(list->count, 1);
    assert_int_equal(list->messages[0].unknown_fields, 0);
    return &list->messages[0];
}

/* Goal: what is written is what is read, ids to the last digit. */
static void our_decoder_reads_every_binance_message(void **state)
{
    struct binance_symbol *symbol = calloc(1, sizeof(*symbol));
    struct binance_list list = {0};
    struct text text = text_growing();
    const struct binance_span span = {7, UINT64_C(5123135475514), 5};
    fill_symbol(symbol);
    binance_json_partial(&text, symbol, 20, &span, 1);
    const struct binance_message *message = read_binance(&list, "btcusdt@depth20@100ms", &text);
    assert_int_equal(message->kind, BINANCE_PARTIAL);
    assert_int_equal(message->depth.last_id, UINT64_C(5123135475514));
    assert_true(binance_levels(&list, &message->depth.asks)[0].size == 1.25);
    text_clear(&text);
    binance_json_depth(&text, symbol, 1000, UINT64_C(5123135475515), 2);
    message = read_binance(&list, "", &text);
    assert_int_equal(message->kind, BINANCE_SNAPSHOT);
    assert_int_equal(message->depth.last_id, UINT64_C(5123135475515));
    text_clear(&text);
    binance_json_ticker(&text, symbol, 3);
    message = read_binance(&list, "", &text);
    assert_int_equal(message->kind, BINANCE_TICKER);
    assert_true(message->ticker.ask.price == 61631.80);
    text_clear(&text);
    binance_json_book_ticker(&text, symbol, 3);
    message = read_binance(&list, "", &text);
    assert_true(message->kind == BINANCE_TICKER && message->ticker.bid.price == 61631.70);
    text_clear(&text);
    binance_json_mark(&text, symbol, 3);
    message = read_binance(&list, "", &text);
    assert_int_equal(message->kind, BINANCE_MARK);
    assert_true(message->mark.rate == 0.00008784 && message->mark.price == 76944.22056159);
    assert_int_equal(message->mark.next_ns, INT64_C(1789488000000000000));
    text_clear(&text);
    binance_json_trade(&text, symbol, 3);
    message = read_binance(&list, "", &text);
    assert_int_equal(message->kind, BINANCE_TRADE);
    assert_int_equal(message->trade.aggressor, ORDER_SELL);
    text_finish(&text);
    binance_list_finish(&list);
    free(symbol);
}

static double on_grid(struct rng *rng, double tick, uint64_t ticks_max)
{
    const double ticks = (double)(1 + rng_below(rng, ticks_max));
    return tick >= 1.0 ? ticks * tick : ticks / floor(1.0 / tick + 0.5);
}

static void draw_side(struct rng *rng, double tick, double from, struct book_level *levels,
                      int32_t *count)
{
    *count = 1 + (int32_t)rng_below(rng, UPBIT_DEPTH_MAX);
    for (int32_t i = 0; i < *count; i++) {
        levels[i].price = from + tick * i;
        /* From one unit of 1e-8 to millions, as many of each size. */
        const double digits = 15.0 * rng_uniform(rng);
        levels[i].size = number_value(1 + (int64_t)pow(10.0, digits), 8);
    }
}

/* Goal: any book at all is read as it was written, to the last bit, in every form. */
static void random_books_survive_every_form(void **state)
{
    static const double TICKS[] = {1000, 500, 10, 1, 0.5, 0.1, 0.0001};
    struct upbit_list list = {0};
    struct rng rng;
    rng_seed(&rng, 1, rng_salt("books"));
    for (int round = 0; round < 1500; round++) {
        struct text text = text_growing();
        struct upbit_market market = {.code = "KRW-X", .book_ms = 1 + round};
        const double tick = TICKS[rng_below(&rng, LEN(TICKS))];
        struct book *book = &market.book;
        draw_side(&rng, tick, on_grid(&rng, tick, 300000), book->asks, &book->asks_count);
        draw_side(&rng, tick, on_grid(&rng, tick, 300000), book->bids, &book->bids_count);
        upbit_json_book(&text, (enum upbit_form)(round % 3), &market, 30, false);
        const struct book *got = &read_upbit(&list, &text)->book;
        assert_int_equal(got->asks_count, book->asks_count);
        assert_int_equal(got->bids_count, book->bids_count);
        assert_memory_equal(got->asks, book->asks, sizeof(book->asks[0]) * book->asks_count);
        assert_memory_equal(got->bids, book->bids, sizeof(book->bids[0]) * book->bids_count);
        text_finish(&text);
    }
    upbit_list_finish(&list);
}

/* Goal: a message with members nobody knows stays a message; one nested too deep does not. */
static void mischief_rewrites_messages(void **state)
{
    const struct upbit_market market = market_of_the_notes();
    struct mischief_order order = mischief_usual(MISCHIEF_UNKNOWN_FIELDS);
    struct upbit_list list = {0};
    struct text text = text_growing();
    enum reason reason;
    struct err err;
    upbit_json_book(&text, UPBIT_FORM_DEFAULT, &market, 30, false);
    mischief_rewrite(&order, &text);
    assert_true(upbit_decode(&list, text_string(&text), text.length, &reason, &err));
    assert_int_equal(list.messages[0].unknown_fields, 3);
    assert_int_equal(list.messages[0].book.asks_count, 2);
    order = mischief_usual(MISCHIEF_DEEP);
    mischief_rewrite(&order, &text);
    assert_false(upbit_decode(&list, text_string(&text), text.length, &reason, &err));
    assert_int_equal(reason, REASON_INPUT_DEPTH);
    upbit_list_finish(&list);
    text_finish(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_spelled_as_the_venues_spell_them),
        cmocka_unit_test(whole_units_are_written_with_all_decimals),
        cmocka_unit_test(an_upbit_book_reads_as_in_the_notes),
        cmocka_unit_test(our_decoder_reads_every_upbit_form),
        cmocka_unit_test(random_books_survive_every_form),
        cmocka_unit_test(the_rest_of_upbits_words),
        cmocka_unit_test(a_binance_diff_reads_as_in_the_notes),
        cmocka_unit_test(our_decoder_reads_every_binance_message),
        cmocka_unit_test(mischief_rewrites_messages),
    };
    return cmocka_run_group_tests_name("simulator/words", tests, NULL, NULL);
}
