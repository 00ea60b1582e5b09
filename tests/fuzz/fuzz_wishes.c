#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "binance_streams.h"
#include "upbit_wishes.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* Whatever a client sends: a subscription, or a name for what is wrong with it. */
static void ask_upbit(const char *bytes, size_t length)
{
    struct upbit_wishes wishes = {.form = UPBIT_FORM_DEFAULT};
    if (upbit_wishes_parse(&wishes, bytes, length) != NULL) {
        assert(wishes.codes == NULL);
        return;
    }
    assert(wishes.wishes_count > 0 && wishes.wishes_count <= UPBIT_WISHES_MAX);
    for (int32_t i = 0; i < wishes.wishes_count; i++) {
        const struct upbit_wish *wish = &wishes.wishes[i];
        assert(wish->first >= 0 && wish->first + wish->count <= wishes.codes_count);
        for (int32_t k = 0; k < wish->count; k++) {
            const struct upbit_code *code = &wishes.codes[wish->first + k];
            assert(strlen(code->code) < sizeof(code->code));
            assert(upbit_wishes_find(&wishes, wish, code->code) != NULL);
        }
    }
    upbit_wishes_finish(&wishes);
}

/* Names go in and come out again. */
static void ask_binance(const char *bytes, size_t length)
{
    struct stream_wishes wishes = {.served = STREAM_PUBLIC};
    char *names = mem_zalloc(length + 1);
    memcpy(names, bytes, length);
    stream_wishes_add_list(&wishes, names);
    assert(wishes.count <= STREAMS_MAX);
    while (wishes.count > 0) {
        struct stream_wish wish = wishes.wishes[wishes.count - 1];
        const int32_t before = wishes.count;
        assert(stream_wishes_add(&wishes, wish.name, strlen(wish.name)));
        assert(wishes.count == before);
        stream_wishes_remove(&wishes, wish.name);
        assert(wishes.count == before - 1);
    }
    stream_wishes_finish(&wishes);
    mem_free(names);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const char *text = (const char *)bytes + 1;
    if (length == 0) {
        return 0;
    }
    (bytes[0] == 'u' ? ask_upbit : ask_binance)(text, length - 1);
    return 0;
}
