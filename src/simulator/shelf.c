#include "shelf.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"

struct shelf_item {
    char *name;
    struct text bytes;
    struct shelf_item *next;
};

void shelf_finish(struct shelf *shelf)
{
    while (shelf->items != NULL) {
        struct shelf_item *item = shelf->items;
        shelf->items = item->next;
        text_finish(&item->bytes);
        mem_free(item->name);
        mem_free(item);
    }
}

static struct shelf_item *find(const struct shelf *shelf, const char *name)
{
    struct shelf_item *item = shelf->items;
    while (item != NULL && strcmp(item->name, name) != 0) {
        item = item->next;
    }
    return item;
}

void shelf_put(struct shelf *shelf, const char *name, const char *bytes, size_t size)
{
    struct shelf_item *item = find(shelf, name);
    if (item == NULL) {
        item = mem_zalloc(sizeof(*item));
        item->name = mem_copy_string(name);
        item->bytes = text_growing();
        item->next = shelf->items;
        shelf->items = item;
    }
    text_clear(&item->bytes);
    text_add_bytes(&item->bytes, bytes, size);
}

const char *shelf_get(const struct shelf *shelf, const char *name)
{
    const struct shelf_item *item = find(shelf, name);
    return item != NULL ? text_string(&item->bytes) : NULL;
}
