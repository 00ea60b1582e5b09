#include "market/scenario.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/mem.h"
#include "base/safe.h"
#include "data_file.h"
#include "scenario_file.h"

enum { LABEL_SIZE = SCENARIO_NAME_SIZE + 16 };

struct scenario {
    struct source source;
    struct scenario_file file;
    int32_t given; /* rows so far */
    char label[LABEL_SIZE];
    char hash[HASH_XXH3_TEXT_SIZE];
};

static struct scenario *scenario_of(const struct source *source)
{
    return (struct scenario *)source;
}

static enum source_result scenario_next(struct source *source, struct event *out,
                                        struct err *err)
{
    struct scenario *scenario = scenario_of(source);
    if (scenario->given == scenario->file.rows_count) {
        return SOURCE_END;
    }
    const struct tick *tick = &scenario->file.rows[scenario->given++];
    *out = (struct event){
        .kind = EVENT_ROW,
        .time_ns = tick->time_ns,
        .day = calendar_utc_day(tick->time_ns),
        .line = (uint64_t)scenario->given,
        .row = {*tick, INFINITY, INFINITY, INFINITY, INFINITY},
    };
    return SOURCE_EVENT;
}

static bool scenario_seek(struct source *source, uint64_t line, struct err *err)
{
    struct scenario *scenario = scenario_of(source);
    if (line > (uint64_t)scenario->file.rows_count) {
        return err_set(err, ERR_INPUT, "%s: no row %llu to go on after (it has %d)",
                       scenario->label, (unsigned long long)line,
                       (int)scenario->file.rows_count);
    }
    scenario->given = (int32_t)line;
    return true;
}

static const char *scenario_label(const struct source *source)
{
    return scenario_of(source)->label;
}

static double scenario_progress(const struct source *source)
{
    const struct scenario *scenario = scenario_of(source);
    return (double)scenario->given / (double)scenario->file.rows_count;
}

static const char *scenario_data_hash(const struct source *source)
{
    return scenario_of(source)->hash;
}

static void scenario_close(struct source *source)
{
    scenario_file_finish(&scenario_of(source)->file);
    mem_free(source);
}

static const struct source_ops scenario_ops = {
    .next = scenario_next,
    .seek = scenario_seek,
    .label = scenario_label,
    .progress = scenario_progress,
    .data_hash = scenario_data_hash,
    .close = scenario_close,
};

bool scenario_open(struct source **out, const char *path, struct engine_params *params,
                   struct scenario_expected *expected, struct err *err)
{
    const struct engine_params defaults = engine_defaults();
    struct scenario *scenario = mem_zalloc(sizeof(*scenario));
    scenario->source.ops = &scenario_ops;
    if (!data_file_hash(path, scenario->hash, err) ||
        !scenario_file_load(&scenario->file, path, params != NULL ? params : &defaults, err)) {
        mem_free(scenario);
        return false;
    }
    char name[SCENARIO_NAME_SIZE];
    snprintf(scenario->label, sizeof(scenario->label), "SCENARIO %s",
             safe_text(name, sizeof(name), scenario->file.name, strlen(scenario->file.name)));
    if (params != NULL) {
        *params = scenario->file.engine;
    }
    *expected = scenario->file.expected;
    *out = &scenario->source;
    return true;
}
