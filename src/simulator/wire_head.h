#pragma once
#include "simulator/wire.h"

/* wire_head: the head of an HTTP/1.1 request, checked to the letter.
 *
 * Pure: bytes in, a head or the status that refuses them out. */

enum { WIRE_FIELDS_MAX = 64 };

struct wire_fields {
    int32_t count;
    struct {
        const char *name, *value;
    } field[WIRE_FIELDS_MAX];
};

/* Where a head ends that comes in pieces; zeroed at its beginning. */
struct wire_scan {
    size_t seen;
    char last[4];
};

enum wire_scan_result { WIRE_SCAN_MORE, WIRE_SCAN_WHOLE, WIRE_SCAN_RUBBISH };

/* Looks at what is new of `bytes`, which begin with the head. WHOLE: it is the first
 * `scan->seen` bytes. Rubbish is known at its first byte, not when a limit is reached. */
enum wire_scan_result wire_scan_head(struct wire_scan *scan, const char *bytes, size_t size);

struct wire_head {
    char *text;                  /* the head, cut into strings */
    struct wire_request request; /* without body */
    struct wire_fields fields;
    size_t body_size;
    bool close;      /* the client wants no further request */
    bool expects;    /* it waits for "100 Continue" */
    const char *key; /* of a handshake; NULL: none */
};

/* Parses a whole head. False: `*status` is what to answer, and nothing is to be finished. */
bool wire_head_parse(struct wire_head *head, const char *bytes, size_t size, size_t body_max,
                     int32_t *status);
void wire_head_finish(struct wire_head *head); /* accepts zeroed */
