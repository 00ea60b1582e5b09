#include "support/check.h"

#include <math.h>

#include "base/log.h"
#include "market/frame_lines.h"
#include "run/record.h"
#include "support/folder.h"

struct said {
    int upbit, binance;
};

static void say(void *context, const char *line)
{
    struct said *said = context;
    said->upbit += strncmp(line, "upbit: cannot be reached: NET.CONNECT", 37) == 0;
    said->binance += strncmp(line, "binance: cannot be reached: NET.CONNECT", 39) == 0;
}

/* Venues at a port where nobody listens. */
static struct setup nobody(void)
{
    static struct config config;
    struct setup setup;
    struct err err = {0};
    size_t length = 0;
    const char *yaml = config_paper_yaml(&length);
    struct text report = text_growing();
    config_defaults(&config);
    assert_true(config_load_text(&config, "paper", yaml, length, &report, &err));
    text_finish(&report);
    static const char *const keys[] = {"live.upbit_rest_url", "live.binance_rest_url"};
    static const char *const sockets[] = {"live.upbit_socket_url", "live.binance_public_url",
                                          "live.binance_market_url"};
    for (size_t i = 0; i < LEN(keys); i++) {
        assert_true(config_set(&config, keys[i], "http://127.0.0.1:1", &err));
    }
    for (size_t i = 0; i < LEN(sockets); i++) {
        assert_true(config_set(&config, sockets[i], "ws://127.0.0.1:1", &err));
    }
    const struct setup_request request = {.source = "live", .config = &config};
    if (!setup_make(&setup, &request, &err)) {
        fail_msg("%s", err.text);
    }
    return setup;
}

static int lines_with(const char *folder, const char *words)
{
    struct frame_lines *lines;
    struct err err = {0};
    const char *line;
    size_t length;
    int count = 0;
    assert_true(frame_lines_open(&lines, folder, &err));
    while (frame_lines_next(lines, &line, &length, &err) == LINES_LINE) {
        count += strstr(line, words) != NULL;
    }
    frame_lines_close(lines);
    return count;
}

/* Goal: venues that cannot be reached are told of, one line each, and tried again; what the
 * connections told is on record, and no session is. */
static void records_what_there_is(void **state)
{
    char folder[FOLDER_PATH_SIZE];
    struct said said = {0};
    struct record_outcome outcome;
    struct err err = {0};
    const struct setup setup = nobody();
    folder_create(folder);
    log_open(stderr, LOG_ERROR);
    const struct record_options options = {
        .setup = &setup,
        .folder = folder,
        .max_runtime_s = 1.0,
        .version = "test",
        .say = say,
        .context = &said,
    };
    if (!record_run(&options, &outcome, &err)) {
        fail_msg("%s", err.text);
    }
    assert_int_equal(said.upbit, 1);
    assert_int_equal(said.binance, 1);
    assert_int_equal(outcome.signal, 0);
    assert_int_equal(outcome.files, 1);
    assert_true(outcome.frames > 0);
    assert_int_equal(lines_with(folder, "# arblite frames 1"), 1);
    assert_int_equal(lines_with(folder, "# begin"), 0);
    assert_int_equal(lines_with(folder, "NET.CONNECT"), (int)outcome.frames);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(records_what_there_is)};
    return cmocka_run_group_tests_name("run/record", tests, NULL, NULL);
}
