#include "listings.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "fields.h"

void listing_list_finish(struct listing_list *list)
{
    mem_free(list->items);
    *list = (struct listing_list){0};
}

const struct listing *listings_find(const struct listing_list *list, const char *symbol)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].symbol, symbol) == 0) {
            return &list->items[i];
        }
    }
    return NULL;
}

/* Of the names of cautions; a person reads them on a terminal. */
static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

static void add_caution(struct text *out, const char *word)
{
    text_addf(out, "%s%s", out->length > 0 ? " " : "", word);
}

/* "market_event":{"warning":false,"caution":{"PRICE_FLUCTUATIONS":false,...}}, or formerly
 * "market_warning":"CAUTION". Somebody else's words, so not longer than we have room for. */
static void read_cautions(const json_t *market, char out[LISTING_CAUTIONS_SIZE])
{
    struct text text = text_fixed(out, LISTING_CAUTIONS_SIZE);
    const json_t *event = json_object_get(market, "market_event");
    const char *formerly = json_string_value(json_object_get(market, "market_warning"));
    const char *name;
    json_t *value;
    if (json_is_true(json_object_get(event, "warning")) ||
        (formerly != NULL && strcmp(formerly, "NONE") != 0)) {
        add_caution(&text, "WARNING");
    }
    json_object_foreach(json_object_get(event, "caution"), name, value)
    {
        if (json_is_true(value) && name[strspn(name, LETTERS)] == '\0') {
            add_caution(&text, name);
        }
    }
}

static struct listing *add(struct listing_list *list)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity > 0 ? 2 * list->capacity : 64;
        list->items = mem_grow(list->items, list->capacity, sizeof(*list->items));
    }
    struct listing *item = &list->items[list->count++];
    *item = (struct listing){0};
    return item;
}

static bool read_all(struct listing_list *list, const json_t *root,
                     const struct json_fault *fault)
{
    if (!json_is_array(root) || json_array_size(root) == 0) {
        return json_fail(fault, REASON_INPUT_MALFORMED, "markets: not a list of any");
    }
    for (size_t i = 0; i < json_array_size(root); i++) {
        const json_t *market = json_array_get(root, i);
        const struct fields fields = {market, fault};
        struct listing *item = add(list);
        if (!json_is_object(market)) {
            return json_fail(fault, REASON_INPUT_MALFORMED, "markets[%zu]: not an object", i);
        }
        if (!fields_symbol(&fields, "market", item->symbol, sizeof(item->symbol))) {
            return err_wrap(fault->err, "markets[%zu]", i);
        }
        read_cautions(market, item->cautions);
    }
    return true;
}

bool listings_decode_upbit(struct listing_list *list, const char *bytes, size_t length,
                           enum reason *reason, struct err *err)
{
    const struct json_fault fault = {reason, err};
    json_t *root = NULL;
    list->count = 0;
    if (!json_text_load(&root, bytes, length, &fault)) {
        return false;
    }
    const bool done = read_all(list, root, &fault);
    json_decref(root);
    list->count = done ? list->count : 0;
    return done;
}
