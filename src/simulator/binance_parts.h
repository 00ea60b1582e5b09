#pragma once
#include "binance_desk.h"
#include "binance_streams.h"
#include "limit.h"

/* binance_parts: what the files of binance_desk share. */

enum { BINANCE_SPEEDS = 3 };

struct binance_client {
    struct member member; /* first */
    struct binance_desk *desk;
    struct stream_wishes wishes;
    bool combined; /* payloads come in an envelope with the stream's name */
    struct limit seconds;
    int64_t opened_ns, ping_due_ns;
};

/* One speed of one symbol's diffs: what changed since it last spoke. */
struct diff_line {
    struct tall_changes pending;
    uint64_t first_id;    /* of the next diff, where it is known already; 0 */
    uint64_t previous_id; /* the last that was sent */
    int64_t due_ns;
    bool partial_due; /* the book changed */
};

/* What the desk knows of a symbol beside the bourse. */
struct binance_line {
    struct diff_line speeds[BINANCE_SPEEDS];
    struct tall_changes held; /* asks that stand still, and prices that were a lie */
    bool frozen;
    struct tall_side frozen_asks;
    int64_t marks; /* said */
};

struct binance_desk {
    struct stage *stage;
    struct stage_venue *venue;
    struct binance_line *lines; /* one a pair */
    struct text payload, message;
    struct limit weight;
    uint64_t snapshots;
};

/* Answers a request that is no handshake. */
void binance_rest(struct binance_desk *desk, wire_exchange exchange,
                  const struct wire_request *request);
/* Answers a refusal that is due before a request is looked at; false: none is. */
bool binance_refuse(struct binance_desk *desk, wire_exchange exchange);
/* True when the weight is within the limit; else the refusal is answered. */
bool binance_admit(struct binance_desk *desk, wire_exchange exchange, int32_t weight);
void binance_limits_init(struct binance_desk *desk);
/* An answer says what was used, and how long to wait unless that is 0. */
void binance_answer(struct binance_desk *desk, wire_exchange exchange, int32_t status,
                    struct text *body, int64_t retry_s);
/* The venue's clock, right or wrong. */
int64_t binance_now_ms(const struct binance_desk *desk);

/* A handshake: accepted, or answered why not. */
void binance_greet(struct binance_desk *desk, wire_exchange exchange,
                   const struct wire_request *request);
/* A control frame. */
void binance_hear(struct binance_client *client, const char *bytes, size_t size);

/* One stream of one pair, in the way to whoever wants it. `order` may be NULL. */
struct binance_saying {
    int32_t pair;
    enum stream_kind kind;
    int32_t depth, speed_ms;
    const struct mischief_order *order;
};
/* Does anybody want it? */
bool binance_wanted(const struct binance_desk *desk, const struct binance_saying *saying);
/* Sends the desk's payload. */
void binance_send(struct binance_desk *desk, const struct binance_saying *saying);

/* The streams slower than the fastest, those whose time has come. */
void binance_tell_slow(struct binance_desk *desk);
/* The id a snapshot bears: now and then it lies within the diff that is still to come. */
uint64_t binance_snapshot_id(struct binance_desk *desk, int32_t pair);
