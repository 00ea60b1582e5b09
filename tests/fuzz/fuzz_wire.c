#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "run/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* What a body may be read as; none of it may read beyond the body. */
static void read_body(const struct wire_frame *frame, struct page *page)
{
    struct wire_hello ours;
    struct wire_hello theirs;
    struct err err;
    wire_hello_make(&ours, WIRE_ACTS);
    if (wire_hello_check(&ours, frame->body, frame->size, &theirs, &err)) {
        assert(strcmp(theirs.build, ours.build) == 0);
    }
    if (wire_page_take(frame, page)) {
        assert(wire_page_size(page) == frame->size);
    }
}

/* Whatever comes, in pieces of a length the first byte gives: frames within the limit, or a
 * broken connection; and never more memory than a frame and a step. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const size_t piece = length > 0 ? bytes[0] + (size_t)1 : 1;
    struct page *page = mem_zalloc(sizeof(*page));
    struct wire_inbox inbox;
    enum wire_result_kind got = WIRE_MORE;
    wire_inbox_init(&inbox, WIRE_TO_HOST_MAX);
    for (size_t at = 1; at < length && got != WIRE_BROKEN;) {
        struct wire_frame frame;
        size_t room;
        unsigned char *into = wire_inbox_room(&inbox, &room);
        size_t count = piece < length - at ? piece : length - at;
        count = count < room ? count : room;
        memcpy(into, bytes + at, count);
        wire_inbox_add(&inbox, count);
        at += count;
        while ((got = wire_inbox_next(&inbox, &frame)) == WIRE_FRAME) {
            assert(frame.size <= WIRE_TO_HOST_MAX);
            read_body(&frame, page);
        }
        assert(inbox.capacity <= 3 * (WIRE_TO_HOST_MAX + WIRE_HEAD_SIZE));
    }
    wire_inbox_finish(&inbox);
    mem_free(page);
    return 0;
}
