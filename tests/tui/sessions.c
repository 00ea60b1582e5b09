#include "sessions.h"

#include <math.h>

#include "base/mem.h"

#define NS_PER_S    INT64_C(1000000000)
#define NOW_WALL_NS FIXTURE_TIME_NS

static struct tuning_session *add(struct tuning *tuning, int64_t id, const char *name,
                                  enum tuning_state state)
{
    struct tuning_session *session = &tuning->sessions[tuning->count++];
    *session = (struct tuning_session){
        .id = id,
        .state = state,
        .pass_done = NAN,
        .jobs_per_s = NAN,
        .eta_s = NAN,
    };
    snprintf(session->name, sizeof session->name, "%s", name);
    snprintf(session->folder, sizeof session->folder, "/home/jk/arb/outputs/tuning/%s", name);
    tuning->total = tuning->count;
    return session;
}

static void add_best(struct tuning_session *session, const char *job, double pnl_usd)
{
    snprintf(session->best_job, sizeof session->best_job, "%s", job);
    session->best_pnl_usd = pnl_usd;
}

static void add_failure(struct tuning_session *session, int64_t jobs, const char *reason)
{
    const int32_t i = session->failures_count++;
    session->failures[i].jobs = jobs;
    snprintf(session->failures[i].reason, sizeof session->failures[i].reason, "%s", reason);
}

static void add_running(struct tuning *tuning)
{
    struct tuning_session *session =
        add(tuning, SESSIONS_RUNNING_ID, "thousand", TUNING_RUNNING);
    session->pid = 4242;
    session->jobs = 1000;
    session->done = 512;
    session->failed = 12;
    session->pass_done = 0.43;
    session->jobs_per_s = 8.25;
    session->eta_s = 59.2;
    session->started_wall_ns = NOW_WALL_NS - 62 * NS_PER_S;
    session->told_wall_ns = NOW_WALL_NS - NS_PER_S;
    add_best(session, "job_0417", 312.5);
    add_failure(session, 10, "max_open_trades must be at least 1");
    add_failure(session, 2, "min_spread_bps must be non-negative");
}

static void add_interrupted(struct tuning *tuning)
{
    struct tuning_session *session =
        add(tuning, SESSIONS_INTERRUPTED_ID, "overnight", TUNING_INTERRUPTED);
    session->jobs = 27300;
    session->done = 3072;
    session->interrupted = 256;
    session->started_wall_ns = NOW_WALL_NS - 7200 * NS_PER_S;
    snprintf(session->end_reason, sizeof session->end_reason, "its runner died");
    add_best(session, "job_2651", -5.17);
}

static void add_done(struct tuning *tuning)
{
    struct tuning_session *session = add(tuning, SESSIONS_DONE_ID, "quick", TUNING_DONE);
    session->jobs = session->done = 24;
    session->jobs_per_s = 1508.0;
    session->started_wall_ns = NOW_WALL_NS - 9000 * NS_PER_S;
    session->ended_wall_ns = session->started_wall_ns + NS_PER_S * 16 / 10;
    snprintf(session->end_reason, sizeof session->end_reason, "done");
    add_best(session, "job_0017", 8.57);
}

static void add_pruned(struct tuning *tuning)
{
    struct tuning_session *session = add(tuning, 4, "halving", TUNING_DONE);
    session->jobs = session->done = 1000;
    session->stopped = 875;
    session->saved_share = 0.656;
    session->jobs_per_s = 25.0;
    session->started_wall_ns = NOW_WALL_NS - 100 * NS_PER_S;
    session->ended_wall_ns = NOW_WALL_NS - 60 * NS_PER_S;
    snprintf(session->end_reason, sizeof session->end_reason, "done");
    add_best(session, "job_0417", 312.5);
}

static void add_failed(struct tuning *tuning)
{
    struct tuning_session *session = add(tuning, 5, "full-disk", TUNING_FAILED);
    session->jobs = 500;
    session->done = session->failed = 37;
    session->interrupted = 2;
    session->started_wall_ns = NOW_WALL_NS - 100 * NS_PER_S;
    session->ended_wall_ns = NOW_WALL_NS - 60 * NS_PER_S;
    snprintf(session->end_reason, sizeof session->end_reason, "failed");
    add_failure(session, 30,
                "cannot write '/home/jk/arb/outputs/tuning/full-disk/job_0008.json': "
                "No space left on device");
    add_failure(session, 7, "take_profit_bps must be positive\033[2J");
}

struct sessions *sessions_create(struct hand *hand, enum sessions_kind kind)
{
    struct sessions *sessions = mem_zalloc(sizeof *sessions);
    struct tuning *tuning = &sessions->tuning;
    switch (kind) {
    case SESSIONS_RUNNING:
        add_running(tuning);
        add_interrupted(tuning);
        add_done(tuning);
        break;
    case SESSIONS_DONE:
        add_pruned(tuning);
        add_done(tuning);
        break;
    case SESSIONS_FAILED:
        add_failed(tuning);
        add_interrupted(tuning);
        break;
    case SESSIONS_ERROR:
        snprintf(tuning->error, sizeof tuning->error,
                 "'/home/jk/.local/state/arblite/tuning.sqlite': file is not a database");
        break;
    case SESSIONS_EMPTY:
        break;
    }
    hand->world.has_desk = true;
    hand->world.tuning = tuning;
    sessions_age(sessions, hand, 400);
    return sessions;
}

void sessions_age(struct sessions *sessions, const struct hand *hand, int age_ms)
{
    sessions->tuning.made_mono_ns = hand->world.now_ns - age_ms * HAND_MS;
    sessions->tuning.made_wall_ns = NOW_WALL_NS;
}

static void fill_file(struct tuning_form *form)
{
    static const struct {
        const char *axis, *values;
        int32_t count;
        bool assumption;
    } axes[] = {
        {"min_spread_bps", "0, 2, 5, 10, 15, 20", 6, false},
        {"slippage_bps", "2, 5", 2, true},
        {"max_hold_s", "600, null", 2, false},
    };
    snprintf(form->data_file, sizeof form->data_file, "outputs/simulated-lively-1.csv");
    snprintf(form->profile, sizeof form->profile, "exact");
    snprintf(form->sampler, sizeof form->sampler, "grid");
    snprintf(form->name, sizeof form->name, "%s",
             form->edits.name[0] != '\0' ? form->edits.name : "quick");
    form->jobs = 24;
    form->axes_count = LEN(axes);
    for (size_t i = 0; i < LEN(axes); i++) {
        snprintf(form->axes[i].axis, sizeof form->axes[i].axis, "%s", axes[i].axis);
        snprintf(form->axes[i].values, sizeof form->axes[i].values, "%s", axes[i].values);
        form->axes[i].count = axes[i].count;
        form->axes[i].assumption = axes[i].assumption;
    }
}

static void judge_edits(struct tuning_form *form)
{
    for (int32_t i = 0; i < form->edits.count; i++) {
        if (strpbrk(form->edits.axes[i].values, "abc") != NULL) {
            snprintf(form->error, sizeof form->error,
                     "%.60s: '%.60s' is no value for it (expected a number)",
                     form->edits.axes[i].axis, form->edits.axes[i].values);
        } else {
            form->jobs = 48;
        }
    }
    if (strcmp(form->name, "quick") == 0) {
        snprintf(form->note, sizeof form->note,
                 "outputs/tuning/quick is there already: its results would be replaced.");
    }
}

void sessions_answer(struct sessions *sessions, struct hand *hand)
{
    struct tuning_form *form = &sessions->form;
    if (hand->asked_count[DESK_FORM] == 0) {
        return;
    }
    memset(form, 0, sizeof *form);
    form->edits = hand->asked[DESK_FORM].edits;
    form->files_count = 3;
    snprintf(form->files[0], sizeof form->files[0], "configs/tuning/quick.yaml");
    snprintf(form->files[1], sizeof form->files[1], "configs/tuning/rubbish.yaml");
    snprintf(form->files[2], sizeof form->files[2], "configs/tuning/thousand.yaml");
    if (strstr(form->edits.path, "rubbish") != NULL) {
        snprintf(form->error, sizeof form->error,
                 "configs/tuning/rubbish.yaml:2: not YAML: did not find expected ',' or ']' "
                 "while parsing a flow sequence");
    } else if (form->edits.path[0] != '\0') {
        fill_file(form);
        judge_edits(form);
    }
    hand->world.form = form;
}

void sessions_type(struct sessions *sessions, struct hand *hand, const char *keys)
{
    for (; *keys != '\0'; keys++) {
        hand_press(hand, 500, (unsigned char)*keys);
        sessions_age(sessions, hand, 400);
        sessions_answer(sessions, hand);
    }
}
