#include "upbit_wishes.h"

#include <jansson.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"

void upbit_wishes_finish(struct upbit_wishes *wishes)
{
    mem_free(wishes->codes);
    *wishes = (struct upbit_wishes){0};
}

static bool find_topic(const char *type, enum upbit_topic *out)
{
    static const char *const NAMES[] = {"orderbook", "trade", "ticker"};
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
        if (strcmp(type, NAMES[i]) == 0) {
            *out = (enum upbit_topic)i;
            return true;
        }
    }
    return false;
}

/* "KRW-BTC.15": the market and how deep. Depths that are not offered become 30. */
static bool read_code(const char *text, struct upbit_code *out)
{
    const char *dot = strchr(text, '.');
    const size_t length = dot != NULL ? (size_t)(dot - text) : strlen(text);
    if (length == 0 || length >= sizeof(out->code)) {
        return false;
    }
    memcpy(out->code, text, length);
    out->code[length] = '\0';
    int64_t depth = UPBIT_DEPTH_MAX;
    if (dot != NULL) {
        num_parse_int64(dot + 1, strlen(dot + 1), &depth);
    }
    out->depth = depth == 1 || depth == 5 || depth == 15 ? (int32_t)depth : UPBIT_DEPTH_MAX;
    return true;
}

static bool read_codes(struct upbit_wishes *wishes, struct upbit_wish *wish,
                       const json_t *codes)
{
    const size_t count = json_array_size(codes);
    if (count == 0 || count > (size_t)(UPBIT_CODES_MAX - wishes->codes_count)) {
        return false;
    }
    wishes->codes =
        mem_grow(wishes->codes, (size_t)wishes->codes_count + count, sizeof(*wishes->codes));
    wish->first = wishes->codes_count;
    for (size_t i = 0; i < count; i++) {
        const char *text = json_string_value(json_array_get(codes, i));
        if (text != NULL && read_code(text, &wishes->codes[wishes->codes_count])) {
            wishes->codes_count++;
        }
    }
    wish->count = wishes->codes_count - wish->first;
    return true;
}

static bool is_set(const json_t *object, const char *name, const char *older_name)
{
    return json_is_true(json_object_get(object, name)) ||
           json_is_true(json_object_get(object, older_name));
}

static const char *read_format(struct upbit_wishes *wishes, const char *format)
{
    static const struct {
        const char *name;
        enum upbit_form form;
        bool list;
    } FORMATS[] = {
        {"DEFAULT", UPBIT_FORM_DEFAULT, false},
        {"SIMPLE", UPBIT_FORM_SIMPLE, false},
        {"JSON_LIST", UPBIT_FORM_DEFAULT, true},
        {"SIMPLE_LIST", UPBIT_FORM_SIMPLE, true},
    };
    for (size_t i = 0; i < sizeof(FORMATS) / sizeof(FORMATS[0]); i++) {
        if (strcmp(format, FORMATS[i].name) == 0) {
            wishes->form = FORMATS[i].form;
            wishes->list = FORMATS[i].list;
            return NULL;
        }
    }
    return "INVALID_PARAM";
}

static const char *read_wish(struct upbit_wishes *wishes, const json_t *item)
{
    const char *format = json_string_value(json_object_get(item, "format"));
    if (format != NULL) {
        return read_format(wishes, format);
    }
    const char *type = json_string_value(json_object_get(item, "type"));
    if (type == NULL) {
        return "NO_TYPE";
    }
    struct upbit_wish wish = {.topic = UPBIT_TOPIC_BOOK};
    if (!find_topic(type, &wish.topic) || wishes->wishes_count == UPBIT_WISHES_MAX) {
        return "INVALID_PARAM";
    }
    if (!read_codes(wishes, &wish, json_object_get(item, "codes"))) {
        return "NO_CODES";
    }
    wish.snapshot = !is_set(item, "is_only_realtime", "isOnlyRealtime");
    wish.realtime = !is_set(item, "is_only_snapshot", "isOnlySnapshot");
    wishes->wishes[wishes->wishes_count++] = wish;
    return NULL;
}

static const char *read_all(struct upbit_wishes *wishes, const json_t *root)
{
    if (!json_is_array(root)) {
        return "WRONG_FORMAT";
    }
    if (json_string_value(json_object_get(json_array_get(root, 0), "ticket")) == NULL) {
        return "NO_TICKET";
    }
    for (size_t i = 1; i < json_array_size(root); i++) {
        const char *fault = read_wish(wishes, json_array_get(root, i));
        if (fault != NULL) {
            return fault;
        }
    }
    return wishes->wishes_count > 0 ? NULL : "NO_TYPE";
}

const char *upbit_wishes_parse(struct upbit_wishes *wishes, const char *bytes, size_t size)
{
    struct upbit_wishes read = {.form = UPBIT_FORM_DEFAULT};
    json_t *root = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, NULL);
    const char *fault = read_all(&read, root);
    json_decref(root);
    if (fault != NULL) {
        upbit_wishes_finish(&read);
        return fault;
    }
    *wishes = read;
    return NULL;
}

const struct upbit_code *upbit_wishes_find(const struct upbit_wishes *wishes,
                                           const struct upbit_wish *wish, const char *code)
{
    for (int32_t i = wish->first; i < wish->first + wish->count; i++) {
        if (strcmp(wishes->codes[i].code, code) == 0) {
            return &wishes->codes[i];
        }
    }
    return NULL;
}
