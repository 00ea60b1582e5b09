#pragma once
#include "limit.h"
#include "upbit_desk.h"

/* upbit_parts: what the files of upbit_desk share. */

enum { UPBIT_FORMS = 2, UPBIT_DEPTHS = 4, UPBIT_HEADER_SIZE = 64 };

/* What shares a limit of requests. */
enum upbit_group {
    UPBIT_GROUP_MARKET,
    UPBIT_GROUP_CANDLE,
    UPBIT_GROUP_TRADE,
    UPBIT_GROUP_TICKER,
    UPBIT_GROUP_BOOK,
    UPBIT_GROUP_SOCKET,
    UPBIT_GROUP_LAST = UPBIT_GROUP_SOCKET,
};
enum { UPBIT_GROUPS = UPBIT_GROUP_LAST + 1 };

struct upbit_client {
    struct member member; /* first */
    struct upbit_desk *desk;
    struct upbit_wishes wishes; /* without any until it subscribes */
    struct limit seconds, minutes;
    int64_t status_due_ns; /* after a text PING; 0: it never asked */
};

/* Asks that stand still while bids go on. */
struct frozen_asks {
    bool on;
    int32_t count;
    struct book_level levels[BOOK_LEVELS_MAX];
};

struct upbit_desk {
    struct stage *stage;
    struct stage_venue *venue;
    struct frozen_asks frozen[BOURSE_MARKETS_MAX];
    struct text said[UPBIT_FORMS][UPBIT_DEPTHS]; /* of one message, as far as wanted */
    struct limit groups[UPBIT_GROUPS];
    struct limit origin;
};

/* Answers a request that is no handshake. */
void upbit_rest(struct upbit_desk *desk, wire_exchange exchange,
                const struct wire_request *request);
/* Answers a refusal that is due before a request is looked at; false: none is. */
bool upbit_refuse(struct upbit_desk *desk, wire_exchange exchange,
                  const struct wire_request *request);
/* True when the group's limit was kept; else the refusal is answered. */
bool upbit_admit(struct upbit_desk *desk, wire_exchange exchange, int group);
/* Answers; group -1 belongs to none. */
void upbit_answer(struct upbit_desk *desk, wire_exchange exchange, int32_t status,
                  struct text *body, int group);
void upbit_refuse_as(struct upbit_desk *desk, wire_exchange exchange, int32_t status,
                     const char *name, const char *message);
/* "remaining-req" of a group; returns buffer. */
const char *upbit_remaining(const struct upbit_desk *desk, int group,
                            char buffer[UPBIT_HEADER_SIZE]);
void upbit_limits_init(struct upbit_desk *desk);
/* The market as this desk shows it: its clock, and a side that stands still. */
void upbit_show(struct upbit_desk *desk, int32_t market, struct upbit_market *out);
