#include "backtest_setup.h"

#include <stdio.h>
#include <string.h>

#include "io/file.h"
#include "tune/job.h"

#define OWN(field) offsetof(struct backtest_setup, field), SIZE_MAX

static const struct arg_option OWN_OPTIONS[] = {
    {"data-file", ARG_TEXT, OWN(data_file), "FILE", "CSV of snapshots"},
    {"on-bad-row", ARG_TEXT, OWN(on_bad_row), "WHAT",
     "fail (the default) at a row that cannot be read, or skip and count it"},
};

#undef OWN

enum { OWN_COUNT = sizeof OWN_OPTIONS / sizeof OWN_OPTIONS[0] };
_Static_assert(OWN_COUNT + ENGINE_OPTIONS_COUNT + GLOBAL_OPTIONS_COUNT ==
                   BACKTEST_SETUP_OPTIONS_COUNT,
               "the door knows their number");

void backtest_setup_rows(struct arg_option rows[BACKTEST_SETUP_OPTIONS_COUNT], size_t offset)
{
    for (int i = 0; i < OWN_COUNT; i++) {
        rows[i] = OWN_OPTIONS[i];
        rows[i].offset += offset;
    }
    engine_options_rows(rows + OWN_COUNT, offset + offsetof(struct backtest_setup, engine));
    global_options_rows(rows + OWN_COUNT + ENGINE_OPTIONS_COUNT,
                        offset + offsetof(struct backtest_setup, global));
}

static bool load_config(struct backtest_setup *setup, struct config_named *named,
                        struct err *err)
{
    struct text report = text_growing();
    const bool loaded =
        config_load_named(&setup->config, named, setup->global.config, &report, err);
    fputs(text_string(&report), stderr);
    text_finish(&report);
    return loaded;
}

static bool read_bad_row_rule(struct backtest_setup *setup, struct err *err)
{
    const char *rule = setup->on_bad_row;
    setup->skip_bad_rows = rule != NULL && strcmp(rule, "skip") == 0;
    return rule == NULL || setup->skip_bad_rows || strcmp(rule, "fail") == 0 ||
           err_set(err, ERR_INPUT, "--on-bad-row: expected 'fail' or 'skip'");
}

bool backtest_setup_settle(struct backtest_setup *setup, struct err *err)
{
    struct config_named named = {0};
    struct config *config = &setup->config;
    config_defaults(config);
    if (!global_options_apply(&setup->global, err) ||
        (setup->global.config != NULL && !load_config(setup, &named, err))) {
        return false;
    }
    engine_options_settle_model(config, &named);
    if (!engine_options_apply(&setup->engine, &config->engine, err)) {
        return false;
    }
    if (setup->data_file == NULL && config->market.data_file[0] != '\0') {
        setup->data_file = config->market.data_file;
    }
    return engine_options_complete(&config->engine, setup->data_file, err) &&
           read_bad_row_rule(setup, err);
}

bool backtest_setup_spares(const struct backtest_setup *setup, const char *output,
                           struct err *err)
{
    return file_check_apart(output, setup->data_file, err) &&
           file_check_apart(output, setup->global.config, err);
}

bool backtest_setup_check(const struct backtest_setup *setup, struct err *err)
{
    return job_check(setup->data_file, &setup->config.engine, err);
}
