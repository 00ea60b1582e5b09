#pragma once
#include "base/text.h"
#include "private_account.h"
#include "simulator/private.h"

/* private_parts: what the files of private share. */

enum { PRIVATE_NONCES_MAX = 64, PRIVATE_NONCE_SIZE = 40 };

/* A fault that waits for its calls. */
struct private_plan {
    int32_t count[PRIVATE_FAULT_COUNT];
};

struct private_venue {
    struct private_options options;
    struct private_account account;
    struct private_plan plans[VENUE_LAST + 1][PRIVATE_OTHER + 1];
    struct private_stats stats;
    int64_t skew_ms;
    char nonces[PRIVATE_NONCES_MAX][PRIVATE_NONCE_SIZE]; /* the last that came, in a ring */
    uint64_t nonces_count;
};

/* A request on its way through, and its answer in the making. */
struct private_visit {
    struct private_venue *venue;
    enum venue which;
    const struct wire_request *request;
    enum private_call call;
    int64_t now_ns;
    int32_t status;
    struct text *body;
};

/* What can be asked for; a table ends with a row of zeros. */
struct private_route {
    const char *method, *path;
    enum private_call call;
    void (*answer)(struct private_visit *visit);
    bool open; /* to anybody, where the private half tells the time */
};
extern const struct private_route private_binance_routes[], private_upbit_routes[];

/* Takes one of the fault's remaining turns at calls like this one; false: none is left. */
bool private_meets(struct private_visit *visit, enum private_fault fault);

/* private_check.c: is it signed as it must be? Otherwise the answer is written. */
bool private_check_binance(struct private_visit *visit);
bool private_check_upbit(struct private_visit *visit);

/* private_office.c: what is told to the private half itself; false: nothing. */
bool private_control(struct private_visit *visit);

/* The pair that this venue calls so; -1: none. */
int32_t private_find_pair(const struct private_visit *visit, const char *symbol);
/* Takes and cancels orders with what is planned for them; `error` says whether one was taken.
 */
struct private_order *private_place(struct private_visit *visit, const struct order *order,
                                    const char *client_id);
void private_cancel(struct private_visit *visit, struct private_order *order);

void private_binance_refuse(struct private_visit *visit, int32_t status, int code,
                            const char *message);
void private_upbit_refuse(struct private_visit *visit, int32_t status, const char *name);

/* `"name":"1.5"`, as say.h has the others. */
void private_say_units(struct text *out, const char *name, int64_t units);
