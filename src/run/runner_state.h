#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "alert/rule.h"
#include "base/histogram.h"
#include "base/text.h"
#include "core/session.h"
#include "run/chart.h"
#include "run/pace.h"
#include "run/recording.h"
#include "run/runner.h"
#include "run/trace.h"
#include "store/journal.h"

/* The inside of a runner, shared by its files. */

enum { RUNNER_SENDS_MAX = 4096, RUNNER_LOG_LINES = SNAPSHOT_LOG_MAX };

/* How fast a feed speaks: messages counted per whole second of event time. */
struct runner_meter {
    int64_t second;
    uint32_t now, last;
    uint64_t messages;
    int64_t last_print_ns;
    double last_price;
    int32_t last_direction;
    int64_t mark_ns; /* of the mark price and what comes with it; 0 none */
};

/* An order that waits for its intent to be durable, and what was true when it was decided. */
struct runner_send {
    struct order order;
    uint64_t epoch; /* of the kill latch */
    int64_t decided_ns;
    int64_t decided_mono_ns;
};

enum { RUNNER_REPORTS = 128 };

/* How one venue answered the last orders. */
struct runner_reports {
    int64_t time_ns[RUNNER_REPORTS];
    double latency_ms[RUNNER_REPORTS];
    bool rejected[RUNNER_REPORTS];
    int32_t head, count;
};

enum { RUNNER_REFUSALS = 32 };

/* A refusal as the journal has it, by which others are like it. */
struct runner_refusal {
    int64_t number; /* of the decision; 0: none */
    int64_t time_ns;
    enum guard_action action;
    enum spread_side side;
    enum reason primary, cause;
    bool near_miss;
};

/* Rates at the start of the desk's day, for the worth of idle balances. */
struct runner_day {
    bool known;
    int32_t day;
    double krw_per_usd;
    double coin_usd[SESSION_PAIRS_MAX]; /* 0: not yet */
};

/* How long things take and how fast they come, by the clock; nothing is decided by it. */
struct runner_metrics {
    struct histogram cycle;
    int64_t cycle_mono_ns; /* the last of them */
    struct histogram decision[VENUE_LAST + 1];
    int64_t decision_mono_ns[VENUE_LAST + 1];
    int64_t rates_mono_ns; /* 0: none yet */
    int64_t counted_mono_ns;
    double messages[VENUE_LAST + 1], bytes[VENUE_LAST + 1]; /* as they were then */
    double messages_per_s[VENUE_LAST + 1], bytes_per_s[VENUE_LAST + 1];
};

struct runner {
    struct setup setup;
    const struct state_dir *dir;
    struct latch *latch;
    char version[64];
    runner_life_fn *life;
    void *life_context;

    struct journal *journal;
    struct journal_session record;
    bool resumed;
    bool in_transaction;
    bool dirty;       /* the state differs from the journaled one in a way that matters now */
    struct text acks; /* lines to tell once the transaction is durable */
    int64_t saved_wall_ns;
    int64_t writing_ns;      /* spent on the transaction under way */
    int64_t behind_until_ns; /* monotonic: until then the journal counts as slow */

    struct source *source;
    struct event next; /* peeked, when has_next */
    bool has_next, source_ended, closed_at_end;
    uint64_t source_line; /* of the last event taken from the source */
    uint64_t events, events_saved;
    int64_t max_events;
    uint64_t history; /* samples taken before the start */
    int64_t timer_ns; /* next timer event */
    struct pace pace;

    struct session *session;
    struct venue_port *venue;
    bool spot_opened[SESSION_PAIRS_MAX];
    struct action_list actions;
    struct trace trace; /* of all of them */
    struct runner_send sends[RUNNER_SENDS_MAX];
    int32_t sends_count;

    unsigned char *kept; /* the state as the journal gets it */
    struct chart charts[SESSION_PAIRS_MAX];
    struct runner_meter meters[SESSION_PAIRS_MAX][VENUE_LAST + 1];
    struct runner_metrics metrics;
    struct runner_reports reports[VENUE_LAST + 1];
    struct runner_day day;
    struct runner_refusal refusals[SESSION_PAIRS_MAX][RUNNER_REFUSALS]; /* the last ones */
    double fx_bid, fx_ask;
    double clock_step_s; /* of our clock since alarms were looked at; 0 none */
    struct alert_table *alerts;
    uint64_t broken_trade;               /* since that look */
    int64_t alerts_ns;                   /* event time of the last look */
    int32_t alarms_told[ALERT_ROWS_MAX]; /* how often each had been raised when it was said */
    struct snapshot photo;               /* what they looked at */
    struct snapshot_log log[RUNNER_LOG_LINES];
    int32_t log_head, log_count;
    char killed_by[24], killed_reason[64], paused_by[24];
    int64_t killed_wall_ns;
    char revision_origin[COMMAND_ORIGIN_SIZE]; /* whose the present parameters are */
    int64_t wall_ns, mono_ns;                  /* of the pump under way */

    runner_note_fn *note;
    void (*settle)(void *context);
    void *note_context;
    uint64_t count_marked;       /* actions at the last mark */
    int64_t reached_ns;          /* event time so far: all that was due by then is done */
    struct recording *recording; /* the source is one of a session; NULL: it is not */
    size_t run;                  /* of those it tells of, the one being followed */
    size_t acts_done;            /* of this run */
    bool recording_gap;          /* the next one cannot be followed */
    bool was_sending;            /* the state it was resumed from waited to send */
    bool follows_exactly;        /* same options: everything falls on the same event */
    bool acting_as_recorded;

    bool failed;
    struct err failure;
};

/* runner.c: steps the core with one event and carries out what follows, down to the sends. */
bool runner_cycle(struct runner *runner, const struct event *event);
bool runner_fail(struct runner *runner);
struct event runner_command_event(const struct runner *runner, enum operator_verb verb);

/* runner_next.c: what a runner does next. */
enum next_kind {
    NEXT_WAIT, /* nothing yet */
    NEXT_REPORT,
    NEXT_TIMER,
    NEXT_SOURCE,
    NEXT_ACT,  /* an operator's, as it is recorded */
    NEXT_STOP, /* here the recorded run stopped */
    NEXT_END,
};

struct runner_next {
    enum next_kind kind;
    int64_t time_ns;                 /* event time; INT64_MAX: nothing is known to come */
    const struct recording_act *act; /* of NEXT_ACT */
};

bool runner_find_next(struct runner *runner, int64_t mono_ns, struct runner_next *out);

/* runner_show.c: the venue and the meters see an event before the core does. */
void runner_show(struct runner *runner, const struct event *event);

/* runner_act.c */
bool runner_begin(struct runner *runner);
bool runner_take_actions(struct runner *runner);
bool runner_record_report(struct runner *runner, const struct event *event);
/* Writes the state and commits when anything waits, then tells the acks. */
bool runner_commit(struct runner *runner);
bool runner_save(struct runner *runner); /* state only, now */
/* Who turned the kill switch on when no command did: the flag file or a signal. */
void runner_note_kill(struct runner *runner);
bool runner_audit(struct runner *runner, const char *who, const char *verb, const char *text,
                  const char *outcome);

/* runner_command.c: what becomes of a command, in words; gives `done` back. */
__attribute__((format(printf, 3, 4))) bool runner_answer(struct command_result *out, bool done,
                                                         const char *format, ...);

/* runner_refusals.c: the number of the decision on record that this refusal repeats; 0: it is
 * another one, and from now on what is like it repeats it. */
int64_t runner_alike(struct runner *runner, const struct guard_decision *decision);
/* Its edge was too small to be asked about: no event of a life. */
bool runner_is_near_miss(const struct guard_candidate *candidate);

/* runner_use.c: other parameters. Alarms and photographs follow those the session has. */
bool runner_use(struct runner *runner, const struct command *command,
                struct command_result *out);
void runner_follow_params(struct runner *runner);
bool runner_recall_revision(struct runner *runner, struct err *err);

/* runner_open.c: from the durable state, as another process would, but on the same source. */
bool runner_reopen(struct runner *runner);

/* runner_recording.c */
void runner_note_start(const struct runner *runner);
void runner_note_act(struct runner *runner, const struct event *event);
void runner_note_unsent(const struct runner *runner, uint64_t client_id, enum reason reason);
void runner_note_mark(struct runner *runner);
void runner_note_end(struct runner *runner);
/* Takes what the recording that is the source tells of its session. */
bool runner_open_recording(struct runner *runner, struct err *err);
/* Goes to the run that a resumed session is in. */
void runner_find_run(struct runner *runner);
bool runner_recorded_killed(const struct runner *runner); /* when the run began */
/* Event time up to which the run goes; false: to its last frame, INT64_MAX. */
bool runner_recorded_until(const struct runner *runner, int64_t *until_ns);
/* Has the run come to the state from which the next one went on? */
bool runner_is_at_stop(const struct runner *runner);
/* The run is over: goes on with the next, if there is one, as its process did. */
bool runner_go_on_as_recorded(struct runner *runner, bool *went_on);
/* NONE: it was sent, as far as is known. */
enum reason runner_recorded_unsent(const struct runner *runner, uint64_t client_id);
/* What an operator did before anything of `next_ns`; NULL: nothing now. */
const struct recording_act *runner_recorded_act(struct runner *runner, int64_t next_ns);
bool runner_act_as_recorded(struct runner *runner, const struct recording_act *act);

/* runner_metrics.c: `taken_ns` is when the runner took the event, all that followed is done. */
void runner_measure(struct runner *runner, const struct event *event, int64_t taken_ns);
void runner_measure_rates(struct runner *runner, int64_t mono_ns);
void runner_observe_metrics(const struct runner *runner, struct snapshot *out);

/* runner_backlog.c */
/* With the clock, and not as a recording tells. */
bool runner_goes_by_the_clock(const struct runner *runner);
void runner_note_write(struct runner *runner, int64_t began_ns); /* until now */
void runner_note_written(struct runner *runner); /* the transaction is durable */
/* How long no entry may go for the journal's sake; 0: it may. */
int64_t runner_backlog_ns(const struct runner *runner, int64_t mono_ns);

/* observe_money.c */
void runner_observe_money(const struct runner *runner, struct snapshot *out);

/* runner_kept.c: the session's bytes and behind them what the screen remembers of it. */
size_t runner_kept_size(const struct runner *runner);
const void *runner_keep(struct runner *runner);
/* False when the bytes are not this build's. */
bool runner_recall(struct runner *runner, const void *kept, size_t size);

/* runner_alerts.c */
void runner_look_at_alerts(struct runner *runner);
void runner_note_report(struct runner *runner, const struct session_order *known,
                        const struct event *event);
bool runner_recall_alerts(struct runner *runner, struct err *err);
