#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* command: everything a face may ask of a session, by value. */

enum command_kind {
    COMMAND_KILL,
    COMMAND_RELEASE, /* text: session name; reason: why */
    COMMAND_ARM,
    COMMAND_DISARM,
    COMMAND_PAUSE, /* entries off, exits and hedges go on */
    COMMAND_RESUME,
    COMMAND_CLOSE, /* number: trade id */
    COMMAND_FLATTEN,
    COMMAND_ACK,     /* number: alert id */
    COMMAND_ACK_ALL, /* LOW and MED only */
    COMMAND_SHELVE,  /* number: alert id; value: seconds, <= 3600 */
    COMMAND_SPEED,   /* value: N, INFINITY for max */
    COMMAND_PLAYBACK_PAUSE,
    COMMAND_PLAYBACK_RUN,
    COMMAND_STEP,  /* one event of a paused source */
    COMMAND_QUIT,  /* end the session cleanly */
    COMMAND_DRILL, /* measure the kill path without killing */
    COMMAND_USE,   /* other parameters from here on: params, origin; reason: why; text: session
                    name, or "" for whichever runs */
    COMMAND_KIND_LAST = COMMAND_USE,
};
const char *command_kind_name(enum command_kind kind); /* "kill", ... */

/* The engine's parameters that a running session takes, one by one; NULL behind the last. Those
 * of PARAMS_OF_SIZE on are how much money is used, the ones before them how. The others are the
 * venue's, the world's or the session's own: naming one of those is refused unless it says what
 * the session has. */
enum { COMMAND_PARAMS_OF_SIZE = 10 };
const char *command_param_name(size_t index); /* "min_spread_bps", ... */

enum {
    COMMAND_TEXT_SIZE = 64,
    COMMAND_REASON_SIZE = 160,
    COMMAND_OPERATOR_SIZE = 24,
    COMMAND_PARAMS_SIZE = 1024,
    COMMAND_ORIGIN_SIZE = 128,
};

struct command {
    enum command_kind kind;
    uint64_t number;
    double value;
    char text[COMMAND_TEXT_SIZE];
    char reason[COMMAND_REASON_SIZE];
    char operator_name[COMMAND_OPERATOR_SIZE]; /* who acts: login name at the console */
    char params[COMMAND_PARAMS_SIZE];          /* USE: "min_spread_bps=7 stop_loss_bps=null" */
    char origin[COMMAND_ORIGIN_SIZE]; /* USE: whose they are: "SESSION/JOB data HASH" */
};

/* The answer to a command. */
struct command_result {
    bool done;
    char text[COMMAND_REASON_SIZE]; /* what happened, or why not; raw */
};
