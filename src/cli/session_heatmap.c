#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "base/safe.h"
#include "cli/args.h"
#include "cli/global_options.h"
#include "session_results.h"
#include "session_verbs.h"
#include "tune/heat.h"

enum { NAME_SIZE = 64, SHOWN_SIZE = 256 };

struct heatmap_args {
    struct global_options global;
    const char *results_dir;
    const char *x, *y, *third;
    bool json;
};

#define OWN(field) offsetof(struct heatmap_args, field), SIZE_MAX

static const struct arg_option OWN_OPTIONS[] = {
    {"results-dir", ARG_TEXT, OWN(results_dir), "DIR", "the folder of a session's results"},
    {"x", ARG_TEXT, OWN(x), "AXIS", "the parameter across (one that varies)"},
    {"y", ARG_TEXT, OWN(y), "AXIS", "the parameter down"},
    {"third", ARG_TEXT, OWN(third), "AXIS=VALUE",
     "hold a third parameter there ('off': unset)"},
    {"json", ARG_FLAG, OWN(json), NULL, "print the map as an object"},
};

#undef OWN

enum {
    OWN_COUNT = sizeof OWN_OPTIONS / sizeof OWN_OPTIONS[0],
    OPTIONS_COUNT = OWN_COUNT + GLOBAL_OPTIONS_COUNT,
};

static bool parse(int argc, char **argv, struct heatmap_args *args, int *code)
{
    struct arg_option options[OPTIONS_COUNT];
    memcpy(options, OWN_OPTIONS, sizeof OWN_OPTIONS);
    global_options_rows(options + OWN_COUNT, offsetof(struct heatmap_args, global));
    const struct arg_spec spec = {
        .command = "session heatmap",
        .operands = "",
        .summary =
            "Maps the PnL over two parameters; a third is held where you say, all others "
            "where the best result has them. '-' is no result.",
        .options = options,
        .options_count = OPTIONS_COUNT,
    };
    return args_take(&spec, argc, argv, args, NULL, NULL, code);
}

static bool find_param(const char *option, const char *name, const struct param **param,
                       struct err *err)
{
    struct nearest nearest = nearest_to(name);
    char shown[SHOWN_SIZE];
    *param = param_find(name);
    if (*param != NULL) {
        return true;
    }
    param_offer_names(&nearest);
    return err_set(err, ERR_INPUT, "%s: unknown parameter '%s'%s%s%s", option,
                   safe_text(shown, sizeof shown, name, strlen(name)),
                   nearest.found != NULL ? " (did you mean '" : "",
                   nearest.found != NULL ? nearest.found : "",
                   nearest.found != NULL ? "'?)" : "");
}

static bool refuse_place(const struct grid_axis *axis, const char *given, struct err *err)
{
    struct text values = text_growing();
    char shown[SHOWN_SIZE];
    for (int32_t i = 0; i < axis->count; i++) {
        char value[PARAM_TEXT_SIZE];
        text_addf(&values, "%s%s", i > 0 ? ", " : "",
                  param_text(axis->param, axis->values[i], value));
    }
    err_set(err, ERR_INPUT, "--third: '%s' is no value of %s in these results (%s)",
            safe_text(shown, sizeof shown, given, strlen(given)), axis->param->name,
            text_string(&values));
    text_finish(&values);
    return false;
}

/* AXIS=VALUE, as the table spells the value. */
static bool take_third(const char *given, const struct grid *grid, struct heat_query *query,
                       struct err *err)
{
    char name[NAME_SIZE];
    char shown[SHOWN_SIZE];
    const char *equals = strchr(given, '=');
    if (equals == NULL || (size_t)(equals - given) >= sizeof name) {
        return err_set(err, ERR_INPUT, "--third: '%s' is not AXIS=VALUE",
                       safe_text(shown, sizeof shown, given, strlen(given)));
    }
    text_cut(name, sizeof name, "%.*s", (int)(equals - given), given);
    if (!find_param("--third", name, &query->third, err)) {
        return false;
    }
    const int at = grid_axis_of(grid, query->third);
    if (at < 0) {
        return err_set(err, ERR_INPUT, "--third: '%s' does not vary in these results", name);
    }
    const struct grid_axis *axis = &grid->axes[at];
    for (int32_t i = 0; i < axis->count; i++) {
        char value[PARAM_TEXT_SIZE];
        if (strcmp(param_text(axis->param, axis->values[i], value), equals + 1) == 0) {
            query->third_place = i;
            return true;
        }
    }
    return refuse_place(axis, equals + 1, err);
}

static bool draw(const struct heatmap_args *args, const struct grid *grid, struct text *out,
                 struct err *err)
{
    struct heat_query query = {.third_place = -1};
    struct heat heat;
    if ((args->x != NULL && !find_param("--x", args->x, &query.x, err)) ||
        (args->y != NULL && !find_param("--y", args->y, &query.y, err)) ||
        (args->third != NULL && !take_third(args->third, grid, &query, err)) ||
        !heat_init(&heat, grid, &query, err)) {
        return false;
    }
    if (args->json) {
        heat_json(&heat, out);
        text_add_char(out, '\n');
    } else {
        heat_table(&heat, out);
    }
    heat_finish(&heat);
    return true;
}

static bool run(const struct heatmap_args *args, struct err *err)
{
    struct aggregate aggregate;
    struct text out = text_growing();
    if (!global_options_apply(&args->global, err) ||
        !session_results_load_alike(args->results_dir, &aggregate, err)) {
        return false;
    }
    struct grid grid;
    grid_init(&grid, &aggregate);
    const bool done = draw(args, &grid, &out, err) && session_results_print(&out, err);
    grid_finish(&grid);
    aggregate_finish(&aggregate);
    text_finish(&out);
    return done;
}

int session_heatmap(int argc, char **argv)
{
    struct heatmap_args args = {0};
    struct err err = {.kind = ERR_NONE};
    int code;
    if (!parse(argc, argv, &args, &code)) {
        return code;
    }
    if (!run(&args, &err)) {
        fprintf(stderr, "arblite session heatmap: %s\n", err.text);
    }
    return err_exit_code(err.kind);
}
