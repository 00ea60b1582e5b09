#pragma once
#include <stdbool.h>
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
    COMMAND_KIND_LAST = COMMAND_DRILL,
};
const char *command_kind_name(enum command_kind kind); /* "kill", ... */

enum { COMMAND_TEXT_SIZE = 64, COMMAND_REASON_SIZE = 160, COMMAND_OPERATOR_SIZE = 24 };

struct command {
    enum command_kind kind;
    uint64_t number;
    double value;
    char text[COMMAND_TEXT_SIZE];
    char reason[COMMAND_REASON_SIZE];
    char operator_name[COMMAND_OPERATOR_SIZE]; /* who acts: login name at the console */
};

/* The answer to a command. */
struct command_result {
    bool done;
    char text[COMMAND_REASON_SIZE]; /* what happened, or why not; raw */
};
