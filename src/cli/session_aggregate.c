#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "cli/args.h"
#include "cli/global_options.h"
#include "io/file.h"
#include "io/lines.h"
#include "session_results.h"
#include "session_verbs.h"
#include "tune/aggregate.h"

struct aggregate_args {
    struct global_options global;
    const char *results_dir;
    const char *output_json;
    int64_t max_results, min_trades;
    double max_drawdown_pct;
    bool has_max_results, has_max_drawdown;
    bool allow_mixed;
    bool json;
};

#define AT(field)  offsetof(struct aggregate_args, field)
#define OWN(field) AT(field), SIZE_MAX

static const struct arg_option OWN_OPTIONS[] = {
    {"results-dir", ARG_TEXT, OWN(results_dir), "DIR", "the folder of a session's results"},
    {"max-results", ARG_COUNT, AT(max_results), AT(has_max_results), "N",
     "rows of the ranking (10)"},
    {"max-drawdown-pct", ARG_NUMBER, AT(max_drawdown_pct), AT(has_max_drawdown), "PCT",
     "only rows of no more drawdown"},
    {"min-trades", ARG_COUNT, OWN(min_trades), "N", "only rows of so many trades or more"},
    {"output-json", ARG_TEXT, OWN(output_json), "FILE", "write the summary there"},
    {"allow-mixed", ARG_FLAG, OWN(allow_mixed), NULL,
     "take results of different data, profile or PnL model, each ranked apart"},
    {"json", ARG_FLAG, OWN(json), NULL, "print the summary object"},
};

#undef OWN
#undef AT

enum {
    OWN_COUNT = sizeof OWN_OPTIONS / sizeof OWN_OPTIONS[0],
    OPTIONS_COUNT = OWN_COUNT + GLOBAL_OPTIONS_COUNT,
    RESULTS_MAX_DEFAULT = 10,
};

static bool parse(const char *command, int argc, char **argv, struct aggregate_args *args,
                  int *code)
{
    struct arg_option options[OPTIONS_COUNT];
    memcpy(options, OWN_OPTIONS, sizeof OWN_OPTIONS);
    global_options_rows(options + OWN_COUNT, offsetof(struct aggregate_args, global));
    const struct arg_spec spec = {
        .command = command,
        .operands = "",
        .summary = "Ranks the results of a session by PnL. Rows that assume other costs or use "
                   "other amounts rank apart; what cannot be read is an error row.",
        .options = options,
        .options_count = OPTIONS_COUNT,
    };
    return args_take(&spec, argc, argv, args, NULL, NULL, code);
}

static bool take_filters(const struct aggregate_args *args, struct aggregate_filters *filters,
                         struct err *err)
{
    *filters = (struct aggregate_filters){
        .results_max = args->has_max_results ? args->max_results : RESULTS_MAX_DEFAULT,
        .drawdown_pct_max = args->has_max_drawdown ? args->max_drawdown_pct : NAN,
        .trades_min = args->min_trades,
        .allow_mixed = args->allow_mixed,
    };
    return global_options_apply(&args->global, err);
}

static bool is_result(const char *bytes, size_t length)
{
    struct row row;
    row_read(&row, "", bytes, length);
    const bool is = row.is_result;
    row_finish(&row);
    return is;
}

static bool begins_with_result(const char *path)
{
    struct lines *lines = NULL;
    struct err ignored;
    const char *line;
    size_t length;
    const bool begins = lines_open(&lines, path, ROW_SIZE_MAX, &ignored) &&
                        lines_next(lines, &line, &length, &ignored) == LINES_LINE &&
                        is_result(line, length);
    lines_close(lines);
    return begins;
}

/* A summary must not take the place of what it sums up: one result, or lines of them. */
static bool spares_results(const char *path, struct err *err)
{
    struct err ignored;
    char *bytes;
    size_t length;
    struct stat status;
    if (path == NULL || stat(path, &status) != 0 || !S_ISREG(status.st_mode)) {
        return true;
    }
    bool taken = begins_with_result(path);
    if (!taken && file_read(path, ROW_SIZE_MAX, &bytes, &length, &ignored)) {
        taken = is_result(bytes, length);
        mem_free(bytes);
    }
    return !taken || err_set(err, ERR_INPUT,
                             "'%s' has results of jobs: name another file to write", path);
}

static bool deliver(const struct aggregate_args *args, const struct aggregate *aggregate,
                    const struct aggregate_filters *filters, struct err *err)
{
    struct text summary = text_growing();
    struct text table = text_growing();
    aggregate_json(aggregate, filters, &summary);
    text_add_char(&summary, '\n');
    aggregate_table(aggregate, filters, &table);
    bool done = args->output_json == NULL ||
                file_replace(args->output_json, text_string(&summary), summary.length, err);
    if (done) {
        done = session_results_print(args->json ? &summary : &table, err);
    }
    text_finish(&table);
    text_finish(&summary);
    return done;
}

static bool run(const struct aggregate_args *args, struct err *err)
{
    struct aggregate_filters filters;
    struct aggregate aggregate;
    if (!take_filters(args, &filters, err) || !spares_results(args->output_json, err) ||
        !session_results_load(args->results_dir, &aggregate, err)) {
        return false;
    }
    const bool done =
        aggregate_check(&aggregate, &filters, err) && deliver(args, &aggregate, &filters, err);
    aggregate_finish(&aggregate);
    return done;
}

static int rank(const char *command, bool as_json, int argc, char **argv)
{
    struct aggregate_args args = {.json = as_json};
    struct err err = {.kind = ERR_NONE};
    int code;
    if (!parse(command, argc, argv, &args, &code)) {
        return code;
    }
    if (!run(&args, &err)) {
        fprintf(stderr, "arblite %s: %s\n", command, err.text);
    }
    return err_exit_code(err.kind);
}

int session_aggregate(int argc, char **argv)
{
    return rank("session aggregate", true, argc, argv);
}

int session_rank(int argc, char **argv)
{
    return rank("session rank", false, argc, argv);
}
