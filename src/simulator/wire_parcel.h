#pragma once
#include "simulator/wire.h"
#include "wire_frames.h"
#include "wire_queue.h"

/* wire_parcel: an answer, a handshake or a message with its fault built in. `fault` is one that
 * may hang there. */

struct wire_parcel *wire_parcel_answer(const struct wire_answer *answer, bool close,
                                       const struct wire_fault *fault, int64_t now_ns);
struct wire_parcel *wire_parcel_handshake(const char *key, const struct wire_fault *fault,
                                          int64_t now_ns);
struct wire_parcel *wire_parcel_message(const char *bytes, size_t size, bool binary,
                                        const struct wire_fault *fault, int64_t now_ns);
struct wire_parcel *wire_parcel_control(enum wire_opcode opcode, const void *bytes,
                                        size_t size);
struct wire_parcel *wire_parcel_close(int32_t code, const char *text);
/* "100 Continue" */
struct wire_parcel *wire_parcel_continue(void);
