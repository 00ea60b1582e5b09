#include "cli/subcommand.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/args.h"
#include "cli/global_options.h"
#include "doctor.h"

struct options {
    struct global_options global;
    bool json;
    bool live;
};

enum { FINDINGS_MAX = DOCTOR_FINDINGS + DOCTOR_LIVE_FINDINGS };

static const char *const STATES[] = {
    [FINDING_OK] = "ok", [FINDING_WARN] = "warn", [FINDING_FAIL] = "FAIL"};

static void print_lines(const struct finding *findings, int count)
{
    for (int i = 0; i < count; i++) {
        const struct finding *finding = &findings[i];
        printf("%-4s  %-12s  %s\n", STATES[finding->state], finding->name, finding->text);
        if (finding->advice[0] != '\0') {
            printf("%20s-> %s\n", "", finding->advice);
        }
    }
}

static void print_json(const struct finding *findings, int count, int failed)
{
    json_t *checks = json_array();
    for (int i = 0; i < count; i++) {
        const struct finding *finding = &findings[i];
        json_array_append_new(checks, json_pack("{s:s, s:s, s:s, s:s}", "name", finding->name,
                                                "state", STATES[finding->state], "text",
                                                finding->text, "advice", finding->advice));
    }
    json_t *root =
        json_pack("{s:i, s:i, s:o}", "schema_version", 1, "failed", failed, "checks", checks);
    if (root == NULL) {
        abort(); /* only for want of memory, as in base/mem */
    }
    json_dumpf(root, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(root);
}

/* A file that says where the venues are asks whether they can be reached. */
static bool names_venues(const struct config_named *named)
{
    static const char *const KEYS[] = {"live.upbit_rest_url", "live.upbit_socket_url",
                                       "live.binance_rest_url", "live.binance_public_url",
                                       "live.binance_market_url"};
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++) {
        if (config_is_named(named, KEYS[i])) {
            return true;
        }
    }
    return false;
}

/* Over what a paper session goes by where nothing else is said. */
static bool load_layers(struct config *config, struct config_named *named, const char *path,
                        struct text *report, struct err *err)
{
    size_t length = 0;
    const char *yaml = config_paper_yaml(&length);
    config_defaults(config);
    return config_load_text(config, "configs/paper.yaml", yaml, length, report, err) &&
           (path == NULL || config_load_named(config, named, path, report, err));
}

static bool load(struct config *config, struct config_named *named, const char *path, int *code)
{
    struct text report = text_growing();
    struct err err = {.kind = ERR_NONE};
    const bool loaded = load_layers(config, named, path, &report, &err);
    if (!loaded) {
        fprintf(stderr, "%sarblite doctor: %s\n", text_string(&report), err.text);
        *code = err_exit_code(err.kind);
    }
    text_finish(&report);
    return loaded;
}

static int look(const struct options *options, const struct config *config, bool live)
{
    struct finding findings[FINDINGS_MAX];
    const struct doctor doctor = {.state_dir = options->global.state_dir, .config = config};
    int count = DOCTOR_FINDINGS;
    int failed = 0;
    doctor_look(&doctor, findings);
    if (live) {
        doctor_look_live(config, findings + count);
        count += DOCTOR_LIVE_FINDINGS;
    }
    for (int i = 0; i < count; i++) {
        failed += findings[i].state == FINDING_FAIL;
    }
    if (options->json) {
        print_json(findings, count, failed);
    } else {
        print_lines(findings, count);
    }
    return failed > 0 ? err_exit_code(ERR_REFUSED) : 0;
}

int cmd_doctor(int argc, char **argv)
{
    struct options options = {.json = false};
    struct config config;
    int code = 0;
    struct config_named named = {{0}};
    struct arg_option rows[2 + GLOBAL_OPTIONS_COUNT] = {
        {"json", ARG_FLAG, offsetof(struct options, json), SIZE_MAX, NULL, "print as JSON"},
        {"live", ARG_FLAG, offsetof(struct options, live), SIZE_MAX, NULL,
         "ask the venues too, as with a config that names their addresses"},
    };
    global_options_rows(rows + 2, offsetof(struct options, global));
    const struct arg_spec spec = {
        .command = "doctor",
        .operands = "",
        .summary =
            "Says whether a session would run well on this machine and in this terminal. "
            "Changes nothing. Exit code 3 when something would stop it.",
        .options = rows,
        .options_count = sizeof rows / sizeof rows[0],
    };
    if (!args_take(&spec, argc, argv, &options, NULL, NULL, &code)) {
        return code;
    }
    if (!load(&config, &named, options.global.config, &code)) {
        return code;
    }
    return look(&options, &config, options.live || names_venues(&named));
}
