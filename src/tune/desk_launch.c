#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "desk_form.h"
#include "desk_parts.h"
#include "tune/folder.h"
#include "tune/plan.h"
#include "tune/row.h"
#include "tune/runner.h"

/* Sessions are started, stopped and gone on with as a person would do it: by `arblite session
 * run` and by SIGTERM. */

enum {
    CHILDREN_MAX = 32,
    ARGUMENTS_MAX = 16,
    PATH_SIZE = TUNING_PATH_SIZE + 32,
    BEGUN_MS = 1000, /* a runner that has not failed by then has begun */
    LOOK_MS = 10,
    SAID_SIZE = 256,
};

static const char SESSION_NAME[] = "session.yaml", JOBS_NAME[] = "plan.jsonl",
                  LOG_NAME[] = "run.log", LINES_NAME[] = "results.jsonl",
                  RESULT_ENDING[] = ".json";

/* What this process started must be waited for, or it stays on as a name without a life. */
struct desk_children {
    int count;
    pid_t pids[CHILDREN_MAX];
};

/* A runner to start. */
struct launch {
    char base[PATH_SIZE];      /* its working directory */
    char folder[PATH_SIZE];    /* the session's, absolute */
    char jobs_file[PATH_SIZE]; /* absolute, or seen from the working directory */
    int32_t parallel;
    bool prune, resume, as_lines;
};

struct desk_children *desk_children_create(void)
{
    return mem_zalloc(sizeof(struct desk_children));
}

void desk_children_destroy(struct desk_children *children)
{
    mem_free(children);
}

void desk_children_reap(struct desk_children *children)
{
    for (int i = 0; i < children->count;) {
        if (waitpid(children->pids[i], NULL, WNOHANG) == 0) {
            i++;
        } else {
            children->pids[i] = children->pids[--children->count];
        }
    }
}

static bool refuse(struct command_result *out, const struct err *err)
{
    text_cut(out->text, sizeof out->text, "%s", err->text);
    return false;
}

/* The session's folder is outputs/tuning/NAME under the directory its runner works in. */
static bool find_base(struct launch *launch, const char *folder, struct err *err)
{
    const char *slash = strrchr(folder, '/');
    const size_t tail = sizeof PLAN_FOLDER; /* "/outputs/tuning" */
    const size_t length = slash != NULL ? (size_t)(slash - folder) : 0;
    if (length < tail || strncmp(folder + length - tail, "/" PLAN_FOLDER "/", tail + 1) != 0) {
        return err_set(err, ERR_INPUT, "'%s' is not a session's folder", folder);
    }
    text_cut(launch->folder, sizeof launch->folder, "%s", folder);
    text_cut(launch->base, sizeof launch->base, "%.*s", (int)(length - tail), folder);
    if (launch->base[0] == '\0') {
        text_cut(launch->base, sizeof launch->base, "/");
    }
    return true;
}

/* Words, a NULL behind the last; numbers are kept in `number`. */
static void make_arguments(const struct desk_work *work, const struct launch *launch,
                           char number[16], const char *words[ARGUMENTS_MAX])
{
    int count = 0;
    words[count++] = "arblite";
    words[count++] = "session";
    words[count++] = "run";
    words[count++] = "--jobs-file";
    words[count++] = launch->jobs_file;
    words[count++] = "--state-dir";
    words[count++] = work->state_dir;
    if (launch->parallel > 0) {
        words[count++] = "--parallel";
        words[count++] = text_cut(number, 16, "%d", (int)launch->parallel);
    }
    if (launch->prune) {
        words[count++] = "--prune";
    }
    if (launch->resume) {
        words[count++] = "--resume";
    }
    if (launch->as_lines) {
        words[count++] = "--results";
        words[count++] = "jsonl";
    }
    words[count] = NULL;
}

/* A session of its own, so that the end of this terminal is not its end; signals as a shell
 * would leave them. */
static int spawn(const struct desk_work *work, const struct launch *launch, const char *log,
                 pid_t *pid)
{
    const char *words[ARGUMENTS_MAX];
    char number[16];
    sigset_t none, all;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    sigemptyset(&none);
    sigfillset(&all);
    make_arguments(work, launch, number, words);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
                                              POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log,
                                     O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW,
                                     0666);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    posix_spawn_file_actions_addchdir_np(&actions, launch->base);
    /* The words are only read. */
    const int problem =
        posix_spawn(pid, work->program, &actions, &attributes, (char *const *)words, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return problem;
}

/* The first line that a runner left behind. */
static void first_line(const char *log, char *line, size_t size)
{
    const int fd = open(log, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    const ssize_t got = fd >= 0 ? read(fd, line, size - 1) : -1;
    line[got > 0 ? got : 0] = '\0';
    line[strcspn(line, "\n")] = '\0';
    if (fd >= 0) {
        close(fd);
    }
}

/* Waits until the runner holds its folder or has ended: true with *status when it ended. */
static bool ended_at_once(pid_t pid, const struct launch *launch, int *status)
{
    const struct timespec look = {.tv_nsec = LOOK_MS * CLOCK_NS_PER_MS};
    const int64_t until_ns = clock_monotonic_ns() + (int64_t)BEGUN_MS * CLOCK_NS_PER_MS;
    do {
        if (waitpid(pid, status, WNOHANG) == pid) {
            return true;
        }
        if (runner_lives(pid, launch->folder)) {
            return false;
        }
        nanosleep(&look, NULL);
    } while (clock_monotonic_ns() < until_ns);
    return false;
}

/* What was `done` to the session of that name ends up in *out. */
static bool launch(struct desk_work *work, const struct launch *launch, const char *name,
                   const char *done, struct command_result *out)
{
    char log[PATH_SIZE], said[SAID_SIZE];
    pid_t pid;
    int status = 0;
    if (work->children->count == CHILDREN_MAX) {
        text_cut(out->text, sizeof out->text, "this console runs %d sessions already",
                 CHILDREN_MAX);
        return false;
    }
    text_cut(log, sizeof log, "%s/%s", launch->folder, LOG_NAME);
    const int problem = spawn(work, launch, log, &pid);
    if (problem != 0) {
        text_cut(out->text, sizeof out->text, "%s: '%s' cannot be run: %s", name, work->program,
                 strerror(problem));
        return false;
    }
    if (!ended_at_once(pid, launch, &status)) {
        work->children->pids[work->children->count++] = pid;
        text_cut(out->text, sizeof out->text, "%s: %s, pid %d; its log is %s/%s/%s", name, done,
                 (int)pid, PLAN_FOLDER, name, LOG_NAME);
        return true;
    }
    first_line(log, said, sizeof said);
    const bool well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    text_cut(out->text, sizeof out->text, "%s: %s, and %s: %s", name, done,
             well ? "is through" : "ended at once",
             said[0] != '\0' ? said : "it did not say why");
    return well;
}

struct clearing {
    const struct folder *folder;
    struct text names; /* each with its NUL */
};

/* A result that a runner wrote has the name of its job; anything else is not ours to remove. */
static bool note_result(void *context, const char *name)
{
    struct clearing *clearing = context;
    struct err ignored;
    struct row row;
    char *bytes;
    size_t length;
    if (folder_read(clearing->folder, name, ROW_SIZE_MAX, &bytes, &length, &ignored)) {
        row_read(&row, name, bytes, length);
        mem_free(bytes);
        const json_t *id =
            json_object_get(json_object_get(row.root, "config_summary"), "job_id");
        const size_t stem = strlen(name) - strlen(RESULT_ENDING);
        if (row.is_result && stem > 0 && json_string_length(id) == stem &&
            memcmp(json_string_value(id), name, stem) == 0) {
            text_add_bytes(&clearing->names, name, strlen(name) + 1);
        }
        row_finish(&row);
    }
    return true;
}

/* The form said that results would be replaced: also those that the new plan has no job for. */
static bool clear_results(const struct folder *folder, struct err *err)
{
    struct clearing clearing = {.folder = folder, .names = text_growing()};
    bool done = true;
    (void)!folder_each(folder, RESULT_ENDING, note_result, &clearing);
    for (size_t at = 0; done && at < clearing.names.length;) {
        const char *name = clearing.names.data + at;
        done = folder_remove(folder, name, err);
        at += strlen(name) + 1;
    }
    text_finish(&clearing.names);
    return done;
}

static bool write_session(const struct form_file *file, struct launch *launch, int64_t *jobs,
                          struct err *err)
{
    const char *name = file->session.name;
    struct text plan = text_growing();
    struct folder folder;
    char base[PATH_SIZE];
    if (getcwd(base, sizeof base) == NULL) {
        return err_set(err, ERR_IO, "the working directory has no path");
    }
    text_cut(launch->base, sizeof launch->base, "%s", base);
    bool done =
        plan_format(&file->session, &plan, jobs, err) && folder_open(&folder, name, err);
    if (done) {
        done = clear_results(&folder, err) &&
               folder_replace(&folder, SESSION_NAME, text_string(&file->bytes),
                              file->bytes.length, err) &&
               folder_replace(&folder, JOBS_NAME, text_string(&plan), plan.length, err);
        folder_close(&folder);
    }
    text_finish(&plan);
    return done;
}

bool desk_start(struct desk_work *work, const struct desk_order *order,
                struct command_result *out)
{
    struct launch wanted = {.parallel = order->edits.parallel, .prune = order->edits.prune};
    struct err err = {.kind = ERR_NONE};
    struct form_file file;
    char done[32];
    int64_t jobs = 0;
    if (!form_file_load(&file, &order->edits, &err)) {
        return refuse(out, &err);
    }
    char name[TUNING_NAME_SIZE];
    text_cut(name, sizeof name, "%s", file.session.name);
    text_cut(wanted.jobs_file, sizeof wanted.jobs_file, PLAN_FOLDER "/%s/%s", name, JOBS_NAME);
    const bool written = write_session(&file, &wanted, &jobs, &err);
    form_file_finish(&file);
    if (!written) {
        return refuse(out, &err);
    }
    text_cut(wanted.folder, sizeof wanted.folder, "%s/" PLAN_FOLDER "/%s", wanted.base, name);
    text_cut(done, sizeof done, "started %" PRId64 " job%s", jobs, jobs == 1 ? "" : "s");
    return launch(work, &wanted, name, done, out);
}

bool desk_stop(struct desk_work *work, const struct desk_order *order,
               struct command_result *out)
{
    const struct tuning_session *session = desk_work_session(work, order->session);
    if (session == NULL || !runner_stop(session->pid, session->folder)) {
        text_cut(out->text, sizeof out->text, "%s is not running",
                 session != NULL ? session->name : "the session");
        return false;
    }
    text_cut(out->text, sizeof out->text, "%s: told to stop; it can be resumed", session->name);
    return true;
}

static bool keeps_lines(const char *folder)
{
    char path[PATH_SIZE];
    text_cut(path, sizeof path, "%s/%s", folder, LINES_NAME);
    return access(path, F_OK) == 0;
}

bool desk_resume(struct desk_work *work, const struct desk_order *order,
                 struct command_result *out)
{
    const struct tuning_session *session = desk_work_session(work, order->session);
    struct launch wanted = {.resume = true};
    struct err err = {.kind = ERR_NONE};
    if (session == NULL || runner_lives(session->pid, session->folder)) {
        text_cut(out->text, sizeof out->text, "%s is running",
                 session != NULL ? session->name : "the session");
        return false;
    }
    if (!find_base(&wanted, session->folder, &err)) {
        return refuse(out, &err);
    }
    wanted.as_lines = keeps_lines(session->folder);
    /* As it was begun: a journal of before it told has stopped jobs at least. */
    wanted.prune = session->prune || session->stopped > 0;
    wanted.parallel = order->edits.parallel > 0 ? order->edits.parallel : session->parallel;
    text_cut(wanted.jobs_file, sizeof wanted.jobs_file, "%s", session->jobs_file);
    return launch(work, &wanted, session->name, "resumed", out);
}
