#include "run/replay.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "run/runner.h"

/* One thing at a time where the sequence is looked at after each. */
enum { EVENTS_PER_LOOK = 1, FOLDER_SIZE = 256 };

struct replaying {
    struct replay *out;
    struct recording *recording;
    struct config config;
    struct state_dir dir;
    char folder[FOLDER_SIZE];
    struct latch latch;
    struct runner *runner;
    size_t run, mark; /* the next to be looked at */
};

static bool set_one(struct config *config, const char *item, struct err *err)
{
    const char *equals = strchr(item, '=');
    char key[128];
    if (equals == NULL || (size_t)(equals - item) + sizeof "engine." > sizeof key) {
        return err_set(err, ERR_INPUT, "--set: '%s' is not KEY=VALUE", item);
    }
    const int length = (int)(equals - item);
    const bool sectioned = memchr(item, '.', (size_t)length) != NULL;
    text_cut(key, sizeof key, "%s%.*s", sectioned ? "" : "engine.", length, item);
    return config_set(config, key, equals + 1, err) || err_wrap(err, "--set");
}

static bool make_setup(struct replaying *it, const struct replay_options *options,
                       struct err *err)
{
    struct text source = text_growing();
    config_defaults(&it->config);
    if (!config_recall(&it->config, it->recording->options, err)) {
        return err_wrap(err, "%s: recorded by version %s", options->path,
                        it->recording->version);
    }
    bool done = true;
    for (int i = 0; i < options->sets_count && done; i++) {
        done = set_one(&it->config, options->sets[i], err);
    }
    text_addf(&source, "frames:%s", options->path);
    const struct setup_request request = {.source = text_string(&source),
                                          .config = &it->config,
                                          .shadow = strcmp(it->recording->mode, "shadow") == 0};
    done = done && setup_make(&it->out->setup, &request, err);
    text_finish(&source);
    return done;
}

static bool make_folder(struct replaying *it, struct err *err)
{
    const char *base = getenv("TMPDIR");
    snprintf(it->folder, sizeof it->folder, "%s/arblite-replay-XXXXXX",
             base != NULL ? base : "/tmp");
    if (mkdtemp(it->folder) == NULL) {
        it->folder[0] = '\0';
        return err_set(err, ERR_IO, "cannot make a folder to replay in: %s", strerror(errno));
    }
    return state_dir_find(&it->dir, it->folder, err) && state_dir_create(&it->dir, err) &&
           state_dir_lock(&it->dir, err);
}

static void remove_folder(struct replaying *it)
{
    DIR *folder = it->folder[0] != '\0' ? opendir(it->folder) : NULL;
    char path[FOLDER_SIZE + 300];
    if (folder == NULL) {
        return;
    }
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        snprintf(path, sizeof path, "%s/%s", it->folder, entry->d_name);
        (void)unlink(path);
    }
    closedir(folder);
    (void)rmdir(it->folder);
}

static void look_at_mark(struct replaying *it, const struct recording_mark *mark)
{
    struct replay *out = it->out;
    uint64_t count = 0;
    const char *hash = runner_decision_hash(it->runner, &count);
    if (count == mark->count && strcmp(hash, mark->hash) == 0) {
        out->marks_same++;
        out->last_same = out->differs ? out->last_same : *mark;
    } else if (!out->differs) {
        out->differs = true;
        out->first_other = *mark;
        out->other_count = count;
        text_copy(out->recorded_version, sizeof out->recorded_version,
                  it->recording->runs[it->run].version);
        text_copy(out->other_hash, sizeof out->other_hash, hash);
    }
}

/* What a run decided behind the state the next one went on from was not durable: nothing came
 * of it. */
static bool is_forgotten(const struct recording *recording, size_t run,
                         const struct recording_mark *mark)
{
    return run + 1 < recording->runs_count &&
           mark->sequence > recording->runs[run + 1].sequence;
}

/* Compares at every mark that has been reached, up to the run that is under way; one that was
 * jumped over finds another count. */
static void look(struct replaying *it, bool ended)
{
    const struct recording *recording = it->recording;
    const uint64_t sequence = runner_sequence(it->runner);
    const size_t under_way = runner_recorded_run(it->runner);
    while (it->run <= under_way) {
        const struct recording_run *run = &recording->runs[it->run];
        const bool over = it->run < under_way || ended;
        for (; it->mark < run->marks_count; it->mark++) {
            const struct recording_mark *mark = &run->marks[it->mark];
            if (is_forgotten(recording, it->run, mark)) {
                it->out->forgotten++;
            } else if (over || mark->sequence <= sequence) {
                it->out->marks++;
                look_at_mark(it, mark);
            } else {
                return;
            }
        }
        if (!over) {
            return;
        }
        it->run++;
        it->mark = 0;
    }
}

static bool pump(struct replaying *it, struct err *err)
{
    enum runner_state state = RUNNER_BUSY;
    const int64_t wall_ns = clock_wall_ns();
    int64_t due_ns = 0;
    while (state == RUNNER_BUSY) {
        state = runner_pump(it->runner, 0, wall_ns, EVENTS_PER_LOOK, &due_ns);
        look(it, state != RUNNER_BUSY);
    }
    if (state == RUNNER_FAILED) {
        *err = *runner_failure(it->runner);
        return false;
    }
    return true;
}

static bool run(struct replaying *it, const struct replay_options *options, struct err *err)
{
    const struct runner_options runner_options = {
        .setup = &it->out->setup,
        .dir = &it->dir,
        .latch = &it->latch,
        .speed = INFINITY,
        .max_events = -1,
        .wall_ns = clock_wall_ns(),
        .version = options->version,
    };
    latch_release(&it->latch);
    if (!runner_open(&it->runner, &runner_options, err) || !pump(it, err) ||
        !runner_result(it->runner, &it->out->result, err)) {
        return false;
    }
    text_copy(it->out->hash, sizeof it->out->hash,
              runner_decision_hash(it->runner, &it->out->decisions));
    it->out->runs_covered = runner_recorded_run(it->runner) + 1;
    if (it->out->runs_covered < it->out->runs) {
        it->out->gap_from = runner_sequence(it->runner);
        it->out->gap_to = it->recording->runs[it->out->runs_covered].sequence;
    }
    return true;
}

static bool load(struct replaying *it, const struct replay_options *options, struct err *err)
{
    if (!recording_load(&it->recording, options->path, err)) {
        return false;
    }
    if (!it->recording->of_session) {
        return err_set(err, ERR_INPUT,
                       "%s: records no session from its beginning (frames alone: arblite paper "
                       "--source frames:FILE)",
                       options->path);
    }
    struct replay *out = it->out;
    text_copy(out->session, sizeof out->session, it->recording->session);
    text_copy(out->recorded_version, sizeof out->recorded_version,
              it->recording->runs[0].version);
    out->runs = it->recording->runs_count;
    out->has_end = it->recording->runs[out->runs - 1].has_end;
    return true;
}

bool replay_run(const struct replay_options *options, struct replay *out, struct err *err)
{
    struct replay *made = mem_zalloc(sizeof *made);
    struct replaying *it = mem_zalloc(sizeof *it);
    it->out = made;
    it->dir.lock_fd = -1;
    const bool done = load(it, options, err) && make_setup(it, options, err) &&
                      make_folder(it, err) && run(it, options, err);
    if (done) {
        made->exact = setup_decides_as(&made->setup, it->recording->options);
        *out = *made;
    }
    runner_close(it->runner);
    state_dir_unlock(&it->dir);
    remove_folder(it);
    recording_free(it->recording);
    mem_free(it);
    mem_free(made);
    return done;
}

void replay_finish(struct replay *replay)
{
    result_finish(&replay->result);
}

static void add_count(struct text *out, const char *name, int64_t recorded, int64_t changed)
{
    text_addf(out, "%-18s %14" PRId64 " | %14" PRId64 "\n", name, recorded, changed);
}

static void add_amount(struct text *out, const char *name, double recorded, double changed)
{
    text_addf(out, "%-18s %14.2f | %14.2f\n", name, recorded, changed);
}

void replay_compare(const struct replay *recorded, const struct replay *changed,
                    struct text *out)
{
    const struct summary *a = &recorded->result.summary;
    const struct summary *b = &changed->result.summary;
    text_addf(out, "%-18s %14s | %14s\n", "", "recorded", "changed");
    add_count(out, "trades opened", a->opened, b->opened);
    add_count(out, "trades closed", a->closed, b->closed);
    add_count(out, "won", a->wins, b->wins);
    add_amount(out, "realised USD", a->realized_usd, b->realized_usd);
    add_amount(out, "unrealised USD", a->unrealized_usd, b->unrealized_usd);
    add_amount(out, "fees USD", a->fees_usd, b->fees_usd);
    add_amount(out, "slippage USD", a->slippage_usd, b->slippage_usd);
    add_amount(out, "win rate %", summary_win_rate(a) * 100.0, summary_win_rate(b) * 100.0);
    add_amount(out, "mean hold s", summary_mean_hold_s(a), summary_mean_hold_s(b));
    add_amount(out, "drawdown %", a->drawdown * 100.0, b->drawdown * 100.0);
    add_count(out, "decisions", (int64_t)recorded->decisions, (int64_t)changed->decisions);
}
