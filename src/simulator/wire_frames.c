#include "wire_frames.h"

#include <string.h>

#include "base/safe.h"

enum { FIN = 0x80, RESERVED = 0x70, OPCODE = 0x0f, MASKED = 0x80, SHORT = 0x7f };
enum { SIZE_16 = 126, SIZE_64 = 127, MASK_SIZE = 4 };

/* One frame of a client, its payload still in the input. */
struct frame {
    bool last;
    enum wire_opcode opcode;
    uint64_t size;
    size_t head_size;
    const unsigned char *mask;
};

void wire_frames_init(struct wire_frames *frames, size_t message_max)
{
    *frames = (struct wire_frames){.message_max = message_max, .message = text_growing()};
}

void wire_frames_finish(struct wire_frames *frames)
{
    text_finish(&frames->message);
}

static uint64_t read_size(const unsigned char *bytes, int count)
{
    uint64_t size = 0;
    for (int i = 0; i < count; i++) {
        size = size << 8 | bytes[i];
    }
    return size;
}

/* False: the head is not whole yet. */
static bool read_head(struct frame *frame, const unsigned char *bytes, size_t size)
{
    if (size < 2) {
        return false;
    }
    const int first = bytes[1] & SHORT;
    const int more = first == SIZE_16 ? 2 : first == SIZE_64 ? 8 : 0;
    frame->last = (bytes[0] & FIN) != 0;
    frame->opcode = (enum wire_opcode)(bytes[0] & OPCODE);
    frame->head_size = 2 + (size_t)more + MASK_SIZE;
    if (size < frame->head_size) {
        return false;
    }
    frame->size = more > 0 ? read_size(bytes + 2, more) : (uint64_t)first;
    frame->mask = bytes + 2 + more;
    return true;
}

static bool is_control(enum wire_opcode opcode)
{
    return opcode >= WIRE_OP_CLOSE;
}

/* What the first two bytes may not say, known before the rest has come. 0: fine. */
static int32_t check_start(const struct wire_frames *frames, const unsigned char *bytes)
{
    const enum wire_opcode opcode = (enum wire_opcode)(bytes[0] & OPCODE);
    const int size = bytes[1] & SHORT;
    const bool starts = opcode == WIRE_OP_TEXT || opcode == WIRE_OP_BINARY;
    if ((bytes[0] & RESERVED) != 0 || (bytes[1] & MASKED) == 0) {
        return WIRE_CODE_PROTOCOL;
    }
    if (is_control(opcode)) {
        const bool fine = opcode <= WIRE_OP_PONG && (bytes[0] & FIN) != 0;
        return fine && size <= WIRE_CONTROL_MAX ? 0 : WIRE_CODE_PROTOCOL;
    }
    return (starts && !frames->open) || (opcode == WIRE_OP_MORE && frames->open)
               ? 0
               : WIRE_CODE_PROTOCOL;
}

/* The shortest form must have been used, and the message must stay within its limit. */
static int32_t check_size(const struct wire_frames *frames, const struct frame *frame)
{
    const bool short_enough = (frame->head_size == 2 + MASK_SIZE) ||
                              (frame->head_size == 4 + MASK_SIZE && frame->size >= SIZE_16) ||
                              (frame->head_size == 10 + MASK_SIZE && frame->size > UINT16_MAX);
    if (!short_enough || frame->size > INT64_MAX) {
        return WIRE_CODE_PROTOCOL;
    }
    const size_t have = frames->open && !is_control(frame->opcode) ? frames->message.length : 0;
    return frame->size > frames->message_max - have && !is_control(frame->opcode)
               ? WIRE_CODE_SIZE
               : 0;
}

/* Codes that may be sent, RFC 6455 7.4. */
static bool may_be_sent(int32_t code)
{
    return (code >= 1000 && code <= 1014 && code != 1004 && code != WIRE_CODE_NONE &&
            code != WIRE_CODE_ABNORMAL) ||
           (code >= 3000 && code <= 4999);
}

static enum wire_frames_result broken(struct wire_news *news, int32_t code)
{
    *news = (struct wire_news){.bytes = "", .code = code};
    return WIRE_FRAMES_BROKEN;
}

static enum wire_frames_result take_control(const struct frame *frame, struct wire_news *news)
{
    news->opcode = frame->opcode;
    if (frame->opcode != WIRE_OP_CLOSE) {
        return WIRE_FRAMES_CONTROL;
    }
    const unsigned char *bytes = (const unsigned char *)news->bytes;
    news->code = news->size >= 2 ? bytes[0] << 8 | bytes[1] : WIRE_CODE_NONE;
    if (news->size == 1 || (news->size >= 2 && !may_be_sent(news->code))) {
        return broken(news, WIRE_CODE_PROTOCOL);
    }
    return news->size > 2 && !safe_is_utf8(news->bytes + 2, news->size - 2)
               ? broken(news, WIRE_CODE_TEXT)
               : WIRE_FRAMES_CONTROL;
}

static enum wire_frames_result take_data(struct wire_frames *frames, const struct frame *frame,
                                         struct wire_news *news)
{
    const bool whole = frame->last && !frames->open;
    if (frame->opcode != WIRE_OP_MORE) {
        frames->opcode = frame->opcode;
        text_clear(&frames->message);
    }
    if (!whole) {
        text_add_bytes(&frames->message, news->bytes, news->size);
        frames->open = !frame->last;
        news->bytes = text_string(&frames->message);
        news->size = frames->message.length;
    }
    if (!frame->last) {
        return WIRE_FRAMES_PART;
    }
    news->opcode = frames->opcode;
    return news->opcode == WIRE_OP_TEXT && !safe_is_utf8(news->bytes, news->size)
               ? broken(news, WIRE_CODE_TEXT)
               : WIRE_FRAMES_MESSAGE;
}

enum wire_frames_result wire_frames_next(struct wire_frames *frames, unsigned char *bytes,
                                         size_t size, size_t *taken, struct wire_news *news)
{
    struct frame frame;
    int32_t code = size >= 2 ? check_start(frames, bytes) : 0;
    if (code != 0) {
        return broken(news, code);
    }
    if (!read_head(&frame, bytes, size)) {
        return WIRE_FRAMES_MORE;
    }
    code = check_size(frames, &frame);
    if (code != 0) {
        return broken(news, code);
    }
    if (frame.size > size - frame.head_size) {
        return WIRE_FRAMES_MORE;
    }
    unsigned char *payload = bytes + frame.head_size;
    for (size_t i = 0; i < frame.size; i++) {
        payload[i] ^= frame.mask[i % MASK_SIZE];
    }
    *taken = frame.head_size + (size_t)frame.size;
    *news = (struct wire_news){.bytes = (const char *)payload, .size = (size_t)frame.size};
    return is_control(frame.opcode) ? take_control(&frame, news)
                                    : take_data(frames, &frame, news);
}

size_t wire_frames_head(unsigned char out[WIRE_FRAME_HEAD_MAX], enum wire_opcode opcode,
                        bool last, uint64_t size)
{
    const int more = size > UINT16_MAX ? 8 : size >= SIZE_16 ? 2 : 0;
    out[0] = (unsigned char)((last ? FIN : 0) | (int)opcode);
    out[1] = (unsigned char)(more == 8 ? SIZE_64 : more == 2 ? SIZE_16 : (int)size);
    for (int i = 0; i < more; i++) {
        out[2 + i] = (unsigned char)(size >> 8 * (more - 1 - i));
    }
    return 2 + (size_t)more;
}

size_t wire_frames_farewell(unsigned char out[WIRE_CONTROL_MAX], int32_t code, const char *text)
{
    size_t length = strlen(text);
    length = length < WIRE_CONTROL_MAX - 2 ? length : WIRE_CONTROL_MAX - 2;
    out[0] = (unsigned char)(code >> 8);
    out[1] = (unsigned char)code;
    memcpy(out + 2, text, length);
    return 2 + length;
}
