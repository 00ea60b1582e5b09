#include "upbit_json.h"

#include <string.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "numbers.h"
#include "say.h"

enum { SIZE_DECIMALS = 8, DATE_LENGTH = 10, TIME_LENGTH = 8 };

#define KST_MS INT64_C(32400000)

/* The name of a member in the short form and in the two long ones. */
static const char *name_of(enum upbit_form form, const char *name, const char *short_name)
{
    return form == UPBIT_FORM_SIMPLE ? short_name : name;
}

/* DEFAULT writes prices as Java does, SIMPLE and REST plain. */
static void add_price(struct text *out, enum upbit_form form, double price)
{
    if (form == UPBIT_FORM_DEFAULT) {
        number_java(out, price);
    } else {
        number_plain(out, price);
    }
}

/* DEFAULT writes sizes with all eight decimals, SIMPLE as Java does, REST plain. */
static void add_size(struct text *out, enum upbit_form form, double size)
{
    if (form == UPBIT_FORM_DEFAULT) {
        number_fixed(out, number_units(size, SIZE_DECIMALS), SIZE_DECIMALS);
    } else if (form == UPBIT_FORM_SIMPLE) {
        number_java(out, size);
    } else {
        number_plain(out, size);
    }
}

static void say_price(struct text *out, enum upbit_form form, const char *name, double price)
{
    say_name(out, name);
    add_price(out, form, price);
}

static void say_size(struct text *out, enum upbit_form form, const char *name, double size)
{
    say_name(out, name);
    add_size(out, form, size);
}

static void say_head(struct text *out, enum upbit_form form, const char *type,
                     const struct upbit_market *market)
{
    say_object(out, NULL);
    if (form == UPBIT_FORM_REST) {
        say_text(out, "market", market->code);
        return;
    }
    say_text(out, name_of(form, "type", "ty"), type);
    say_text(out, name_of(form, "code", "cd"), market->code);
}

static void say_tail(struct text *out, enum upbit_form form, bool snapshot)
{
    if (form != UPBIT_FORM_REST) {
        say_text(out, name_of(form, "stream_type", "st"), snapshot ? "SNAPSHOT" : "REALTIME");
    }
}

static const struct book_level PAD = {0.0, 0.0};

static void add_units(struct text *out, enum upbit_form form, const struct book *book,
                      int32_t depth)
{
    const int32_t longer =
        book->asks_count > book->bids_count ? book->asks_count : book->bids_count;
    const int32_t count = longer < depth ? longer : depth;
    say_list(out, name_of(form, "orderbook_units", "obu"));
    for (int32_t i = 0; i < count; i++) {
        const struct book_level *ask = i < book->asks_count ? &book->asks[i] : &PAD;
        const struct book_level *bid = i < book->bids_count ? &book->bids[i] : &PAD;
        say_object(out, NULL);
        say_price(out, form, name_of(form, "ask_price", "ap"), ask->price);
        say_price(out, form, name_of(form, "bid_price", "bp"), bid->price);
        say_size(out, form, name_of(form, "ask_size", "as"), ask->size);
        say_size(out, form, name_of(form, "bid_size", "bs"), bid->size);
        text_add_char(out, '}');
    }
    text_add_char(out, ']');
}

/* Sums of eight decimals are rounded back to eight, so that they read like the venue's. */
static double total(const struct book_level *levels, int32_t count, int32_t depth)
{
    return number_rounded(book_depth(levels, count < depth ? count : depth), SIZE_DECIMALS);
}

void upbit_json_book(struct text *out, enum upbit_form form, const struct upbit_market *market,
                     int32_t depth, bool snapshot)
{
    const struct book *book = &market->book;
    say_head(out, form, "orderbook", market);
    say_integer(out, name_of(form, "timestamp", "tms"), market->book_ms);
    say_name(out, name_of(form, "total_ask_size", "tas"));
    number_plain(out, total(book->asks, book->asks_count, depth));
    say_name(out, name_of(form, "total_bid_size", "tbs"));
    number_plain(out, total(book->bids, book->bids_count, depth));
    add_units(out, form, book, depth);
    say_tail(out, form, snapshot);
    say_integer(out, name_of(form, "level", "lv"), 0);
    text_add_char(out, '}');
}

/* "2026-09-23" and "03:39:02"; without the signs for the ticker. */
struct stamp {
    char date[DATE_LENGTH + 1], time[TIME_LENGTH + 1];
    char date_short[DATE_LENGTH + 1], time_short[TIME_LENGTH + 1];
};

static void drop_signs(char *to, const char *from)
{
    for (; *from != '\0'; from++) {
        if (*from != '-' && *from != ':') {
            *to++ = *from;
        }
    }
    *to = '\0';
}

static struct stamp stamp_of(int64_t time_ms)
{
    struct stamp stamp;
    char text[CALENDAR_TEXT_SIZE];
    calendar_format(text, time_ms * CLOCK_NS_PER_MS, 0);
    memcpy(stamp.date, text, DATE_LENGTH);
    stamp.date[DATE_LENGTH] = '\0';
    memcpy(stamp.time, text + DATE_LENGTH + 1, TIME_LENGTH);
    stamp.time[TIME_LENGTH] = '\0';
    drop_signs(stamp.date_short, stamp.date);
    drop_signs(stamp.time_short, stamp.time);
    return stamp;
}

static const char *change_of(const struct upbit_market *market)
{
    const double moved = market->trade.price - market->day.previous_close;
    return moved > 0.0 ? "RISE" : moved < 0.0 ? "FALL" : "EVEN";
}

static double moved_by(const struct upbit_market *market)
{
    const double moved = market->trade.price - market->day.previous_close;
    return moved < 0.0 ? -moved : moved;
}

/* Trades carry these two with eight decimals, whatever the form. */
static void say_decimal(struct text *out, const char *name, double value)
{
    say_name(out, name);
    number_fixed(out, number_units(value, SIZE_DECIMALS), SIZE_DECIMALS);
}

static void say_touch(struct text *out, enum upbit_form form, const struct book *book)
{
    if (book->asks_count == 0 || book->bids_count == 0) {
        return;
    }
    say_name(out, name_of(form, "best_ask_price", "bap"));
    number_plain(out, book->asks[0].price);
    say_name(out, name_of(form, "best_ask_size", "bas"));
    number_plain(out, book->asks[0].size);
    say_name(out, name_of(form, "best_bid_price", "bbp"));
    number_plain(out, book->bids[0].price);
    say_name(out, name_of(form, "best_bid_size", "bbs"));
    number_plain(out, book->bids[0].size);
}

void upbit_json_trade(struct text *out, enum upbit_form form, const struct upbit_market *market,
                      bool snapshot)
{
    const struct upbit_trade *trade = &market->trade;
    const struct stamp stamp = stamp_of(trade->time_ms);
    const bool rest = form == UPBIT_FORM_REST;
    say_head(out, form, "trade", market);
    say_text(out, rest ? "trade_date_utc" : name_of(form, "trade_date", "td"), stamp.date);
    say_text(out, rest ? "trade_time_utc" : name_of(form, "trade_time", "ttm"), stamp.time);
    say_integer(out, name_of(form, "timestamp", "tms"), trade->time_ms);
    if (!rest) {
        say_integer(out, name_of(form, "trade_timestamp", "ttms"), trade->time_ms);
    }
    say_price(out, form, name_of(form, "trade_price", "tp"), trade->price);
    say_size(out, form, name_of(form, "trade_volume", "tv"), trade->size);
    say_text(out, name_of(form, "ask_bid", "ab"), trade->buy ? "BID" : "ASK");
    say_decimal(out, name_of(form, "prev_closing_price", "pcp"), market->day.previous_close);
    if (!rest) {
        say_text(out, name_of(form, "change", "c"), change_of(market));
    }
    say_decimal(out, name_of(form, "change_price", "cp"), moved_by(market));
    say_id(out, name_of(form, "sequential_id", "sid"), trade->id);
    if (!rest) {
        say_touch(out, form, &market->book);
    }
    say_tail(out, form, snapshot);
    text_add_char(out, '}');
}

static void say_signed(struct text *out, enum upbit_form form, const char *name, double value)
{
    say_name(out, name);
    if (value < 0.0) {
        text_add_char(out, '-');
    }
    add_price(out, form, value < 0.0 ? -value : value);
}

static void say_times(struct text *out, enum upbit_form form, int64_t time_ms)
{
    const struct stamp utc = stamp_of(time_ms);
    if (form == UPBIT_FORM_REST) {
        const struct stamp kst = stamp_of(time_ms + KST_MS);
        say_text(out, "trade_date", utc.date_short);
        say_text(out, "trade_time", utc.time_short);
        say_text(out, "trade_date_kst", kst.date_short);
        say_text(out, "trade_time_kst", kst.time_short);
        say_integer(out, "trade_timestamp", time_ms);
        return;
    }
    say_text(out, name_of(form, "trade_date", "tdt"), utc.date_short);
    say_text(out, name_of(form, "trade_time", "ttm"), utc.time_short);
    say_integer(out, name_of(form, "trade_timestamp", "ttms"), time_ms);
}

static void say_change(struct text *out, enum upbit_form form, const struct upbit_market *m)
{
    const double before = m->day.previous_close;
    const double moved = m->trade.price - before;
    const double size = moved < 0.0 ? -moved : moved;
    const double share = before > 0.0 ? moved / before : 0.0;
    say_price(out, form, name_of(form, "prev_closing_price", "pcp"), before);
    say_text(out, name_of(form, "change", "c"), change_of(m));
    say_price(out, form, name_of(form, "change_price", "cp"), size);
    say_price(out, form, name_of(form, "change_rate", "cr"), share < 0.0 ? -share : share);
    say_signed(out, form, name_of(form, "signed_change_price", "scp"), moved);
    say_signed(out, form, name_of(form, "signed_change_rate", "scr"), share);
}

static void say_volumes(struct text *out, enum upbit_form form, const struct upbit_day *day)
{
    const double volume = day->volume_bid + day->volume_ask;
    say_size(out, form, name_of(form, "acc_trade_volume", "atv"), volume);
    say_size(out, form, name_of(form, "acc_trade_volume_24h", "atv24h"), volume);
    say_price(out, form, name_of(form, "acc_trade_price", "atp"), day->value);
    say_price(out, form, name_of(form, "acc_trade_price_24h", "atp24h"), day->value);
    if (form != UPBIT_FORM_REST) {
        say_size(out, form, name_of(form, "acc_ask_volume", "aav"), day->volume_ask);
        say_size(out, form, name_of(form, "acc_bid_volume", "abv"), day->volume_bid);
    }
}

static void say_states(struct text *out, enum upbit_form form, bool halted)
{
    say_text(out, name_of(form, "market_state", "ms"), "ACTIVE");
    say_bool(out, name_of(form, "is_trading_suspended", "its"), halted);
    say_name(out, name_of(form, "delisting_date", "dd"));
    text_add(out, "null");
    say_text(out, name_of(form, "market_warning", "mw"), "NONE");
}

void upbit_json_ticker(struct text *out, enum upbit_form form,
                       const struct upbit_market *market, bool snapshot)
{
    const struct upbit_trade *trade = &market->trade;
    const bool rest = form == UPBIT_FORM_REST;
    say_head(out, form, "ticker", market);
    say_times(out, form, trade->time_ms);
    say_price(out, form, name_of(form, "opening_price", "op"), market->day.open);
    say_price(out, form, name_of(form, "high_price", "hp"), market->day.high);
    say_price(out, form, name_of(form, "low_price", "lp"), market->day.low);
    say_price(out, form, name_of(form, "trade_price", "tp"), trade->price);
    say_change(out, form, market);
    say_size(out, form, name_of(form, "trade_volume", "tv"), trade->size);
    say_volumes(out, form, &market->day);
    if (!rest) {
        say_text(out, name_of(form, "ask_bid", "ab"), trade->buy ? "BID" : "ASK");
        say_states(out, form, market->halted);
    }
    say_integer(out, name_of(form, "timestamp", "tms"), trade->time_ms);
    say_tail(out, form, snapshot);
    text_add_char(out, '}');
}

void upbit_json_instrument(struct text *out, const struct upbit_market *market)
{
    const char *dash = strchr(market->code, '-');
    say_object(out, NULL);
    say_text(out, "market", market->code);
    say_name(out, "quote_currency");
    text_addf(out, "\"%.*s\"", dash != NULL ? (int)(dash - market->code) : 0, market->code);
    say_name(out, "tick_size");
    text_add_char(out, '"');
    number_plain(out, market->tick);
    text_add(out, "\",\"supported_levels\":[\"0\"]}");
}

/* {"warning":false,"caution":{"PRICE_FLUCTUATIONS":false,...}} */
static void say_market_event(struct text *out, const struct upbit_market *market)
{
    static const char *const CAUTIONS[] = {"PRICE_FLUCTUATIONS", "TRADING_VOLUME_SOARING",
                                           "DEPOSIT_AMOUNT_SOARING", "GLOBAL_PRICE_DIFFERENCES",
                                           "CONCENTRATION_OF_SMALL_ACCOUNTS"};
    say_object(out, "market_event");
    say_bool(out, "warning", market->halted);
    say_object(out, "caution");
    for (size_t i = 0; i < sizeof(CAUTIONS) / sizeof(CAUTIONS[0]); i++) {
        say_bool(out, CAUTIONS[i], false);
    }
    text_add(out, "}}");
}

void upbit_json_listing(struct text *out, const struct upbit_market *market, bool details)
{
    const char *dash = strchr(market->code, '-');
    const char *coin = dash != NULL ? dash + 1 : market->code;
    say_object(out, NULL);
    say_text(out, "market", market->code);
    say_text(out, "korean_name", coin);
    say_text(out, "english_name", coin);
    if (details) {
        say_market_event(out, market);
    }
    text_add_char(out, '}');
}

static void say_instant(struct text *out, const char *name, int64_t time_ms)
{
    const struct stamp stamp = stamp_of(time_ms);
    say_name(out, name);
    text_addf(out, "\"%sT%s\"", stamp.date, stamp.time);
}

void upbit_json_candle(struct text *out, const struct upbit_market *market,
                       const struct candle *candle)
{
    const enum upbit_form form = UPBIT_FORM_REST;
    say_object(out, NULL);
    say_text(out, "market", market->code);
    say_instant(out, "candle_date_time_utc", candle->time_ms);
    say_instant(out, "candle_date_time_kst", candle->time_ms + KST_MS);
    say_price(out, form, "opening_price", candle->open);
    say_price(out, form, "high_price", candle->high);
    say_price(out, form, "low_price", candle->low);
    say_price(out, form, "trade_price", candle->close);
    say_integer(out, "timestamp", candle->time_ms + CANDLE_MS - 1);
    say_size(out, form, "candle_acc_trade_price", candle->volume * candle->close);
    say_size(out, form, "candle_acc_trade_volume", candle->volume);
    say_integer(out, "unit", 1);
    text_add_char(out, '}');
}

void upbit_json_error_number(struct text *out, int name, const char *message)
{
    text_add(out, "{\"error\":{");
    say_integer(out, "name", name);
    say_text(out, "message", message);
    text_add(out, "}}");
}

void upbit_json_error_name(struct text *out, const char *name, const char *message)
{
    text_add(out, "{\"error\":{");
    say_text(out, "name", name);
    say_text(out, "message", message);
    text_add(out, "}}");
}
