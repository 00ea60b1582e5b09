#pragma once
#include "bench.h"
#include "core/book.h"
#include "market/binance.h"
#include "market/depth.h"
#include "market/upbit.h"

/* follower: a client of both venues that keeps the books of KRW-BTC and BTCUSDT, notices what
 * goes wrong, and mends it. */

/* What it noticed of one venue. */
struct follower_notes {
    int32_t messages;   /* that were books */
    int32_t applied;    /* diffs in an unbroken chain */
    int32_t unreadable; /* messages that could not be decoded */
    enum reason reason; /* why the last of them could not */
    int32_t unknown_fields;
    int32_t gaps, duplicates, behind, crossed;
    int32_t standing;         /* books in a row whose asks stood still while bids moved */
    int64_t pause_ms_longest; /* between two messages */
    int64_t heard_ns;
};

struct follower {
    struct bench *bench;
    struct bench_socket sockets[VENUE_LAST + 1];
    struct follower_notes notes[VENUE_LAST + 1];
    struct book upbit;
    struct depth *depth;
    int32_t openings; /* of Binance's socket, that were taken in */
    bool asking;      /* for a snapshot */
    struct book_level best_ask, best_bid;
    struct upbit_list upbit_list;
    struct binance_list binance_list, snapshot_list;
};

struct follower *follower_open(struct bench *bench);
void follower_close(struct follower *follower);
/* In silence, too, it notices a new connection and asks for the snapshot it lacks. */
void follower_mend(struct follower *follower);
void follower_forget(struct follower *follower); /* the notes */
/* Both books are there, and each venue has been heard since the notes were forgotten. */
void follower_until_well(struct follower *follower);
