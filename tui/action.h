#pragma once
#include <stdbool.h>
#include <stdint.h>

/* action: everything a key or a word behind ':' can do here.
 *
 * One table feeds the dispatcher, the footer, help, completion and the tests, so that none of
 * them can lie. */

/* How much harm it can do, and so what it asks first. */
enum action_class {
    ACTION_LOOKS,      /* nothing asked */
    ACTION_REVERSIBLE, /* one y */
    ACTION_COSTS,      /* a box that names the target; y only, deaf for 400 ms */
    ACTION_TYPED,      /* a name and a reason, then three seconds to think */
    ACTION_AT_ONCE,    /* safety: acts before it draws */
};

/* X(ID, "name", "keys", class, "hint of the footer", "argument", "help")
 * Keys are separated by blanks. A hint of "" is not shown in the footer; the order of the table
 * is the order of hints and help. */
#define ACTION_TABLE(X)                                                                        \
    X(HELP, "help", "?", LOOKS, "help", "", "what every key does here")                        \
    X(COMMAND, "command", ":", LOOKS, "command", "", "type a command by its name")             \
    X(KILL, "kill", "", AT_ONCE, "", "", "engage the kill switch; K K does the same")          \
    X(RELEASE, "release", "", TYPED, "", "[...]",                                              \
      "let go of the kill switch; wants NAME REASON")                                          \
    X(DETACH, "q", "q", LOOKS, "detach", "", "close this screen; from Live: detach")           \
    X(DETACH_NOW, "detach", "Q", LOOKS, "", "", "detach from anywhere; the session goes on")   \
    X(TUNE, "tune", "n t", LOOKS, "new session", "[FILE...]",                                  \
      "the form that launches a tuning session")                                               \
    X(TUNE_START, "tune-start", "", REVERSIBLE, "", "",                                        \
      "start what the form shows; there s does it")                                            \
    X(TUNE_STOP, "tune-stop", "x", COSTS, "stop", "",                                          \
      "stop the selected tuning session; it can be resumed")                                   \
    X(TUNE_RESUME, "tune-resume", "R", REVERSIBLE, "resume", "",                               \
      "go on with the selected tuning session")                                                \
    X(PAUSE, "pause", "P", REVERSIBLE, "pause", "",                                            \
      "pause or resume entries; exits and hedges go on")                                       \
    X(CLOSE, "close", "c", COSTS, "close", "[TRADE]",                                          \
      "close the selected trade at the market")                                                \
    X(FREEZE, "freeze", "Space", LOOKS, "freeze", "",                                          \
      "hold the view still; the session goes on")                                              \
    X(OPEN, "open", "Enter", LOOKS, "open", "", "open what is selected")                       \
    X(BACK, "back", "Esc", LOOKS, "", "", "one level back; never leaves the console")          \
    X(ZOOM, "zoom", "z", LOOKS, "zoom", "", "the focused pane over the whole screen")          \
    X(FOCUS_NEXT, "next", "Tab", LOOKS, "pane", "", "focus the next pane")                     \
    X(FOCUS_BACK, "previous", "S-Tab", LOOKS, "", "", "focus the pane before")                 \
    X(LIVE, "live", "0", LOOKS, "", "", "the Live screen")                                     \
    X(BOOK_A, "upbit", "1", LOOKS, "", "", "focus Upbit's book; twice: alone")                 \
    X(BOOK_B, "binance", "2", LOOKS, "", "", "focus Binance's book; twice: alone")             \
    X(PREMIUM, "premium", "3", LOOKS, "", "", "focus the premium; twice: alone")               \
    X(POSITIONS, "trades", "4", LOOKS, "", "", "focus positions; twice: the Trades screen")    \
    X(GUARD, "risk", "5", LOOKS, "", "", "focus the guard; twice: the Risk screen")            \
    X(ALERTS, "alerts", "6", LOOKS, "", "", "focus alerts; twice: the Alerts screen")          \
    X(SYSTEM, "system", "7", LOOKS, "", "", "the System screen: feeds, latency, audit")        \
    X(TUNING, "tuning", "8 T", LOOKS, "", "", "the Tuning screen: sessions as they go")        \
    X(RESULTS, "results", "9", LOOKS, "", "", "the Results screen: what a session gave")       \
    X(SORT, "sort", "o", LOOKS, "", "[ORDER]", "results: the next order, or one by its name")  \
    X(SORT_BACK, "reverse", "O", LOOKS, "", "", "results: the same order backwards")           \
    X(FILTER, "filter", "/", LOOKS, "", "[TERMS...]",                                          \
      "results: pnl>0 dd<5 trades>=30 tau=3600 word !word")                                    \
    X(MARK, "mark", "v", LOOKS, "", "", "results: mark a row; two are compared")               \
    X(COMPARE, "compare", "=", LOOKS, "", "", "results: the two marked ones side by side")     \
    X(HEAT, "heat", "h", LOOKS, "", "", "results: the map over two axes, Tab: others")         \
    X(LEFT, "left", "Left", LOOKS, "", "", "one cell to the left")                             \
    X(RIGHT, "right", "l Right", LOOKS, "", "", "one cell to the right")                       \
    X(EXPORT, "export", "e", LOOKS, "", "[FILE...]",                                           \
      "results: these rows to a new .csv or .json file")                                       \
    X(USE, "use", "u", COSTS, "", "", "results: these parameters for the running session")     \
    X(PAIR_NEXT, "pair-next", ">", LOOKS, "", "", "the next pair; results: session")           \
    X(PAIR_BACK, "pair-previous", "<", LOOKS, "", "", "the pair before")                       \
    X(SPAN_LONGER, "span-longer", "]", LOOKS, "", "",                                          \
      "a longer chart; map: the third axis, also t")                                           \
    X(SPAN_SHORTER, "span-shorter", "[", LOOKS, "", "", "a shorter chart; map: back, also T")  \
    X(DOWN, "down", "j Down", LOOKS, "", "", "one row down")                                   \
    X(UP, "up", "k Up", LOOKS, "", "", "one row up")                                           \
    X(PAGE_DOWN, "page-down", "PgDn C-d", LOOKS, "", "", "half a page down")                   \
    X(PAGE_UP, "page-up", "PgUp C-u", LOOKS, "", "", "half a page up")                         \
    X(TOP, "top", "g Home", LOOKS, "", "", "the first row")                                    \
    X(BOTTOM, "bottom", "G End", LOOKS, "", "", "the last row")                                \
    X(ACK, "ack", "a", LOOKS, "ack", "", "acknowledge the selected alarm")                     \
    X(ACK_ALL, "ack-all", "A", LOOKS, "", "",                                                  \
      "acknowledge the LOW and MED alarms, never HIGH")                                        \
    X(SHELVE, "shelve", "m", LOOKS, "", "[MINUTES]", "shelve the selected alarm, 10 minutes")  \
    X(NEXT_ALARM, "next-alarm", "!", LOOKS, "", "", "the next unacknowledged alarm")           \
    X(ARM, "arm", "", REVERSIBLE, "", "", "let entries through the gate")                      \
    X(DISARM, "disarm", "", REVERSIBLE, "", "", "bar entries until armed again")               \
    X(FLATTEN, "flatten", "", COSTS, "", "", "close every open trade at the market")           \
    X(HOLD, "hold", "", LOOKS, "", "", "hold the recording or simulation still")               \
    X(PLAY, "play", "", LOOKS, "", "", "let it run on")                                        \
    X(STEP, "step", "", LOOKS, "", "", "one event of a held recording")                        \
    X(SPEED, "speed", "", LOOKS, "", "N|max", "how many times as fast as the clock")           \
    X(DRILL, "drill", "", LOOKS, "", "", "measure the kill path without killing")              \
    X(THEME, "theme", "", LOOKS, "", "NAME", "dark, light, korea, green-red or mono")          \
    X(HZ, "hz", "", LOOKS, "", "N", "frames a second, 0.5 to 20")                              \
    X(SNAP, "snap", "", LOOKS, "", "FILE", "write this frame to a new file as text")           \
    X(WRITE, "w", "", LOOKS, "", "FILE", "the same as snap")                                   \
    X(REDRAW, "redraw", "C-l", LOOKS, "", "", "draw everything anew")                          \
    X(SUSPEND, "suspend", "C-z", LOOKS, "", "", "back to the shell; fg returns")               \
    X(INTERRUPT, "interrupt", "C-c", LOOKS, "", "", "close a dialog; twice in 1 s: detach")    \
    X(QUIT, "quit", "", COSTS, "", "", "end the session itself")

enum action {
    ACTION_NONE = -1,
#define X(id, name, keys, class, hint, argument, help) ACTION_##id,
    ACTION_TABLE(X)
#undef X
        ACTION_LAST = ACTION_QUIT,
};

struct action_row {
    const char *name, *keys;
    enum action_class class;
    const char *hint, *argument, *help;
};

const struct action_row *action_row(enum action action);

/* The action bound to a key, or ACTION_NONE. */
enum action action_of_key(uint32_t key);
/* By its whole name, or ACTION_NONE. */
enum action action_of_name(const char *name);

/* Completes `prefix` to the n-th action whose name begins with it; NULL when there are fewer.
 * Hidden movements (those that only make sense as keys) are offered too. */
const char *action_complete(const char *prefix, int n);

/* The first key of an action by its name, "" when it has none. */
const char *action_first_key(enum action action, char buffer[16]);
