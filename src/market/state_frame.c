#include "state_frame.h"

#include <stdio.h>
#include <string.h>

#include "fields.h"

static const char *const NAMES[] = {
    [FEED_NEWS_OPEN] = "open",     [FEED_NEWS_FRESH] = "fresh", [FEED_NEWS_STALE] = "stale",
    [FEED_NEWS_SILENT] = "silent", [FEED_NEWS_GAP] = "gap",     [FEED_NEWS_RESYNC] = "resync",
    [FEED_NEWS_DOWN] = "down",     [FEED_NEWS_CLOCK] = "clock", [FEED_NEWS_OFFSET] = "offset",
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
    } else if (news->kind == FEED_NEWS_OFFSET) {
        snprintf(out, STATE_FRAME_SIZE,
                 "{\"state\":\"offset\",\"off_ms\":%lld,\"error_ms\":%lld,\"limit_ms\":%lld}",
                 (long long)news->off_ms, (long long)news->error_ms, (long long)news->limit_ms);
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

/* Clocks are at most so far apart, as long as both say a time since 1970. */
#define OFF_MS_MAX (INT64_C(1) << 42)

static bool read_ms(const struct fields *fields, const char *name, int64_t least, int64_t *out)
{
    const json_t *value = json_object_get(fields->object, name);
    *out = json_integer_value(value);
    return json_is_integer(value) && *out >= least && *out <= OFF_MS_MAX;
}

/* {"state":"offset","off_ms":-12,"error_ms":40,"limit_ms":3000} */
static bool read_offset(const struct fields *fields, struct feed_news *out)
{
    return (read_ms(fields, "off_ms", -OFF_MS_MAX, &out->off_ms) &&
            read_ms(fields, "error_ms", 0, &out->error_ms) &&
            read_ms(fields, "limit_ms", 0, &out->limit_ms)) ||
           json_fail(fields->fault, REASON_INPUT_MALFORMED,
                     "offset: expected off_ms, error_ms and limit_ms");
}

static bool read_news(const struct fields *fields, struct feed_news *out)
{
    const char *kind = json_string_value(json_object_get(fields->object, "state"));
    const char *code = json_string_value(json_object_get(fields->object, "reason"));
    struct feed_news news = {.kind = FEED_NEWS_OPEN};
    if (kind == NULL || !find_kind(kind, &news.kind)) {
        return json_fail(
            fields->fault, REASON_INPUT_MALFORMED,
            "state: expected open, fresh, stale, silent, gap, resync, down, clock or offset");
    }
    if (fields_have(fields, "reason") && (code == NULL || !find_reason(code, &news.reason))) {
        return json_fail(fields->fault, REASON_INPUT_MALFORMED, "reason: not a known code");
    }
    if (news.kind == FEED_NEWS_CLOCK && !read_clock(fields, &news)) {
        return false;
    }
    if (news.kind == FEED_NEWS_OFFSET && !read_offset(fields, &news)) {
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
