#pragma once
#include "support/check.h"

#include "intake.h"

/* feed_case: frames of one venue, and how often a reason is counted, how the feed stands behind
 * them and which book is shown last. */

/* A book of one level a side, of the venue's time `ms`. */
#define BOOK(ms, bid, ask)                                                                     \
    "ws", "{\"ty\":\"orderbook\",\"cd\":\"KRW-BTC\",\"tms\":" ms ",\"obu\":[{\"ap\":" ask      \
          ",\"bp\":" bid ",\"as\":1,\"bs\":1}],\"lv\":0}"
#define REST_BOOK(ms, bid, ask)                                                                \
    "rest.orderbook", "[{\"market\":\"KRW-BTC\",\"timestamp\":" ms                             \
                      ",\"orderbook_units\":[{\"ask_price\":" ask ",\"bid_price\":" bid        \
                      ",\"ask_size\":1,\"bid_size\":1}],\"level\":0}]"
/* A diff of the ids first..last, behind `previous`, of the venue's time `ms`. */
#define DIFF(ms, first, last, previous, bids)                                                  \
    "ws", "{\"e\":\"depthUpdate\",\"E\":" ms ",\"T\":" ms ",\"s\":\"BTCUSDT\",\"U\":" first    \
          ",\"u\":" last ",\"pu\":" previous ",\"b\":[" bids "],\"a\":[]}"
#define SNAPSHOT(ms, id)                                                                       \
    "rest.depth", "{\"lastUpdateId\":" id ",\"E\":" ms ",\"T\":" ms                            \
                  ",\"bids\":[[\"100\",\"1\"]],\"asks\":[[\"110\",\"1\"]]}"
/* Snapshot 10, the diff that spans it, and a bid of 101 with diff 11. */
#define BEGIN_B                                                                                \
    {0, DIFF("8", "8", "10", "7", "")}, {1, SNAPSHOT("9", "10")},                              \
    {                                                                                          \
        2, DIFF("10", "11", "11", "10", "[\"101\",\"1\"]")                                     \
    }
#define TICKER(ms, id, bid)                                                                    \
    "ws", "{\"e\":\"bookTicker\",\"u\":" id ",\"E\":" ms ",\"T\":" ms                          \
          ",\"s\":\"BTCUSDT\",\"b\":\"" bid "\",\"B\":\"1\",\"a\":\"110\",\"A\":\"1\"}"
#define OPEN "state", "{\"state\":\"open\"}"

/* The venue's clock is `off` ms ahead of ours, and 3 s under way are late. */
#define OFFSET(off)                                                                            \
    "state", "{\"state\":\"offset\",\"off_ms\":" off ",\"error_ms\":10,\"limit_ms\":3000}"

struct line {
    int64_t at_ms; /* received */
    const char *channel, *raw;
};

enum { LINES_MAX = 12 };

struct fault_case {
    const char *name;
    enum venue venue;
    const char *code;
    uint32_t count;
    enum feed_state state;
    const char *state_code;
    double bid; /* of the last book shown */
    uint64_t generation;
    int books; /* shown in all */
    struct line lines[LINES_MAX];
};

/* Plays the frames to a session's intake, and compares. */
void feed_case_check(const struct fault_case *it);
