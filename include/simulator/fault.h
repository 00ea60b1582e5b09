#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* fault: one way in which a server may break its word, as a value.
 *
 * Whoever decides hangs it on an answer, a message or a connection; simulator/wire carries it
 * out and counts it. `amount` means what stands with the kind. Whatever ends a connection does
 * so with FIN, or with RST if `reset` is set. */

/* Where a fault may hang: a new connection (C), an answer (A), a handshake (H), a message (M),
 * a socket from now on (S). Kind, name, places, least and largest amount. */
#define WIRE_FAULTS(X)                                                                         \
    X(NONE, "none", "CAHMS", 0, INT64_MAX)                                                     \
    /* So many ms later; whatever comes behind it waits too. */                                \
    X(DELAY, "delay", "CAHMS", 0, WIRE_DELAY_MS_MAX)                                           \
    /* So many bytes a second. */                                                              \
    X(DRIP, "drip", "CAHMS", 1, WIRE_DRIP_MAX)                                                 \
    /* Announced whole, but cut after so many bytes of the payload. */                         \
    X(TRUNCATE, "truncate", "AHM", 0, INT64_MAX)                                               \
    /* The same, but the connection stays: nothing comes any more. */                          \
    X(STALL, "stall", "AHM", 0, INT64_MAX)                                                     \
    /* Cut instead of it. What an order asked for has been done, the client does not know. */  \
    X(CUT, "cut", "CAHMS", 0, INT64_MAX)                                                       \
    /* The same on the wire, but nothing was done; counted apart. */                           \
    X(CUT_UNHEARD, "cut-unheard", "A", 0, INT64_MAX)                                           \
    /* TCP stays alive, but nothing is sent, not even a pong, for so many ms (0: for good).    \
     * What would have been sent is lost. A message or socket then goes on with what is sent   \
     * later; anything else is never answered and cut. */                                      \
    X(SILENCE, "silence", "CAHMS", 0, WIRE_DELAY_MS_MAX)                                       \
    /* As many random bytes in place of the payload; the amount seeds them. */                 \
    X(GARBAGE, "garbage", "AHM", 0, INT64_MAX)                                                 \
    /* Random bytes in place of the status line and headers, or of the frame's header. */      \
    X(BAD_HEADER, "bad-header", "AM", 0, INT64_MAX)                                            \
    /* So many blanks behind the payload; they belong to it. Costs no memory. */               \
    X(OVERSIZE, "oversize", "AM", 0, WIRE_OVERSIZE_MAX)                                        \
    /* So many times more. */                                                                  \
    X(DUPLICATE, "duplicate", "AM", 1, WIRE_DUPLICATES_MAX)                                    \
    /* Held back until so many later messages have gone out. */                                \
    X(HOLD, "hold", "M", 1, WIRE_HOLD_MAX)                                                     \
    /* The announced length is so much more than what comes, or less if negative. */           \
    X(LENGTH, "length", "AM", -WIRE_OVERSIZE_MAX, WIRE_OVERSIZE_MAX)                           \
    /* Legal, but seldom seen: in chunks or fragments of so many bytes. */                     \
    X(FRAGMENT, "fragment", "AM", 1, INT64_MAX)                                                \
    /* A close frame with this code in its place, then the end. 1006 and the like, which must  \
     * not be sent, are sent. */                                                               \
    X(CLOSE, "close", "MS", 1000, 4999)                                                        \
    /* Accepted with a key that does not fit. */                                               \
    X(BAD_ACCEPT, "bad-accept", "H", 0, INT64_MAX)

#define WIRE_DELAY_MS_MAX   INT64_C(86400000)
#define WIRE_DRIP_MAX       INT64_C(1000000000)
#define WIRE_OVERSIZE_MAX   (INT64_C(1) << 40)
#define WIRE_DUPLICATES_MAX 1000
#define WIRE_HOLD_MAX       1000

#define WIRE_FAULT_MEMBER(kind, name, places, least, most) WIRE_FAULT_##kind,
enum wire_fault_kind { WIRE_FAULTS(WIRE_FAULT_MEMBER) WIRE_FAULT_COUNT };
#undef WIRE_FAULT_MEMBER

struct wire_fault {
    enum wire_fault_kind kind;
    int64_t amount;
    bool reset; /* RST instead of FIN */
};

extern const struct wire_fault WIRE_NO_FAULT;

enum wire_place {
    WIRE_ON_CONNECTION = 'C', /* from its first byte */
    WIRE_ON_ANSWER = 'A',     /* of a request, or of a handshake that is refused */
    WIRE_ON_HANDSHAKE = 'H',  /* that is accepted */
    WIRE_ON_MESSAGE = 'M',
    WIRE_ON_SOCKET = 'S', /* everything from now on */
};

const char *wire_fault_name(enum wire_fault_kind kind);
bool wire_fault_find(const char *name, enum wire_fault_kind *out);

/* Says why a fault cannot hang there or why its amount is none. The wire asserts it. */
bool wire_fault_check(const struct wire_fault *fault, enum wire_place place, struct err *err);
