#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* wire_frames: the frames of RFC 6455, a client's in and ours out. Pure. */

enum wire_opcode {
    WIRE_OP_MORE = 0,
    WIRE_OP_TEXT = 1,
    WIRE_OP_BINARY = 2,
    WIRE_OP_CLOSE = 8,
    WIRE_OP_PING = 9,
    WIRE_OP_PONG = 10,
};

enum {
    WIRE_FRAME_HEAD_MAX = 14,
    WIRE_CONTROL_MAX = 125,
    WIRE_CODE_PROTOCOL = 1002,
    WIRE_CODE_NONE = 1005,     /* a close frame without a code */
    WIRE_CODE_ABNORMAL = 1006, /* no close frame at all */
    WIRE_CODE_TEXT = 1007,
    WIRE_CODE_SIZE = 1009,
};

/* What a client's frames have made so far of a message in fragments. */
struct wire_frames {
    size_t message_max;
    bool open; /* a fragment came, the last one did not */
    enum wire_opcode opcode;
    struct text message;
};
void wire_frames_init(struct wire_frames *frames, size_t message_max);
void wire_frames_finish(struct wire_frames *frames); /* accepts zeroed */

enum wire_frames_result {
    WIRE_FRAMES_MORE,    /* no whole frame yet */
    WIRE_FRAMES_PART,    /* a fragment; nothing to tell */
    WIRE_FRAMES_MESSAGE, /* opcode TEXT or BINARY */
    WIRE_FRAMES_CONTROL, /* opcode CLOSE (with `code`), PING or PONG */
    WIRE_FRAMES_BROKEN,  /* close with `code`; nothing behind it means anything */
};

struct wire_news {
    enum wire_opcode opcode;
    const char *bytes; /* borrowed until the next call and while the input stays */
    size_t size;
    int32_t code;
};

/* Takes one frame from the front of the bytes, unmasking it in place; *taken is its size. */
enum wire_frames_result wire_frames_next(struct wire_frames *frames, unsigned char *bytes,
                                         size_t size, size_t *taken, struct wire_news *news);

/* Writes the head of a server's frame; returns its size. */
size_t wire_frames_head(unsigned char out[WIRE_FRAME_HEAD_MAX], enum wire_opcode opcode,
                        bool last, uint64_t size);
/* Writes the body of a close frame: a code, and as much of the text as fits. */
size_t wire_frames_farewell(unsigned char out[WIRE_CONTROL_MAX], int32_t code,
                            const char *text);
