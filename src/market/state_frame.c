#include "state_frame.h"

#include <stdio.h>
#include <string.h>

#include "fields.h"

static const char *const NAMES[] = {
    [FEED_NEWS_OPEN] = "open",     [FEED_NEWS_FRESH] = "fresh", [FEED_NEWS_STALE] = "stale",
    [FEED_NEWS_SILENT] = "silent", [FEED_NEWS_GAP] = "gap",     [FEED_NEWS_RESYNC] = "resync",
    [FEED_NEWS_DOWN] = "down",     [FEED_NEWS_CLOCK] = "clock",
};
_Static_assert(sizeof(NAMES) / sizeof(NAMES[0]) == FEED_NEWS_LAST + 1, "a name per kind");

static const enum reason REASONS[] = {
#define X(name, number, code, text) REASON_##name,
    REASON_TABLE(X)
#undef X
};

void state_frame_format(char out[STATE_FRAME_SIZE], const struct feed_news *news)
{
    if (news->kind == FEED_NEWS_CLOCK) {
        snprintf(out, STATE_FRAME_SIZE,
                 "{\"state\":\"clock\",\"reason\":\"%s\",\"off_ms\":%lld,\"limit_ms\":%lld}",
                 reason_code(news->reason), (long long)news->off_ms, (long long)news->limit_ms);
    } else if (news->reason == REASON_NONE) {
        snprintf(out, STATE_FRAME_SIZE, "{\"state\":\"%s\"}", NAMES[news->kind]);
    } else {
        snprintf(out, STATE_FRAME_SIZE, "{\"state\":\"%s\",\"reason\":\"%s\"}",
                 NAMES[news->kind], reason_code(news->reason));
    }
}

static bool find_kind(const char *name, enum feed_news_kind *out)
{
    for (int i = 0; i <= FEED_NEWS_LAST; i++) {
        if (strcmp(name, NAMES[i]) == 0) {
            *out = (enum feed_news_kind)i;
            return true;
        }
    }
    return false;
}

static bool find_reason(const char *code, enum reason *out)
{
    for (size_t i = 0; i < sizeof(REASONS) / sizeof(REASONS[0]); i++) {
        if (strcmp(code, reason_code(REASONS[i])) == 0) {
            *out = REASONS[i];
            return true;
        }
    }
    return false;
}

/* {"state":"clock","reason":"CLOCK.STEP","off_ms":-3600000,"limit_ms":1000} */
static bool read_clock(const struct fields *fields, struct feed_news *out)
{
    const json_t *off = json_object_get(fields->object, "off_ms");
    const json_t *limit = json_object_get(fields->object, "limit_ms");
    const bool is_of_clocks =
        out->reason == REASON_CLOCK_STEP || out->reason == REASON_CLOCK_VENUE_SKEW;
    if (!is_of_clocks || !json_is_integer(off) || !json_is_integer(limit)) {
        return json_fail(fields->fault, REASON_INPUT_MALFORMED,
                         "clock: expected whose, off_ms and limit_ms");
    }
    out->off_ms = json_integer_value(off);
    out->limit_ms = json_integer_value(limit);
    return true;
}

static bool read_news(const struct fields *fields, struct feed_news *out)
{
    const char *kind = json_string_value(json_object_get(fields->object, "state"));
    const char *code = json_string_value(json_object_get(fields->object, "reason"));
    struct feed_news news = {.kind = FEED_NEWS_OPEN};
    if (kind == NULL || !find_kind(kind, &news.kind)) {
        return json_fail(
            fields->fault, REASON_INPUT_MALFORMED,
            "state: expected open, fresh, stale, silent, gap, resync, down or clock");
    }
    if (fields_have(fields, "reason") && (code == NULL || !find_reason(code, &news.reason))) {
        return json_fail(fields->fault, REASON_INPUT_MALFORMED, "reason: not a known code");
    }
    if (news.kind == FEED_NEWS_CLOCK && !read_clock(fields, &news)) {
        return false;
    }
    *out = news;
    return true;
}

bool state_frame_parse(struct feed_news *out, const char *bytes, size_t length,
                       enum reason *reason, struct err *err)
{
    const struct json_fault fault = {reason, err};
    json_t *root = NULL;
    if (!json_text_load(&root, bytes, length, &fault)) {
        return false;
    }
    const struct fields fields = {root, &fault};
    const bool read = json_is_object(root)
                          ? read_news(&fields, out)
                          : json_fail(&fault, REASON_INPUT_MALFORMED, "state: not an object");
    json_decref(root);
    return read;
}
