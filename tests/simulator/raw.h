#pragma once
/* raw: a client that sends what a test says, byte for byte, and keeps what came back. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RAW_SIZE = 1 << 20, RAW_MS = 5000 };

enum raw_state { RAW_OPEN, RAW_ENDED, RAW_RESET };

struct raw {
    int fd;
    enum raw_state state;
    bool send_failed; /* nobody takes what we send: it was reset */
    size_t size;
    char bytes[RAW_SIZE + 1]; /* ends in NUL */
};

struct raw *raw_connect(uint16_t port);
void raw_close(struct raw *raw);
bool raw_knock(uint16_t port); /* is somebody there? */
void raw_send(struct raw *raw, const void *bytes, size_t size);
void raw_say(struct raw *raw, const char *text);
/* What is sent meanwhile leaves at once when it is over. */
void raw_hold(struct raw *raw, bool on);

/* Reads until so much has come, the text is there, or the connection is over; these fail the
 * test when it takes RAW_MS. */
void raw_take(struct raw *raw, size_t size);
void raw_until(struct raw *raw, const char *text);
void raw_to_end(struct raw *raw);
/* Reads for so long; nothing may come. */
void raw_quiet(struct raw *raw, int64_t for_ms);
/* Reads so much and keeps nothing of it. */
void raw_skip(struct raw *raw, size_t size);
void raw_forget(struct raw *raw, size_t size); /* from the front */

/* A handshake on this path, up to its answer's blank line, which is forgotten. */
void raw_upgrade(struct raw *raw, const char *path);
/* One frame, masked; `first` is its first byte: 0x81 is a whole text. */
void raw_frame(struct raw *raw, int first, const void *bytes, size_t size);
void raw_text(struct raw *raw, const char *text);
/* Takes one frame that must have this first byte and payload. */
void raw_expect(struct raw *raw, int first, const char *text);
