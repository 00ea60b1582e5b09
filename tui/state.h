#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "tui/action.h"
#include "tui/browse.h"
#include "tui/theme.h"
#include "view/command.h"
#include "view/desk.h"
#include "view/page.h"
#include "view/snapshot.h"

/* state: what the operator is looking at and in the middle of doing.
 *
 * A plain value. It changes by key presses, ticks of the clock and answers only, all of them
 * pure: what must be done outside (send, ask, leave) is left in an outbox. */

enum screen {
    SCREEN_LIVE,
    SCREEN_TRADES,
    SCREEN_RISK,
    SCREEN_ALERTS,
    SCREEN_SYSTEM,
    SCREEN_TUNING,
    SCREEN_RESULTS,
    SCREEN_HELP,
    SCREEN_LAST = SCREEN_HELP,
};
const char *screen_name(enum screen screen); /* "live", ... */
/* The page a screen shows, or -1. */
int screen_page(enum screen screen);

enum pane_id {
    PANE_BOOK_A,
    PANE_BOOK_B,
    PANE_PREMIUM,
    PANE_POSITIONS,
    PANE_GUARD,
    PANE_ALERTS,
    PANE_LAST = PANE_ALERTS,
};

enum dialog_kind {
    DIALOG_NONE,
    DIALOG_CONFIRM,
    DIALOG_RELEASE,
    DIALOG_COMMAND,
    DIALOG_FILTER, /* a line typed for the results: which of them */
    DIALOG_EXPORT, /* or where to */
    DIALOG_REASON, /* why a command should be sent all the same */
};

enum {
    FIELD_SIZE = COMMAND_REASON_SIZE,
    HISTORY_MAX = 16,
    NOTICE_SIZE = 200,
    QUESTION_SIZE = 160,
    OUTBOX_COMMANDS_MAX = 4,
    OUTBOX_QUERIES_MAX = 4,
    RELEASE_STAGE_CONFIRM = 2, /* behind the two fields */
    RELEASE_STAGE_WAIT = 3,
};

/* A line being typed. */
struct field {
    char text[FIELD_SIZE];
    int length;
};

struct dialog {
    enum dialog_kind kind;
    enum action_class class;
    int64_t opened_ns;
    /* What y sends; its target was bound when the key was pressed. */
    struct command command;
    bool orders; /* the order, to the desk, instead */
    struct desk_order order;
    char question[QUESTION_SIZE];
    char detail[QUESTION_SIZE]; /* about the target, or what is wrong; may be empty */
    struct field fields[2];     /* release: session name, reason; command line: the first */
    int stage;                  /* release: 0, 1, RELEASE_STAGE_ */
    int64_t wait_from_ns;
    int history_at; /* command line: how far back */
};

/* What the form is about to launch. It stays while other screens are looked at. */
struct form {
    bool open;
    bool chosen; /* a file is; else the files are on show */
    bool typing; /* into the field, for the row (enum form_row) and axis that follow */
    int32_t typed;
    char typed_axis[TUNING_NAME_SIZE];
    int32_t row;
    struct tuning_edits edits;
    struct field field;
    int64_t asked_ns; /* 0: ask at once */
};

struct notice {
    char text[NOTICE_SIZE];
    enum role role;
    int64_t until_ns;
};

struct state {
    enum screen screen;
    enum screen below; /* the screen help was opened from */
    enum pane_id focus;
    bool zoomed;
    bool detail; /* Trades: one trade, open */
    int32_t pair;
    int32_t span;                /* of the chart */
    uint64_t trade_id, alert_id; /* selected; 0: the first row */
    uint64_t tuning_id;          /* session, likewise */
    int32_t scroll;              /* of screens without a selection */
    uint32_t offset;             /* of the Trades page */
    struct browse browse;        /* of the Results screen */
    struct form form;            /* of the Tuning screen */
    struct dialog dialog;
    struct notice notice;
    bool frozen;
    int64_t frozen_ns;
    int32_t frozen_high; /* unacked HIGH alarms then */
    struct {
        int32_t count, needed;
        int64_t first_ns, shifted_ns; /* J, H or L was pressed */
    } kill;
    int64_t interrupted_ns;
    bool pasting;
    int64_t pasted_ns;
    int64_t asked_ns; /* 0: ask for the screen's page at once */
    bool quitting;    /* the operator ended the session from here */
    int32_t rung_high;
    char theme[16];
    double frames_per_s;
    int32_t history_count;
    char history[HISTORY_MAX][COMMAND_TEXT_SIZE];
};

/* What a step may know. */
struct world {
    const struct snapshot *shown;  /* the frozen one while frozen; NULL before the first */
    const struct snapshot *newest; /* NULL before the first */
    const struct page *pages[PAGE_AUDIT + 1];
    /* What the desk said last, each NULL before the first; all of them without a desk. */
    const struct tuning *tuning;
    const struct tuning_form *form;
    const struct ranking *ranking;
    const struct ranking_result *result;
    const struct ranking_heat *heat;
    bool has_desk;
    int64_t now_ns; /* monotonic */
    bool read_only;
    const char *operator_name;
    double slow_rate; /* frames a second a slow line carries; 0: all that are wanted */
};

/* What a step wants done. */
struct outbox {
    struct command commands[OUTBOX_COMMANDS_MAX];
    int commands_count;
    bool asks;
    struct page_query query;
    struct desk_query desk_queries[OUTBOX_QUERIES_MAX];
    int desk_queries_count;
    bool orders;
    struct desk_order order;
    bool detach, redraw, suspend, bell;
    char snap_path[FIELD_SIZE]; /* "": none */
};

void state_init(struct state *state, const char *theme, const char *chart_span,
                double frames_per_s);

/* One key. */
void state_press(struct state *state, const struct world *world, uint32_t key,
                 struct outbox *outbox);
/* Time has passed: countdowns, thawing, notices, pages to ask for. */
void state_tick(struct state *state, const struct world *world, struct outbox *outbox);
/* The desk answered an order. */
void state_desk_answer(struct state *state, const struct command_result *result,
                       int64_t now_ns);
/* The session answered a command. */
void state_answer(struct state *state, const struct command_result *result, int64_t now_ns);

/* Carries out an action with its argument ("" when none), by key or by name. */
void state_act(struct state *state, const struct world *world, enum action action,
               const char *argument, bool by_name, struct outbox *outbox);

/* Puts a question to the desk into the outbox. */
void state_ask_desk(struct outbox *outbox, const struct desk_query *query);

/* Seconds a frozen view stays frozen. */
enum { FREEZE_S_MAX = 120 };

__attribute__((format(printf, 5, 6))) void state_note(struct state *state, int64_t now_ns,
                                                      enum role role, int seconds,
                                                      const char *format, ...);
