#include <assert.h>

#include "market/upbit.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* Whatever comes: a list of messages, or none and a reason. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct upbit_list list = {0};
    enum reason reason = REASON_NONE;
    struct err err = {.kind = ERR_NONE};
    const bool read = upbit_decode(&list, (const char *)bytes, length, &reason, &err);
    assert(read ? reason == REASON_NONE : list.count == 0 && reason != REASON_NONE);
    for (size_t i = 0; i < list.count; i++) {
        const struct upbit_message *message = &list.messages[i];
        assert(message->kind != UPBIT_TRADE || message->trade.price > 0.0);
        if (message->kind == UPBIT_ORDERBOOK) {
            const enum book_fault fault = book_check(&message->book);
            assert(fault != BOOK_BAD_NUMBER);
        }
    }
    upbit_list_finish(&list);
    return 0;
}
