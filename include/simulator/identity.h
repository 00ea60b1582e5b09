#pragma once
#include <stdbool.h>

#include "base/err.h"

/* identity: who a TLS server on 127.0.0.1 says that it is, truthfully or not.
 *
 * Certificates are made when they are needed and live for a month. The key of their CA is
 * never written down, so nothing more can be signed with it. */

/* Identity, name, what a client that believes `ca.pem` of the folder must say. */
#define WIRE_IDENTITIES(X)                                                                     \
    X(VALID, "valid")             /* accepts: localhost, 127.0.0.1 */                          \
    X(EXPIRED, "expired")         /* refuses: its time is over */                              \
    X(EARLY, "early")             /* refuses: its time has not come */                         \
    X(WRONG_HOST, "wrong-host")   /* refuses: it is somebody else's */                         \
    X(SELF_SIGNED, "self-signed") /* refuses: vouched for by itself */                         \
    X(STRANGER, "stranger")       /* refuses: vouched for by a CA of the same name */          \
    X(OLD, "old")                 /* refuses: valid, but nothing newer than TLS 1.1 */

#define WIRE_IDENTITY_MEMBER(identity, name) WIRE_IDENTITY_##identity,
enum wire_identity { WIRE_IDENTITIES(WIRE_IDENTITY_MEMBER) WIRE_IDENTITY_COUNT };
#undef WIRE_IDENTITY_MEMBER

const char *wire_identity_name(enum wire_identity identity);
bool wire_identity_find(const char *name, enum wire_identity *out);

/* Writes `ca.pem`, `NAME.pem` and `NAME.key` (mode 0600) for each into the folder, which is
 * created if it is missing; what has these names is replaced. */
bool wire_identities_make(const char *folder, struct err *err);

/* The same for a folder that is missing or empty. One that has all of these files is left as
 * it is, and any other is refused: keys are not strewn among what is somebody else's. */
bool wire_identities_ensure(const char *folder, struct err *err);
