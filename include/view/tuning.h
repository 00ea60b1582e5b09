#pragma once
#include <stdbool.h>
#include <stdint.h>

/* tuning: what a face may see of tuning sessions, by value.
 *
 * Text in here is raw; faces put it through base/safe. */

enum {
    TUNING_SESSIONS_MAX = 100,
    TUNING_FILES_MAX = 64,
    TUNING_AXES_MAX = 16,
    TUNING_FAILURES_MAX = 5,
    TUNING_NAME_SIZE = 64,
    TUNING_PATH_SIZE = 512,
    TUNING_VALUES_SIZE = 160,
    TUNING_TEXT_SIZE = 200,
};

enum tuning_state {
    TUNING_RUNNING,
    TUNING_DONE,
    TUNING_INTERRUPTED, /* its runner was stopped or died; can be resumed */
    TUNING_FAILED,      /* could not go on */
    TUNING_STATE_LAST = TUNING_FAILED,
};

struct tuning_session {
    int64_t id;
    char name[TUNING_NAME_SIZE]; /* of its folder */
    char folder[TUNING_PATH_SIZE];
    char jobs_file[TUNING_PATH_SIZE]; /* its plan, as its runner was given it */
    enum tuning_state state;
    char end_reason[TUNING_NAME_SIZE];
    int32_t pid;      /* of its runner, 0: none is alive */
    int32_t parallel; /* threads it is run on; 0: not told */
    bool prune;       /* its jobs may be stopped early */
    int64_t jobs;
    int64_t done;   /* need no more work: succeeded, failed and stopped ones */
    int64_t failed; /* among them, and so are the next */
    int64_t stopped;
    int64_t interrupted;
    double pass_done;   /* share of the rows that the running jobs have seen; NAN: none runs */
    double jobs_per_s;  /* NAN: not known yet */
    double eta_s;       /* NAN: not known */
    double saved_share; /* of the work, by stopping jobs early; 0: none */
    int64_t started_wall_ns, ended_wall_ns; /* 0: not ended */
    int64_t told_wall_ns;            /* when its runner last told of what it does; 0: not yet */
    char best_job[TUNING_NAME_SIZE]; /* "": none */
    double best_pnl_usd;
    int32_t failures_count; /* rows below: why jobs failed, the commonest first */
    struct {
        int64_t jobs;
        char reason[TUNING_TEXT_SIZE];
    } failures[TUNING_FAILURES_MAX];
};

struct tuning {
    int64_t made_mono_ns, made_wall_ns;
    char error[TUNING_TEXT_SIZE]; /* why there is no list; "": there is */
    int32_t total;                /* sessions there are */
    int32_t count;                /* below, the last started first */
    struct tuning_session sessions[TUNING_SESSIONS_MAX];
};

/* What a form changes in a session file before it is launched. */
struct tuning_edits {
    char path[TUNING_PATH_SIZE]; /* of the session file; "": only the list of files */
    char name[TUNING_NAME_SIZE]; /* of the session; "": as the file has it */
    int32_t parallel;            /* 0: as many as the machine carries */
    bool prune;
    int32_t count;
    struct {
        char axis[TUNING_NAME_SIZE];
        char values[TUNING_VALUES_SIZE]; /* "5, 10, 15" */
    } axes[TUNING_AXES_MAX];
};

/* A session file looked at, with the edits in. */
struct tuning_form {
    struct tuning_edits edits; /* that this is the answer to */
    int32_t files_count;       /* session files lying in configs/tuning */
    char files[TUNING_FILES_MAX][TUNING_PATH_SIZE];
    char error[TUNING_TEXT_SIZE]; /* the first mistake in it; "": it can be launched */
    char data_file[TUNING_PATH_SIZE];
    char profile[16], sampler[32]; /* "grid", "random, walk-forward" */
    char name[TUNING_NAME_SIZE];   /* the session would have */
    char note[TUNING_TEXT_SIZE];   /* that its folder exists, ...; "": nothing to say */
    int64_t jobs;
    int32_t axes_count;
    struct {
        char axis[TUNING_NAME_SIZE];
        char values[TUNING_VALUES_SIZE];
        int32_t count;
        bool cut;        /* there are more of them than are written here */
        bool assumption; /* of the world or of the size, not a thing to tune */
    } axes[TUNING_AXES_MAX];
};
