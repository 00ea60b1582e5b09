/* decode_cost MODE PAIRS: reads the first PAIRS of 512 pairs of messages, Upbit's order book of
 * 15 levels and Binance's depth20 in its envelope, and does as much with them as MODE says:
 *
 *   tree    decodes them through a JSON tree
 *   decode  decodes them
 *   events  makes a session's events of them
 *   decide  steps a session with these
 *
 * For a counter of instructions: the messages are made in any case, so the difference of two
 * runs is that of what was read. decode.sh does that. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "books.h"
#include "judge.h"
#include "sight_unit.h"

#define NS_PER_MS INT64_C(1000000)

static void decode(const struct books *books, int pairs, bool tree)
{
    struct upbit_list upbit = {0};
    struct binance_list binance = {0};
    enum reason reason;
    struct err err = {0};
    for (int i = 0; i < pairs; i++) {
        const struct books_message *a = &books->upbit[i], *b = &books->binance[i];
        judge_check((tree ? upbit_decode_any : upbit_decode)(&upbit, a->bytes, a->length,
                                                             &reason, &err),
                    &err);
        judge_check((tree ? binance_decode_any : binance_decode)(&binance, "ws", b->bytes,
                                                                 b->length, &reason, &err),
                    &err);
    }
    upbit_list_finish(&upbit);
    binance_list_finish(&binance);
}

static void run(const struct books *books, int pairs, bool decides)
{
    struct judge judge;
    judge_open(&judge, decides);
    for (int i = 0; i < pairs; i++) {
        const struct books_message *a = &books->upbit[i], *b = &books->binance[i];
        const int64_t receive_ns = (BOOKS_START_MS + i * 100 + 20) * NS_PER_MS;
        judge_take(&judge, VENUE_A, a->bytes, a->length, receive_ns);
        judge_take(&judge, VENUE_B, b->bytes, b->length, receive_ns + NS_PER_MS);
    }
    if (decides) {
        const struct session_pair *seen = session_pair(judge.session, 0);
        fprintf(stderr, "decided %s, premium %.2f bps\n", seen->decided_ns > 0 ? "yes" : "no",
                seen->spread.premium_bps);
    }
    judge_close(&judge);
}

int main(int argc, char **argv)
{
    const char *mode = argc == 3 ? argv[1] : "";
    const int pairs = argc == 3 ? atoi(argv[2]) : -1;
    if (pairs < 0 || pairs > BOOKS_PAIRS_MAX) {
        fprintf(stderr, "usage: decode_cost tree|decode|events|decide PAIRS (at most %d)\n",
                BOOKS_PAIRS_MAX);
        return 2;
    }
    const struct books *books = books_make();
    if (strcmp(mode, "tree") == 0 || strcmp(mode, "decode") == 0) {
        decode(books, pairs, mode[0] == 't');
    } else {
        run(books, pairs, strcmp(mode, "decide") == 0);
    }
    return 0;
}
