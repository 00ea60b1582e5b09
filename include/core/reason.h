#pragma once
#include <stdint.h>

/* reason: why something was refused, stopped or reported: every code of SAFETY.md 3.8.
 *
 * Numbers are stable: hundreds per layer; they go into journals. */

/* X(NAME, number, "LAYER.CODE", "what it says to the operator") */
#define REASON_TABLE(X)                                                                        \
    X(NONE, 0, "NONE", "")                                                                     \
    X(GATE_KILL, 101, "GATE.KILL", "kill switch is on")                                        \
    X(GATE_SESSION_STOPPED, 102, "GATE.SESSION_STOPPED", "session is stopped")                 \
    X(GATE_HALTED, 103, "GATE.HALTED", "guard is halted")                                      \
    X(GATE_OBSERVE, 104, "GATE.OBSERVE", "guard only observes")                                \
    X(GATE_DISARMED, 105, "GATE.DISARMED", "disarmed")                                         \
    X(GATE_LIVE_DISABLED, 106, "GATE.LIVE_DISABLED", "live trading is off")                    \
    X(GATE_MODE_MISMATCH, 107, "GATE.MODE_MISMATCH", "keys and mode do not go together")       \
    X(GATE_EXPIRED_DECISION, 109, "GATE.EXPIRED_DECISION", "decision is too old")              \
    X(GATE_PAUSED, 110, "GATE.PAUSED", "paused by the operator")                               \
    X(INPUT_NOT_FINITE, 201, "INPUT.NOT_FINITE", "a number is not finite")                     \
    X(INPUT_NOT_POSITIVE, 202, "INPUT.NOT_POSITIVE", "a price is zero or negative")            \
    X(INPUT_RANGE, 203, "INPUT.RANGE", "a number is out of range")                             \
    X(INPUT_OVERFLOW, 204, "INPUT.OVERFLOW", "an amount does not fit")                         \
    X(INPUT_LOT, 206, "INPUT.LOT", "smaller than one lot")                                     \
    X(INPUT_MIN_NOTIONAL, 207, "INPUT.MIN_NOTIONAL", "below the venue's minimum")              \
    X(INPUT_MALFORMED, 209, "INPUT.MALFORMED", "message could not be read")                    \
    X(INPUT_DEPTH, 210, "INPUT.DEPTH", "message nested too deep")                              \
    X(FEED_DISCONNECTED, 301, "FEED.DISCONNECTED", "feed is disconnected")                     \
    X(FEED_SILENT, 302, "FEED.SILENT", "feed is silent")                                       \
    X(FEED_STALE, 303, "FEED.STALE", "feed is stale")                                          \
    X(FEED_STALE_SIDE, 304, "FEED.STALE_SIDE", "one side of the book is stale")                \
    X(FEED_SEQ_GAP, 305, "FEED.SEQ_GAP", "feed lost its sequence")                             \
    X(FEED_SEQ_RANGE, 306, "FEED.SEQ_RANGE", "a sequence number began anew")                   \
    X(FEED_SNAPSHOT_OLD, 307, "FEED.SNAPSHOT_OLD", "snapshot is older than the feed")          \
    X(FEED_GENERATION, 308, "FEED.GENERATION", "book began anew with its connection")          \
    X(FEED_CROSSED, 309, "FEED.CROSSED", "book is crossed")                                    \
    X(FEED_LOCKED, 310, "FEED.LOCKED", "book is locked")                                       \
    X(FEED_EMPTY, 311, "FEED.EMPTY", "book has an empty side")                                 \
    X(FEED_THIN, 312, "FEED.THIN", "too little depth for this size")                           \
    X(FEED_DUPLICATE, 313, "FEED.DUPLICATE", "message came twice")                             \
    X(FEED_OUT_OF_ORDER, 314, "FEED.OUT_OF_ORDER", "message came out of order")                \
    X(FEED_RESYNC_STORM, 316, "FEED.RESYNC_STORM", "book is lost again and again")             \
    X(FX_STALE, 351, "FX.STALE", "fx is stale")                                                \
    X(FX_JUMP, 352, "FX.JUMP", "fx jumped")                                                    \
    X(FX_MISSING, 353, "FX.MISSING", "no fx yet")                                              \
    X(CLOCK_STEP, 371, "CLOCK.STEP", "the clock stepped")                                      \
    X(CLOCK_STALL, 372, "CLOCK.STALL", "the process stood still")                              \
    X(CLOCK_VENUE_SKEW, 374, "CLOCK.VENUE_SKEW", "clock differs from the venue's")             \
    X(VENUE_DOWN, 401, "VENUE.DOWN", "venue cannot be reached")                                \
    X(VENUE_MAINTENANCE, 404, "VENUE.MAINTENANCE", "venue is in maintenance")                  \
    X(VENUE_RATE_LIMIT, 405, "VENUE.RATE_LIMIT", "venue asks for fewer requests")              \
    X(VENUE_RATE_BUDGET, 406, "VENUE.RATE_BUDGET", "request budget is used up")                \
    X(VENUE_BANNED, 407, "VENUE.BANNED", "venue has banned this address")                      \
    X(VENUE_AUTH, 408, "VENUE.AUTH", "venue refuses the key")                                  \
    X(VENUE_SERVER_ERROR, 409, "VENUE.SERVER_ERROR", "venue answers with its own error")       \
    X(VENUE_API_DRIFT, 410, "VENUE.API_DRIFT", "venue speaks another dialect than expected")   \
    X(VENUE_BALANCE, 411, "VENUE.BALANCE", "venue balance too small")                          \
    X(NET_DNS, 451, "NET.DNS", "name cannot be resolved")                                      \
    X(NET_CONNECT, 452, "NET.CONNECT", "no connection")                                        \
    X(NET_RESET, 453, "NET.RESET", "connection was cut")                                       \
    X(NET_TLS, 454, "NET.TLS", "certificate or encryption is not acceptable")                  \
    X(NET_TIMEOUT, 455, "NET.TIMEOUT", "no answer in time")                                    \
    X(NET_SLOW, 456, "NET.SLOW", "answer drips too slowly")                                    \
    X(NET_TRUNCATED, 457, "NET.TRUNCATED", "answer ended early")                               \
    X(NET_OVERSIZE, 458, "NET.OVERSIZE", "message over the size limit")                        \
    X(NET_PROXY, 459, "NET.PROXY", "proxy refuses")                                            \
    X(NET_CANCELLED, 460, "NET.CANCELLED", "request was held back")                            \
    X(SYMBOL_HALTED, 502, "SYMBOL.HALTED", "venue does not trade this symbol now")             \
    X(SYMBOL_COLLAR, 503, "SYMBOL.COLLAR", "price jumped further than prices do")              \
    X(SYMBOL_COOLDOWN, 508, "SYMBOL.COOLDOWN", "pair is cooling down")                         \
    X(ROUTE_EDGE_LOW, 601, "ROUTE.EDGE_LOW", "edge is too small")                              \
    X(ROUTE_EDGE_ABNORMAL, 602, "ROUTE.EDGE_ABNORMAL", "edge is too good to be true")          \
    X(ROUTE_STREAK, 604, "ROUTE.STREAK", "too many losses in a row on this pair")              \
    X(ROUTE_INVENTORY, 606, "ROUTE.INVENTORY", "not enough inventory")                         \
    X(ROUTE_SYNC_WINDOW, 608, "ROUTE.SYNC_WINDOW", "the two books are not of the same moment") \
    X(ROUTE_WARM_UP, 609, "ROUTE.WARM_UP", "baseline is warming up")                           \
    X(CROSS_IMBALANCE, 652, "CROSS.IMBALANCE", "legs are unequal")                             \
    X(CROSS_LEG_OPEN, 654, "CROSS.LEG_OPEN", "a leg is open without its hedge")                \
    X(CROSS_RECON_MISMATCH, 655, "CROSS.RECON_MISMATCH", "our books and the venue's differ")   \
    X(CROSS_CONSECUTIVE_LOSS, 658, "CROSS.CONSECUTIVE_LOSS", "too many losses in a row")       \
    X(GLOBAL_NOTIONAL_PER_TRADE, 701, "GLOBAL.NOTIONAL_PER_TRADE", "trade is too big")         \
    X(GLOBAL_OPEN_TRADES, 702, "GLOBAL.OPEN_TRADES", "too many open trades")                   \
    X(GLOBAL_GROSS_EXPOSURE, 703, "GLOBAL.GROSS_EXPOSURE", "gross exposure is used up")        \
    X(GLOBAL_DAY_LOSS, 706, "GLOBAL.DAY_LOSS", "day loss limit reached")                       \
    X(GLOBAL_ROLLING_LOSS, 707, "GLOBAL.ROLLING_LOSS", "24 h loss limit reached")              \
    X(GLOBAL_SESSION_LOSS, 708, "GLOBAL.SESSION_LOSS", "session loss limit reached")           \
    X(GLOBAL_DRAWDOWN, 709, "GLOBAL.DRAWDOWN", "drawdown limit reached")                       \
    X(GLOBAL_ORDER_RATE, 710, "GLOBAL.ORDER_RATE", "too many orders")                          \
    X(ORDER_UNKNOWN, 801, "ORDER.UNKNOWN", "outcome of an order is unknown")                   \
    X(ORDER_REJECTED, 802, "ORDER.REJECTED", "order was rejected")                             \
    X(ORDER_LEG_IMBALANCE, 803, "ORDER.LEG_IMBALANCE", "legs filled unequally")                \
    X(ORDER_LEG_REJECTED, 804, "ORDER.LEG_REJECTED", "one leg was rejected")                   \
    X(ORDER_DUP_FILL, 806, "ORDER.DUP_FILL", "a fill was reported twice")                      \
    X(ORDER_LATE_FILL, 807, "ORDER.LATE_FILL", "a fill came after the end of its order")       \
    X(ORDER_OVERFILL, 808, "ORDER.OVERFILL", "more was filled than ordered")                   \
    X(JOURNAL_BUSY, 851, "JOURNAL.BUSY", "journal is busy")                                    \
    X(JOURNAL_BACKLOG, 852, "JOURNAL.BACKLOG", "too much waits to be written")                 \
    X(JOURNAL_FULL, 854, "JOURNAL.FULL", "disk is full")                                       \
    X(JOURNAL_IOERR, 855, "JOURNAL.IOERR", "journal could not be written")                     \
    X(JOURNAL_CORRUPT, 856, "JOURNAL.CORRUPT", "journal is damaged")                           \
    X(PROC_LOCKED, 901, "PROC.LOCKED", "another host holds this state folder")                 \
    X(PROC_CRASH_RECOVERED, 902, "PROC.CRASH_RECOVERED", "went on after a crash")              \
    X(PROC_SHUTDOWN, 903, "PROC.SHUTDOWN", "shutting down")                                    \
    X(ALERT_UNDELIVERED, 961, "ALERT.UNDELIVERED", "an alert could not be delivered")

enum reason {
#define X(name, number, code, text) REASON_##name = number,
    REASON_TABLE(X)
#undef X
};

/* "LAYER.CODE" and its sentence; "?" for a number that is none. */
const char *reason_code(enum reason reason);
const char *reason_text(enum reason reason);
