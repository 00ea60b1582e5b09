#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "wire_frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

enum { MESSAGE_MAX = 1000, CODE_MIN = 1000, CODE_MAX = 4999 };

static void check_news(enum wire_frames_result result, const struct wire_news *news)
{
    const bool control = news->opcode >= WIRE_OP_CLOSE;
    switch (result) {
    case WIRE_FRAMES_MESSAGE:
        assert(news->opcode == WIRE_OP_TEXT || news->opcode == WIRE_OP_BINARY);
        assert(news->size <= MESSAGE_MAX);
        break;
    case WIRE_FRAMES_CONTROL:
        assert(control && news->opcode <= WIRE_OP_PONG && news->size <= WIRE_CONTROL_MAX);
        assert(news->opcode != WIRE_OP_CLOSE ||
               (news->code >= CODE_MIN && news->code <= CODE_MAX));
        break;
    case WIRE_FRAMES_BROKEN:
        assert(news->code == WIRE_CODE_PROTOCOL || news->code == WIRE_CODE_TEXT ||
               news->code == WIRE_CODE_SIZE);
        break;
    default:
        break;
    }
}

/* Whatever comes, in pieces of a length the first byte gives: whole messages within the limit,
 * or a code; never a byte read behind the input (it is a block of its own) or kept beyond the
 * limit. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const size_t piece = length > 0 ? bytes[0] + (size_t)1 : 1;
    const size_t size = length - (length > 0);
    unsigned char *input = mem_zalloc(size > 0 ? size : 1);
    memcpy(input, bytes + (length > 0), size);
    struct wire_frames frames;
    enum wire_frames_result result = WIRE_FRAMES_MORE;
    wire_frames_init(&frames, MESSAGE_MAX);
    size_t at = 0;
    for (size_t have = 0; have < size && result != WIRE_FRAMES_BROKEN;) {
        have = piece < size - have ? have + piece : size;
        do {
            struct wire_news news = {0};
            size_t taken = 0;
            result = wire_frames_next(&frames, input + at, have - at, &taken, &news);
            check_news(result, &news);
            assert(taken <= have - at);
            assert((taken == 0) == (result == WIRE_FRAMES_MORE) ||
                   result == WIRE_FRAMES_BROKEN);
            assert(frames.message.length <= MESSAGE_MAX);
            at += taken;
        } while (result != WIRE_FRAMES_MORE && result != WIRE_FRAMES_BROKEN);
    }
    wire_frames_finish(&frames);
    mem_free(input);
    return 0;
}
