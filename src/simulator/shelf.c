#include "shelf.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "market/frame.h"

struct shelf_item {
    char channel[FRAME_CHANNEL_SIZE], symbol[FRAME_SYMBOL_SIZE];
    struct text bytes;
    struct shelf_item *next;
};

void shelf_finish(struct shelf *shelf)
{
    while (shelf->items != NULL) {
        struct shelf_item *item = shelf->items;
        shelf->items = item->next;
        text_finish(&item->bytes);
        mem_free(item);
    }
}

static struct shelf_item *find(const struct shelf *shelf, const char *channel,
                               const char *symbol)
{
    struct shelf_item *item = shelf->items;
    while (item != NULL &&
           (strcmp(item->channel, channel) != 0 || strcmp(item->symbol, symbol) != 0)) {
        item = item->next;
    }
    return item;
}

void shelf_put(struct shelf *shelf, const char *channel, const char *symbol, const char *bytes,
               size_t size)
{
    struct shelf_item *item = find(shelf, channel, symbol);
    if (item == NULL) {
        item = mem_zalloc(sizeof(*item));
        text_cut(item->channel, sizeof(item->channel), "%s", channel);
        text_cut(item->symbol, sizeof(item->symbol), "%s", symbol);
        item->bytes = text_growing();
        item->next = shelf->items;
        shelf->items = item;
    }
    text_clear(&item->bytes);
    text_add_bytes(&item->bytes, bytes, size);
}

const char *shelf_get(const struct shelf *shelf, const char *channel, const char *symbol)
{
    const struct shelf_item *item = find(shelf, channel, symbol);
    return item != NULL ? text_string(&item->bytes) : NULL;
}
