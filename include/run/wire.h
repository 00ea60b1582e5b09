#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "view/command.h"
#include "view/page.h"

/* wire: how a session host and its consoles talk over a Unix socket: frames and the handshake.
 *
 * A frame is a head of 8 bytes (length of the body, kind) and the body: structs as this build
 * lays them out, so both ends must be the same build. The hello says so first; its shape and
 * the numbers of HELLO, WELCOME and REFUSED never change. */

enum {
    WIRE_VERSION = 1,
    WIRE_HEAD_SIZE = 8,
    WIRE_TO_HOST_MAX = 4 * 1024,       /* body of a frame to the host */
    WIRE_TO_CONSOLE_MAX = 1024 * 1024, /* and from it */
    WIRE_BUILD_SIZE = 64,
    WIRE_TEXT_SIZE = 256,
};

enum wire_kind {
    WIRE_HELLO = 1,    /* console: struct wire_hello */
    WIRE_WELCOME = 2,  /* host: empty */
    WIRE_REFUSED = 3,  /* host: a sentence; then it hangs up */
    WIRE_COMMAND = 4,  /* console: struct wire_command */
    WIRE_RESULT = 5,   /* host: struct wire_result */
    WIRE_QUERY = 6,    /* console: struct page_query */
    WIRE_PAGE = 7,     /* host: struct page as far as it is filled */
    WIRE_SNAPSHOT = 8, /* host: struct snapshot */
    WIRE_FAREWELL = 9, /* host: why the session ends, a sentence; then it hangs up */
    WIRE_FAILED = 10,  /* host: why it cannot go on, a sentence; then it hangs up */
    WIRE_KIND_LAST = WIRE_FAILED,
};

/* What a console came for. */
enum wire_manner {
    WIRE_ACTS = 0,  /* a command line: acts, whoever else is there */
    WIRE_LOOKS = 1, /* looks and never acts */
    WIRE_SITS = 2,  /* a console with an operator before it: acts while no other one does */
};

/* Stands in the refusal of a host of another build, whatever else it says; never changes. */
#define WIRE_OTHER_BUILD "another build of arblite"

struct wire_hello {
    char magic[8];
    uint32_t version;
    uint32_t manner; /* enum wire_manner */
    uint32_t snapshot_size, page_size, command_size, result_size;
    char build[WIRE_BUILD_SIZE];
};

struct wire_command {
    uint64_t number; /* comes back with the result */
    struct command command;
};

struct wire_result {
    uint64_t number; /* 0: about a page that could not be given */
    struct command_result result;
};

/* What this build says of itself: sizes, and the linker's build id of the running program. */
void wire_hello_make(struct wire_hello *hello, enum wire_manner manner);
/* Is the other end the same build? ERR_REFUSED in one sentence for its operator. */
bool wire_hello_check(const struct wire_hello *ours, const void *body, size_t size,
                      struct wire_hello *theirs, struct err *err);

struct wire_frame {
    enum wire_kind kind;
    size_t size;
    const unsigned char *body; /* borrowed until the next call on the inbox; unaligned */
};

/* Bytes that came, cut into frames. */
struct wire_inbox {
    size_t limit; /* longest body accepted */
    size_t start, used, capacity;
    unsigned char *bytes;
};

void wire_inbox_init(struct wire_inbox *inbox, size_t limit);
void wire_inbox_finish(struct wire_inbox *inbox);
/* Where the next bytes may be read to; *room >= 1. */
unsigned char *wire_inbox_room(struct wire_inbox *inbox, size_t *room);
void wire_inbox_add(struct wire_inbox *inbox, size_t count);

/* What became of bytes that were to go through a socket; it never waits. */
enum wire_flow {
    WIRE_MOVED,
    WIRE_IDLE, /* not now */
    WIRE_GONE, /* never again; errno says why, ECONNRESET also where the other end hung up */
};

/* Reads once. */
enum wire_flow wire_inbox_receive(struct wire_inbox *inbox, int fd);

enum wire_result_kind { WIRE_MORE, WIRE_FRAME, WIRE_BROKEN }; /* BROKEN: too long, or no kind */
enum wire_result_kind wire_inbox_next(struct wire_inbox *inbox, struct wire_frame *out);

/* Frames waiting to be written. */
struct wire_outbox {
    size_t start, used, capacity;
    unsigned char *bytes;
};

void wire_outbox_finish(struct wire_outbox *outbox);
void wire_outbox_put(struct wire_outbox *outbox, enum wire_kind kind, const void *body,
                     size_t size);
size_t wire_outbox_pending(const struct wire_outbox *outbox); /* bytes */
/* Sends as much as goes now: MOVED says that was all. */
enum wire_flow wire_outbox_send(struct wire_outbox *outbox, int fd);

/* Bytes of a page that matter: its rows in use and no more. */
size_t wire_page_size(const struct page *page);
/* Takes a page that came; false when its size does not fit what it says. */
bool wire_page_take(const struct wire_frame *frame, struct page *out);
