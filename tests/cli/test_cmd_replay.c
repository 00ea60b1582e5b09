#include "command_line.h"

#include "base/text.h"
#include "config/config.h"

/* A session of one frame that is said to have decided something, which no replay of it does. */
static void write_recording(const char *version)
{
    struct config config;
    struct text text = text_growing();
    struct text options = text_growing();
    struct text_line line;
    config_defaults(&config);
    config.engine.min_spread_bps = 5;
    config.engine.taker_fee_a_bps = config.engine.taker_fee_b_bps = 5;
    config.engine.slippage_bps = 0;
    config.engine.max_position_usd = 500;
    config_list(&config, &options);
    text_addf(&text, "# arblite frames 1\n# version %s\n# session live-1\n# mode paper\n",
              version);
    for (const char *rest = text_string(&options); text_take_line(&rest, &line);) {
        text_addf(&text, "# option %.*s\n", (int)line.length, line.start);
    }
    text_add(&text, "# begin open\n"
                    "1700000000000000000\tupbit\tws\t{\"ty\":\"orderbook\",\"cd\":\"KRW-USDT\","
                    "\"tms\":1700000000000,\"obu\":[{\"ap\":1450.5,\"bp\":1449.5,\"as\":1,"
                    "\"bs\":1}],\"lv\":0}\n"
                    "# mark 1 1700000000000000000 1 xxh3-128:ab\n");
    command_line_write("recording.txt", text_string(&text));
    text_finish(&options);
    text_finish(&text);
}

/* Goal: a verification that fails says whether the build is another one, since then the rules
 * of decision may be others; of the same build it does not. */
static void names_both_builds_when_they_differ(void **state)
{
    struct command_line *line = *state;
    char version[96];
    char want[256];
    assert_int_equal(command_line_run(line, "--version"), 0);
    assert_int_equal(sscanf(line->out, "arblite %95s", version), 1);
    write_recording("0.0.9+ab");
    assert_int_equal(command_line_run(line, "replay recording.txt --verify"), 1);
    snprintf(want, sizeof want, "recorded by another build: 0.0.9+ab, this is %s\n", version);
    assert_non_null(strstr(line->out, "differs: the same up to decision 0 "));
    assert_non_null(strstr(line->out, want));
    assert_int_equal(command_line_run(line, "replay recording.txt"), 0);
    assert_null(strstr(line->out, "another build")); /* nothing was compared */
    write_recording(version);
    assert_int_equal(command_line_run(line, "replay recording.txt --verify"), 1);
    assert_null(strstr(line->out, "another build"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_both_builds_when_they_differ, command_line_enter,
                                        command_line_leave),
    };
    return cmocka_run_group_tests_name("cli/cmd_replay", tests, NULL, NULL);
}
