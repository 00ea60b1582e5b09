#include <assert.h>
#include <string.h>

#include "sight.h"
#include "sight_unit.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void look_as_upbit(const struct sight_unit *unit, const char *bytes, size_t length)
{
    struct upbit_list list = {0};
    struct upbit_message seen = {0};
    enum reason reason = REASON_NONE;
    struct err err = {0};
    const char *padded = sight_pad(&list.padded, &list.padded_capacity, bytes, length);
    if (unit->upbit(&seen, padded, length)) {
        assert(upbit_decode_any(&list, bytes, length, &reason, &err));
        assert(list.count == 1 && memcmp(&seen, list.messages, sizeof(seen)) == 0);
    }
    upbit_list_finish(&list);
}

static void look_as_binance(const struct sight_unit *unit, const char *stream,
                            const char *bytes, size_t length)
{
    struct binance_list list = {0}, any = {0};
    struct binance_message seen = {0};
    enum reason reason = REASON_NONE;
    struct err err = {0};
    /* This gives the list its room and its copy, whatever comes of it. */
    (void)binance_decode(&list, stream, bytes, length, &reason, &err);
    list.levels_count = 0;
    if (unit->binance(&list, &seen, stream, list.padded, length)) {
        assert(binance_decode_any(&any, stream, bytes, length, &reason, &err));
        assert(any.count == 1 && memcmp(&seen, any.messages, sizeof(seen)) == 0);
        assert(list.levels_count == any.levels_count);
        assert(any.levels_count == 0 ||
               memcmp(list.levels, any.levels, any.levels_count * sizeof(*any.levels)) == 0);
    }
    binance_list_finish(&list);
    binance_list_finish(&any);
}

/* What is read at sight, by each unit there is, is what the JSON tree says, to the bit. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const struct sight_unit *unit;
    for (size_t i = 0; length <= SIGHT_SIZE_MAX && (unit = sight_unit_at(i)) != NULL; i++) {
        look_as_upbit(unit, (const char *)bytes, length);
        look_as_binance(unit, "btcusdt@depth@100ms", (const char *)bytes, length);
        look_as_binance(unit, "btcusdt@depth20@100ms", (const char *)bytes, length);
    }
    return 0;
}
