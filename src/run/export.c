#include "run/export.h"

#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "io/draft.h"
#include "io/file.h"
#include "market/snapshots.h"

enum { PIECE_EVENTS = 20000 };

static bool make_folder_of(const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL || slash == path) {
        return true;
    }
    char *folder = mem_copy_string(path);
    folder[slash - path] = '\0';
    const bool done = file_make_folders(folder, err);
    mem_free(folder);
    return done;
}

static bool go_on(const struct export_options *options, int64_t now_ns, struct err *err)
{
    const double share = (double)(now_ns - options->start_ns) / (double)options->duration_ns;
    return options->progress == NULL ||
           options->progress(options->progress_context, share < 1.0 ? share : 1.0) ||
           err_set(err, ERR_ENDED, "stopped; nothing was written");
}

/* Puts down what has come together. */
static bool flush(struct draft *draft, struct text *rows, struct err *err)
{
    const bool done = draft_add(draft, text_string(rows), rows->length, err);
    text_clear(rows);
    return done;
}

/* What one piece of the work needs. */
struct exporting {
    struct source *source;
    const struct export_options *options;
    struct snapshots snapshots;
    struct text rows;
    int64_t now_ns;
    bool over;
};

/* Takes so many events that a piece of the file comes together. */
static bool take_events(struct exporting *exporting, struct err *err)
{
    const int64_t end_ns = exporting->options->start_ns + exporting->options->duration_ns;
    struct event event;
    for (int i = 0; i < PIECE_EVENTS && !exporting->over; i++) {
        const enum source_result result =
            exporting->source->ops->next(exporting->source, &event, err);
        if (result == SOURCE_ERROR) {
            return false;
        }
        exporting->over = result == SOURCE_END || event.time_ns > end_ns;
        if (!exporting->over) {
            exporting->now_ns = event.time_ns;
            snapshots_take(&exporting->snapshots, &event, &exporting->rows);
        } else if (result == SOURCE_EVENT) {
            exporting->now_ns = end_ns;
        }
    }
    if (exporting->over) {
        snapshots_until(&exporting->snapshots, exporting->now_ns, &exporting->rows);
    }
    return true;
}

static bool write_rows(struct source *source, struct draft *draft,
                       const struct export_options *options, int64_t *rows, struct err *err)
{
    struct exporting exporting = {
        .source = source,
        .options = options,
        .rows = text_growing(),
        .now_ns = options->start_ns,
    };
    bool done = true;
    snapshots_init(&exporting.snapshots, options->pair, options->start_ns, options->step_ns);
    snapshots_header(&exporting.rows);
    while (done && !exporting.over) {
        done = take_events(&exporting, err) && flush(draft, &exporting.rows, err) &&
               go_on(options, exporting.now_ns, err);
    }
    text_finish(&exporting.rows);
    *rows = exporting.snapshots.rows;
    return done;
}

bool export_snapshots(struct source *source, const char *path,
                      const struct export_options *options, int64_t *rows, struct err *err)
{
    struct draft *draft;
    int64_t count;
    if (!options->replace && access(path, F_OK) == 0) {
        return err_set(err, ERR_INPUT, "'%s' is there already (--force replaces it)", path);
    }
    if (!make_folder_of(path, err) || !draft_open(&draft, path, err)) {
        return false;
    }
    if (!write_rows(source, draft, options, &count, err)) {
        draft_drop(draft);
        return false;
    }
    *rows = count;
    return draft_publish(draft, options->replace, err);
}
