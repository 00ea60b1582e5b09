#include <assert.h>

#include "market/binance.h"
#include "market/depth.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void apply(struct depth *depth, const struct binance_list *list,
                  const struct binance_message *message)
{
    const struct depth_snapshot snapshot = {
        message->depth.last_id,
        message->exchange_ns,
        binance_levels(list, &message->depth.bids),
        binance_levels(list, &message->depth.asks),
        message->depth.bids.count,
        message->depth.asks.count,
    };
    const struct depth_update update = {
        message->depth.first_id, message->depth.last_id, message->depth.previous_id,
        message->exchange_ns,    snapshot.bids,          snapshot.asks,
        snapshot.bids_count,     snapshot.asks_count,
    };
    if (message->kind == BINANCE_SNAPSHOT) {
        depth_load(depth, &snapshot);
    } else if (message->kind == BINANCE_DEPTH) {
        depth_apply(depth, &update);
    }
}

/* Whatever comes: messages or none and a reason; and a depth book fed with them never shows a
 * broken side. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct binance_list list = {0};
    struct depth *depth = depth_create();
    enum reason reason = REASON_NONE;
    struct err err = {.kind = ERR_NONE};
    const bool read = binance_decode(&list, "", (const char *)bytes, length, &reason, &err);
    assert(read ? reason == REASON_NONE : list.count == 0 && reason != REASON_NONE);
    for (size_t i = 0; i < list.count; i++) {
        struct book book;
        apply(depth, &list, &list.messages[i]);
        if (depth_book(depth, &book)) {
            const enum book_fault fault = book_check(&book);
            assert(fault == BOOK_FINE || fault == BOOK_EMPTY);
        }
    }
    depth_destroy(depth);
    binance_list_finish(&list);
    return 0;
}
