#include <assert.h>

#include "market/frame_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct frame frame;
    struct err err = {.kind = ERR_NONE};
    const char *line = (const char *)bytes;
    if (frame_line_parse(line, length, &frame, &err)) {
        assert(frame.receive_ns >= 0 && frame.channel[0] != '\0');
        assert(frame.raw + frame.raw_length == line + length);
    } else {
        assert(err.kind == ERR_INPUT);
    }
    return 0;
}
