#include "desk_rerun.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

struct wish {
    char data_file[4096];
    struct engine_params params;
    struct result_window window;
};

struct desk_rerun {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    /* Guarded: */
    bool started, closing;
    bool wished; /* and not begun */
    struct wish wish;
    int64_t wishes, fulfilled; /* numbers of the last ones */
    struct sensitivity *measured;
    char why[TUNING_TEXT_SIZE];
};

struct desk_rerun *desk_rerun_create(void)
{
    struct desk_rerun *rerun = mem_zalloc(sizeof *rerun);
    pthread_mutex_init(&rerun->mutex, NULL);
    pthread_cond_init(&rerun->changed, NULL);
    return rerun;
}

static void forget(struct sensitivity *measured)
{
    if (measured != NULL) {
        sensitivity_finish(measured);
        mem_free(measured);
    }
}

/* NULL: it cannot be run. */
static struct sensitivity *measure(const struct wish *wish, struct err *err)
{
    struct sensitivity *measured = mem_zalloc(sizeof *measured);
    if (!sensitivity_measure(wish->data_file, &wish->params, &wish->window, measured, err)) {
        mem_free(measured);
        return NULL;
    }
    return measured;
}

static void *work(void *context)
{
    struct desk_rerun *rerun = context;
    struct wish *wish = mem_zalloc(sizeof *wish);
    pthread_mutex_lock(&rerun->mutex);
    while (!rerun->closing) {
        if (!rerun->wished) {
            pthread_cond_wait(&rerun->changed, &rerun->mutex);
            continue;
        }
        struct err err = {.kind = ERR_NONE};
        const int64_t number = rerun->wishes;
        *wish = rerun->wish;
        rerun->wished = false;
        pthread_mutex_unlock(&rerun->mutex);
        struct sensitivity *measured = measure(wish, &err);
        pthread_mutex_lock(&rerun->mutex);
        forget(rerun->measured);
        rerun->measured = measured;
        rerun->fulfilled = number;
        text_cut(rerun->why, sizeof rerun->why, "%s", measured == NULL ? err.text : "");
    }
    pthread_mutex_unlock(&rerun->mutex);
    mem_free(wish);
    return NULL;
}

/* The first wish starts the thread; signals are the face's business. */
static void start(struct desk_rerun *rerun)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int failed = pthread_create(&rerun->thread, NULL, work, rerun);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    rerun->started = failed == 0;
    if (failed != 0) {
        rerun->fulfilled = rerun->wishes;
        text_cut(rerun->why, sizeof rerun->why, "no thread for it: %s", strerror(failed));
    }
}

void desk_rerun_wish(struct desk_rerun *rerun, const char *data_file,
                     const struct engine_params *params, const struct result_window *window)
{
    pthread_mutex_lock(&rerun->mutex);
    text_cut(rerun->wish.data_file, sizeof rerun->wish.data_file, "%s", data_file);
    rerun->wish.params = *params;
    rerun->wish.window = *window;
    rerun->wished = true;
    rerun->wishes++;
    forget(rerun->measured);
    rerun->measured = NULL;
    if (!rerun->started) {
        start(rerun);
    }
    pthread_cond_signal(&rerun->changed);
    pthread_mutex_unlock(&rerun->mutex);
}

bool desk_rerun_take(struct desk_rerun *rerun, struct sensitivity **measured,
                     char why[TUNING_TEXT_SIZE])
{
    pthread_mutex_lock(&rerun->mutex);
    const bool through = rerun->fulfilled == rerun->wishes;
    if (through) {
        *measured = rerun->measured;
        rerun->measured = NULL;
        text_cut(why, TUNING_TEXT_SIZE, "%s", rerun->why);
    }
    pthread_mutex_unlock(&rerun->mutex);
    return through;
}

bool desk_rerun_stop(struct desk_rerun *rerun, const struct timespec *until)
{
    pthread_mutex_lock(&rerun->mutex);
    const bool started = rerun->started;
    rerun->closing = true;
    pthread_cond_signal(&rerun->changed);
    pthread_mutex_unlock(&rerun->mutex);
    return !started || pthread_timedjoin_np(rerun->thread, NULL, until) == 0;
}

void desk_rerun_destroy(struct desk_rerun *rerun)
{
    if (rerun != NULL) {
        forget(rerun->measured);
        pthread_cond_destroy(&rerun->changed);
        pthread_mutex_destroy(&rerun->mutex);
        mem_free(rerun);
    }
}
