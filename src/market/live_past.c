#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "live_state.h"

/* The past of the pairs: asked for once, and the sockets wait for it a little, since a baseline
 * takes nothing that is older than what it has seen. Upbit gives it in pages, newest first,
 * which are put together to the one answer they would be. */

enum { PAST_WAIT_S = 5, PAGE_MINUTES = 200 };

/* Of one market. */
struct live_pages {
    struct text joined; /* "{...},{...}": without the brackets around */
    int32_t count;
    char oldest[CALENDAR_TEXT_SIZE]; /* candle so far; the next page ends before it */
};

static bool is_candles(const struct live_ask *ask)
{
    return ask->kind == ASK_CANDLES || ask->kind == ASK_KLINES;
}

/* Nobody is there, or another attempt will not be made in time. */
static bool is_hopeless(const struct live *live, const struct live_ask *ask)
{
    const struct live_venue *venue = &live->venues[live_ask_venue(ask->kind)];
    return ask->due_ns > live->past.until_ns || venue->banned_ns > live->past.until_ns ||
           (ask->failures > 0 && live_is_of_network(venue->reason));
}

static bool is_complete(const struct live *live)
{
    for (int32_t i = 0; i < live->asks_count; i++) {
        const struct live_ask *ask = &live->asks[i];
        if (is_candles(ask) && (ask->under_way || (ask->wanted && !is_hopeless(live, ask)))) {
            return false;
        }
    }
    return true;
}

static void hold_lines(struct live *live, int64_t now_ns)
{
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        if (now_ns >= live->venues[venue].banned_ns) {
            live_lines_hold(live, venue, now_ns + 2 * LIVE_TICK_MS * CLOCK_NS_PER_MS);
        }
    }
}

void live_past_begin(struct live *live, int32_t minutes, int64_t now_ns)
{
    if (minutes > 0) {
        live->past.minutes = minutes < LIVE_PAST_MINUTES_MAX ? minutes : LIVE_PAST_MINUTES_MAX;
        live->past.awaited = true;
        live->past.until_ns = now_ns + PAST_WAIT_S * CLOCK_NS_PER_S;
        hold_lines(live, now_ns);
    }
}

void live_past_write_query(const struct live_ask *ask, const char *symbol, struct text *out)
{
    const int32_t had = ask->pages != NULL ? ask->pages->count * PAGE_MINUTES : 0;
    const int32_t left = ask->live->past.minutes - had;
    text_addf(out, "/v1/candles/minutes/1?market=%s&count=%" PRId32, symbol,
              left < PAGE_MINUTES ? left : PAGE_MINUTES);
    if (ask->pages != NULL) {
        text_addf(out, "&to=%s", ask->pages->oldest);
    }
}

/* The beginning of the last candle in the list, in the form that is asked with; false when it
 * tells none. */
static bool find_oldest(const char *list, char out[CALENDAR_TEXT_SIZE])
{
    static const char NAME[] = "\"candle_date_time_utc\"";
    const char *last = NULL;
    int64_t time_ns;
    for (const char *at = strstr(list, NAME); at != NULL; at = strstr(at + 1, NAME)) {
        last = at;
    }
    if (last == NULL) {
        return false;
    }
    last += strlen(NAME);
    last += strspn(last, " :\"");
    if (!calendar_parse(last, strcspn(last, "\""), &time_ns)) {
        return false;
    }
    calendar_format(out, time_ns, 0);
    return true;
}

/* What is between the brackets of a list; NULL: it is none, or empty. */
static const char *find_items(const char *body, size_t *length)
{
    const char *first = body + strspn(body, " \t\r\n");
    size_t size = strlen(first);
    while (size > 0 && strchr(" \t\r\n", first[size - 1]) != NULL) {
        size--;
    }
    if (size < 2 || first[0] != '[' || first[size - 1] != ']' ||
        strspn(first + 1, " \t\r\n") == size - 2) {
        return NULL;
    }
    *length = size - 2;
    return first + 1;
}

static int32_t count_candles(const char *items)
{
    int32_t count = 0;
    for (const char *at = items; (at = strstr(at, "\"candle_date_time_utc\"")) != NULL; at++) {
        count++;
    }
    return count;
}

static void free_pages(struct live_ask *ask)
{
    if (ask->pages != NULL) {
        text_finish(&ask->pages->joined);
        mem_free(ask->pages);
        ask->pages = NULL;
    }
}

/* All that came of a market as one answer. */
static void give_pages(struct live_ask *ask, int64_t mono_ns)
{
    struct text whole = text_growing();
    text_addf(&whole, "[%s]", ask->pages != NULL ? text_string(&ask->pages->joined) : "");
    free_pages(ask);
    live_take(ask->live, VENUE_A, live_ask_channel(ask->kind), live_ask_symbol(ask),
              text_string(&whole), whole.length, mono_ns);
    text_finish(&whole);
}

/* Puts a page behind those before it; false when it is no page. */
static bool add_page(struct live_ask *ask, const char *body, bool *is_last)
{
    size_t length = 0;
    char oldest[CALENDAR_TEXT_SIZE];
    const char *items = find_items(body, &length);
    if (items == NULL || !find_oldest(items, oldest)) {
        return false;
    }
    if (ask->pages == NULL) {
        ask->pages = mem_zalloc(sizeof(*ask->pages));
        ask->pages->joined = text_growing();
    }
    struct live_pages *pages = ask->pages;
    text_add(&pages->joined, pages->count > 0 ? "," : "");
    text_add_bytes(&pages->joined, items, length);
    text_cut(pages->oldest, sizeof(pages->oldest), "%s", oldest);
    pages->count++;
    *is_last = count_candles(items) < PAGE_MINUTES ||
               pages->count * PAGE_MINUTES >= ask->live->past.minutes;
    return true;
}

void live_past_take(struct live_ask *ask, const struct http_answer *answer)
{
    bool is_last = true;
    if (!add_page(ask, answer->body, &is_last) && ask->pages == NULL) {
        live_take(ask->live, VENUE_A, live_ask_channel(ask->kind), live_ask_symbol(ask),
                  answer->body, answer->body_size, answer->done_mono_ns);
    } else if (is_last) {
        give_pages(ask, answer->done_mono_ns);
    } else {
        ask->wanted = true;
        ask->due_ns = answer->done_mono_ns;
    }
}

void live_past_finish(struct live *live)
{
    for (int32_t i = 0; i < live->asks_count; i++) {
        free_pages(&live->asks[i]);
    }
}

/* The pair that knows least speaks for all. */
static void tell_past(struct live *live, int64_t now_ns)
{
    const struct feeds *feeds = &live->intake.feeds;
    struct text text = text_fixed(live->past.text, sizeof(live->past.text));
    struct text without = text_growing();
    int32_t samples = INT32_MAX;
    int64_t newest_ns = INT64_MAX;
    for (int32_t i = 0; i < feeds->pairs_count; i++) {
        const struct feeds_pair *pair = &feeds->pairs[i];
        if (pair->past_samples == 0) {
            text_addf(&without, " %s", pair->symbol_a);
            continue;
        }
        samples = pair->past_samples < samples ? pair->past_samples : samples;
        newest_ns = pair->past_newest_ns < newest_ns ? pair->past_newest_ns : newest_ns;
    }
    if (samples < INT32_MAX) {
        text_addf(&text,
                  "baseline from %" PRId32 " minute candles of upbit and binance, newest "
                  "%" PRId64 " s old",
                  samples, (now_ns + live->ahead_ns - newest_ns) / CLOCK_NS_PER_S);
    }
    if (without.length > 0) {
        text_addf(&text, "%sno minute candles in time for%s: the baseline warms up",
                  samples < INT32_MAX ? "; " : "", text_string(&without));
    }
    text_finish(&without);
}

void live_past_watch(struct live *live, int64_t now_ns)
{
    if (!live->past.awaited) {
        return;
    }
    if (now_ns < live->past.until_ns && !is_complete(live)) {
        hold_lines(live, now_ns);
        return;
    }
    live->past.awaited = false;
    for (int32_t i = 0; i < live->asks_count; i++) {
        struct live_ask *ask = &live->asks[i];
        ask->wanted = ask->wanted && !is_candles(ask);
        if (ask->pages != NULL) {
            give_pages(ask, now_ns); /* some of it is better than nothing */
        }
    }
    tell_past(live, now_ns);
    log_info("market", "%s", live->past.text);
}

bool live_past(const struct source *source, char text[LIVE_TEXT_SIZE])
{
    const struct live *live = (const struct live *)source;
    text_cut(text, LIVE_TEXT_SIZE, "%s", live->past.text);
    return live->past.text[0] != '\0';
}
