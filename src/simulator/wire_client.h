#pragma once
#include "io/listener.h"
#include "simulator/wire.h"
#include "wire_frames.h"
#include "wire_head.h"
#include "wire_queue.h"
#include "wire_stream.h"

/* wire_client: one connection, from its acceptance to its end.
 *
 * It acts in turns, each begun by the loop. The functions of the door only put something into
 * the queue or leave a mark, and see to it that a turn comes. */

enum { WIRE_LEAVE_MS = 1000 }; /* for the client's part of an orderly end */

enum wire_phase {
    WIRE_WAITING, /* a fault keeps it from being served */
    WIRE_SHAKING, /* TLS */
    WIRE_HTTP,
    WIRE_SOCKET,
    WIRE_LEAVING, /* all is said; what still comes is dropped, until the client ends too */
};

enum wire_doom { WIRE_SPARED, WIRE_CUT, WIRE_CUT_RESET };

struct wire_socket {
    struct wire_client *client;
    void *owner;
    struct wire_frames frames;
    int64_t delay_ms;
    int64_t heard_ns;
    int32_t code;          /* of the first close frame, ours or theirs */
    bool farewell_ordered; /* ours is in the queue or out */
    bool farewell_sent;
    bool farewell_heard;
};

struct wire_client {
    struct wire *wire;
    struct wire_stream stream;
    enum wire_phase phase;
    enum wire_doom doom; /* carried out in the next turn */
    bool gone;           /* to be freed at the end of this turn */
    int64_t now_ns;      /* of this turn */

    unsigned char *input; /* a byte longer than its capacity, for a NUL */
    size_t input_start, input_size, input_capacity;
    int64_t input_since_ns;   /* when it was empty last, or something was taken from it */
    bool input_ended;         /* the client sends no more */
    bool reads_when_writable; /* TLS must send something first */

    struct wire_queue queue;
    bool wants_turn; /* something is new since the queue was last looked at */
    bool blocked;    /* bytes wait and the client takes none, */
    int64_t blocked_since_ns;
    size_t blocked_size; /* of what it was offered */
    int64_t wait_ns;     /* bytes wait because they were ordered to; 0: none */

    bool silent;
    bool silent_then_cut, silent_reset;
    int64_t silent_until_ns; /* 0: for good */
    int64_t phase_since_ns;  /* or of the last answer */

    struct wire_scan scan;
    struct wire_head head;
    bool head_known;        /* `head` is that of the request being read or answered */
    bool refused;           /* it broke the protocol and is told so */
    bool asked;             /* the request was handed over */
    wire_exchange exchange; /* waits for its answer; 0: none */

    struct wire_socket socket;
    short events;
    uint64_t timer; /* 0: none */
    int64_t timer_due_ns;
};

struct wire {
    struct loop *loop;
    struct wire_options options;
    struct wire_calls calls;
    struct wire_tls *tls; /* NULL: plain */
    struct listener listener;
    uint16_t port;
    struct wire_client **clients;
    int32_t clients_count;
    wire_exchange last_exchange;
    struct wire_client *turning; /* whose turn it is; NULL: nobody's */
    struct wire_stats stats;
};

/* Takes the descriptor over; counted among the clients of the wire. */
void wire_client_open(struct wire *wire, int fd);
/* Cuts it and makes no call. Not during a turn. */
void wire_client_close(struct wire_client *client);
/* Sees to it that a turn comes soon. */
void wire_client_wake(struct wire_client *client);
void wire_client_doom(struct wire_client *client, bool reset);

/* The ends of a turn's work: it says good-bye, or is gone without. */
void wire_client_leave(struct wire_client *client, bool orderly, bool reset);
void wire_client_lose(struct wire_client *client);
/* wire_input.c. What has come and was not taken yet, `input_size` bytes of it. */
unsigned char *wire_client_input(const struct wire_client *client);
void wire_client_drop_input(struct wire_client *client, size_t size);
/* Reads what has come, as far as there is use for it. */
void wire_client_read(struct wire_client *client);
bool wire_client_reads(const struct wire_client *client); /* is there use for more? */

/* wire_due.c: what happens next if nothing else does, and when. */
struct wire_due {
    int64_t at_ns; /* INT64_MAX: never */
    void (*act)(struct wire_client *client);
};
struct wire_due wire_client_due(const struct wire_client *client);

/* wire_output.c */
void wire_count_fault(struct wire *wire, enum wire_fault_kind kind);
/* The fault, NULL made NONE. One that cannot hang there is a bug of the caller. */
const struct wire_fault *wire_fault_given(const struct wire_fault *fault,
                                          enum wire_place place);
/* Takes the parcel over. Nothing is put to a client that is silent or about to end. */
void wire_client_put(struct wire_client *client, struct wire_parcel *parcel);
void wire_client_silence(struct wire_client *client, const struct wire_fault *fault,
                         bool then_cut, int64_t now_ns);
void wire_client_resume(struct wire_client *client);
/* Sends what may go now. True: something went. */
bool wire_client_send(struct wire_client *client);

/* wire_http.c: true: something was taken from the input. */
bool wire_http_take(struct wire_client *client);
void wire_http_refuse(struct wire_client *client, int32_t status);
/* Forgets a request that was answered, when nobody looks at it any more. */
void wire_http_settle(struct wire_client *client);

/* wire_socket.c */
bool wire_socket_take(struct wire_client *client);
void wire_socket_tell_closed(struct wire_client *client);
