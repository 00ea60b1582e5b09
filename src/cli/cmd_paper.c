#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "build.h"
#include "cli/mouth.h"
#include "cli/session_options.h"
#include "cli/spawn.h"
#include "cli/subcommand.h"
#include "io/file.h"
#include "run/host.h"
#include "run/result.h"

/* paper: a session host without a screen; a line per life event, and the run summary at the
 * end. */

struct paper_options {
    struct session_options session;
    const char *trades_json;
    const char *trades_csv;
    bool json;
    bool detach;
};

enum { OWN_OPTIONS = 4, OPTIONS_COUNT = SESSION_OPTIONS_COUNT + OWN_OPTIONS };

static void list_options(struct arg_option rows[OPTIONS_COUNT])
{
    static const struct arg_option OWN[OWN_OPTIONS] = {
        {"trades-json", ARG_TEXT, offsetof(struct paper_options, trades_json), SIZE_MAX, "FILE",
         "write every trade as JSON"},
        {"trades-csv", ARG_TEXT, offsetof(struct paper_options, trades_csv), SIZE_MAX, "FILE",
         "write every trade as CSV"},
        {"json", ARG_FLAG, offsetof(struct paper_options, json), SIZE_MAX, NULL,
         "end with the result object"},
        {"detach", ARG_FLAG, offsetof(struct paper_options, detach), SIZE_MAX, NULL,
         "go on in the background once consoles can attach"},
    };
    memcpy(rows, OWN, sizeof OWN);
    session_options_rows(rows + OWN_OPTIONS, offsetof(struct paper_options, session));
}

static bool write_trades(const struct paper_options *options, const struct setup *setup,
                         const struct result *result, struct err *err)
{
    const char *names[SESSION_PAIRS_MAX];
    for (int32_t i = 0; i < setup->session.pairs_count; i++) {
        names[i] = setup->session.pairs[i].name;
    }
    struct text out = text_growing();
    bool done = true;
    if (options->trades_json != NULL) {
        result_trades_json(result, names, &out);
        done = file_replace(options->trades_json, text_string(&out), out.length, err);
    }
    text_clear(&out);
    if (done && options->trades_csv != NULL) {
        result_trades_csv(result, names, &out);
        done = file_replace(options->trades_csv, text_string(&out), out.length, err);
    }
    text_finish(&out);
    return done;
}

static void print_result(const struct paper_options *options, const struct result *result)
{
    struct text out = text_growing();
    if (options->json) {
        result_json(result, &out);
        text_add_char(&out, '\n');
    } else {
        result_summary(result, &out);
    }
    fputs(text_string(&out), stdout);
    text_finish(&out);
}

/* Expected outcomes of a scenario that the run did not have, each on a line; their number. */
static int unmet(const struct setup *setup, const struct result *result)
{
    const struct scenario_expected *want = &setup->expected;
    const struct summary *summary = &result->summary;
    int count = 0;
    if (want->set_total && want->total != summary->opened) {
        fprintf(stderr, "unmet: total trades %lld (expected %lld)\n",
                (long long)summary->opened, (long long)want->total);
        count++;
    }
    if (want->set_closed && want->closed != summary->closed) {
        fprintf(stderr, "unmet: closed trades %lld (expected %lld)\n",
                (long long)summary->closed, (long long)want->closed);
        count++;
    }
    if (want->set_open && want->open != summary->opened - summary->closed) {
        fprintf(stderr, "unmet: open trades %lld (expected %lld)\n",
                (long long)(summary->opened - summary->closed), (long long)want->open);
        count++;
    }
    const int sign = (summary->realized_usd > 0.0) - (summary->realized_usd < 0.0);
    if (want->set_pnl_sign && sign != want->pnl_sign) {
        fprintf(stderr, "unmet: realised PnL %.6f USD has sign %d (expected %d)\n",
                summary->realized_usd, sign, (int)want->pnl_sign);
        count++;
    }
    if (want->exit_reason[0] != '\0') {
        const char *first = "none";
        for (int64_t i = result->trades_count - 1; i >= 0; i--) {
            if (result->trades[i].state == TRADE_CLOSED) {
                first = trade_exit_name(result->trades[i].exit);
            }
        }
        if (strcmp(first, want->exit_reason) != 0) {
            fprintf(stderr, "unmet: first exit %s (expected %s)\n", first, want->exit_reason);
            count++;
        }
    }
    return count;
}

static int exit_code(enum host_end end)
{
    return end == HOST_TERMINATED ? 143 : end == HOST_INTERRUPTED ? 130 : 0;
}

static int run_here(const struct paper_options *options, const struct setup *setup,
                    struct host_options *host)
{
    struct err err = {0};
    struct result result;
    enum host_end end = HOST_DATA_ENDED;
    host->take_signals = true;
    host->version = build_name();
    host->life = mouth_say;
    host->life_beat = mouth_beat;
    struct mouth *mouth =
        mouth_open(options->json ? STDERR_FILENO : STDOUT_FILENO, isinf(host->speed));
    host->life_context = mouth;
    const bool done = host_run(host, &end, &result, &err);
    mouth_close(mouth);
    if (!done) {
        fprintf(stderr, "arblite paper: %s\n", err.text);
        return err_exit_code(err.kind);
    }
    int code = exit_code(end);
    print_result(options, &result);
    if (!write_trades(options, setup, &result, &err)) {
        fprintf(stderr, "arblite paper: %s\n", err.text);
        code = err_exit_code(err.kind);
    } else if (setup->kind == SETUP_SCENARIO && end == HOST_DATA_ENDED &&
               unmet(setup, &result) > 0) {
        code = 3;
    }
    result_finish(&result);
    return code;
}

int cmd_paper(int argc, char **argv)
{
    struct arg_option rows[OPTIONS_COUNT];
    list_options(rows);
    const struct arg_spec spec = {
        .command = "paper",
        .operands = "",
        .summary = "Runs a paper session without a screen. Resumes the one that did not end.",
        .options = rows,
        .options_count = OPTIONS_COUNT,
    };
    struct paper_options options = {0};
    int code = 0;
    if (!args_take(&spec, argc, argv, &options, NULL, NULL, &code)) {
        return code;
    }
    struct err err = {0};
    struct setup setup;
    struct state_dir dir;
    struct host_options host = {0};
    if (!session_options_resolve(&options.session, &setup, &dir, &host, &err)) {
        fprintf(stderr, "arblite paper: %s\n", err.text);
        return err_exit_code(err.kind);
    }
    if (!options.detach) {
        return run_here(&options, &setup, &host);
    }
    if (!spawn_host(&host, &err)) {
        fprintf(stderr, "arblite paper: %s\n", err.text);
        return err_exit_code(err.kind);
    }
    printf("session host started; watch it with: arblite --state-dir %s attach\n", dir.path);
    return 0;
}
