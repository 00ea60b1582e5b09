#include "support/check.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "config/config.h"
#include "io/file.h"

static void load_text(struct config *config, const char *yaml)
{
    struct text report = text_growing();
    struct err err = {0};
    if (!config_load_text(config, "t.yaml", yaml, strlen(yaml), &report, &err)) {
        fail_msg("%s", text_string(&report));
    }
    text_finish(&report);
}

/* Goal: the file operators start from is the table, printed. */
static void keeps_the_default_file_current(void **state)
{
    struct config config;
    struct text printed = text_growing();
    char *file = NULL;
    size_t length = 0;
    struct err err = {0};
    config_defaults(&config);
    config_print(&config, &printed, true);
    const char *update = getenv("UPDATE_GOLDEN");
    if (update != NULL && strcmp(update, "1") == 0) {
        assert_true(file_replace(CONFIGS "/default.yaml", printed.data, printed.length, &err));
    }
    if (!file_read(CONFIGS "/default.yaml", 1 << 20, &file, &length, &err)) {
        fail_msg("%s", err.text);
    }
    assert_string_equal(file, text_string(&printed));
    mem_free(file);
    text_finish(&printed);
}

/* Sets every key to something it may be: each line of the list is a key and a value, of which
 * numbers are moved about within what their row takes. */
static void shake(struct config *config, struct rng *rng)
{
    struct text list = text_growing();
    config_list(config, &list);
    for (char *line = strtok(list.data, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        char *equals = strstr(line, " = ");
        *equals = '\0';
        const uint64_t pick = rng_below(rng, 4);
        char value[64];
        snprintf(value, sizeof value, "%.17g", rng_uniform(rng) * (pick == 0 ? 1e-6 : 100.0));
        const char *tries[] = {value, "null", "3", "false", "crisis", "say \\\"no\\\"", "mid"};
        struct err err = {0};
        /* What a row does not take stays as it was. */
        (void)!config_set(config, line, tries[rng_below(rng, LEN(tries))], &err);
    }
    text_finish(&list);
    config->pairs_count = 1 + (int32_t)rng_below(rng, 3);
    for (int32_t i = config->pairs_count; i < CONFIG_PAIRS_MAX; i++) {
        memset(&config->pairs[i], 0, sizeof config->pairs[i]);
    }
    for (int32_t i = 0; i < config->pairs_count; i++) {
        config->pairs[i].lot_b = 1e-8 + rng_uniform(rng);
        config->pairs[i].minimum_a_krw = rng_uniform(rng) * 1e6;
    }
}

/* Goal: what is printed is read back to the last bit, with help and without. */
static void reads_back_what_it_prints(void **state)
{
    struct rng rng;
    rng_seed(&rng, 7, rng_salt("config round trip"));
    for (int round = 0; round < 60; round++) {
        struct config config;
        struct config back;
        struct text printed = text_growing();
        config_defaults(&config);
        shake(&config, &rng);
        config_print(&config, &printed, round % 2 == 0);
        config_defaults(&back);
        load_text(&back, text_string(&printed));
        assert_memory_equal(&back, &config, sizeof config);
        text_finish(&printed);
    }
}

/* Goal: text is printed so that YAML gives the same text back. */
static void quotes_text_it_prints(void **state)
{
    static const char *const names[] = {
        "",           "a: b",     "null",         "true",     "5",
        "say \"hi\"", "c:\\d\\e", "# no comment", " spaces ", "\xea\xb9\x80\xec\xb9\x98"};
    for (size_t i = 0; i < LEN(names); i++) {
        struct config config;
        struct config back;
        struct err err = {0};
        struct text printed = text_growing();
        config_defaults(&config);
        assert_true(config_set(&config, "session.name", names[i], &err));
        config_print(&config, &printed, false);
        config_defaults(&back);
        load_text(&back, text_string(&printed));
        assert_string_equal(back.session.name, names[i]);
        text_finish(&printed);
    }
}

/* Goal: the list names keys as messages do, one line each, pairs on one line each. */
static void lists_keys_and_values(void **state)
{
    struct config config;
    struct text list = text_growing();
    config_defaults(&config);
    config.engine.cooldown_s = 0.1;
    config_list(&config, &list);
    const char *lines[] = {"pairs[2] = XRP KRW-XRP XRPUSDT 1e-8 0.1 0 0.0001 5000 5 0.65\n",
                           "\nengine.profile = exact\n",
                           "\nengine.cooldown_s = 0.1\n",
                           "\nengine.max_steps = null\n",
                           "\nsession.name = \"\"\n",
                           "\nalerts.rules.feed.gap.enter = 3\n"};
    for (size_t i = 0; i < LEN(lines); i++) {
        assert_non_null(strstr(text_string(&list), lines[i]));
    }
    text_finish(&list);
}

/* Goal: one key's row, whole. */
static void explains_a_key(void **state)
{
    struct text text = text_growing();
    struct err err = {0};
    assert_true(config_explain("engine.max_hold_s", &text, &err));
    assert_string_equal(text_string(&text),
                        "engine.max_hold_s\n"
                        "  Closes a trade of this age; null: off.\n"
                        "  takes: a number from 0 to 1000000000 s, or null\n"
                        "  default: null\n");
    text_clear(&text);
    assert_true(config_explain("pairs.lot_b", &text, &err));
    assert_string_equal(text_string(&text), "pairs.lot_b\n"
                                            "  Quantity step on B.\n"
                                            "  takes: a number from 1e-8 to 1000000 coin\n"
                                            "  default: 0.001\n");
    text_clear(&text);
    assert_true(config_explain("alerts.rules.streak", &text, &err));
    assert_string_equal(text_string(&text), "alerts.rules.streak.enabled\n"
                                            "  The rule may raise.\n"
                                            "alerts.rules.streak.enter\n"
                                            "  Losses in a row on one pair.\n"
                                            "alerts.rules.streak.enter_high\n"
                                            "  HIGH: losses in a row over all pairs.\n");
    text_clear(&text);
    assert_false(config_explain("engine.max_hold", &text, &err));
    assert_string_equal(err.text, "'engine.max_hold' is not a known key (did you mean "
                                  "'engine.max_hold_s'?)");
    assert_int_equal(text.length, 0);
    text_finish(&text);
}

/* Goal: every key that can be listed can be explained. */
static void explains_every_key(void **state)
{
    struct config config;
    struct text list = text_growing();
    config_defaults(&config);
    config_list(&config, &list);
    int explained = 0;
    for (char *line = strtok(list.data, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        *strstr(line, " =") = '\0';
        if (strncmp(line, "pairs[", 6) == 0) {
            continue;
        }
        struct text text = text_growing();
        struct err err = {0};
        assert_true(config_explain(line, &text, &err));
        assert_int_equal(strncmp(text_string(&text), line, strlen(line)), 0);
        text_finish(&text);
        explained++;
    }
    assert_true(explained > 100);
    text_finish(&list);
}

/* Goal: what a session was started with can be had again from the lines it left. */
static void recalls_what_it_listed(void **state)
{
    struct rng rng;
    rng_seed(&rng, 9, rng_salt("config recall"));
    for (int round = 0; round < 60; round++) {
        struct config config;
        struct config back;
        struct err err = {0};
        struct text listed = text_growing();
        struct text again = text_growing();
        config_defaults(&config);
        config_defaults(&back);
        shake(&config, &rng);
        config_list(&config, &listed);
        if (!config_recall(&back, text_string(&listed), &err)) {
            fail_msg("%s", err.text);
        }
        config_list(&back, &again);
        assert_string_equal(text_string(&again), text_string(&listed));
        text_finish(&listed);
        text_finish(&again);
    }
}

/* Goal: a line that is none is named, and nothing is changed. */
static void names_the_line_it_cannot_recall(void **state)
{
    static const struct {
        const char *lines, *says;
    } cases[] = {
        {"nonsense", "'nonsense' is not 'key = value'"},
        {"engine.min_spread = 3", "'engine.min_spread' is no key of this build"},
        {"engine.min_spread_bps = x", "engine.min_spread_bps: 'x'"},
        {"pairs[99] = A", "is not a place of a pair"},
        {"pairs[0] = BTC KRW-BTC BTCUSDT x", "pairs[0]: "},
    };
    struct config config;
    struct config before;
    config_defaults(&config);
    config_defaults(&before);
    for (size_t i = 0; i < LEN(cases); i++) {
        struct err err = {0};
        assert_false(config_recall(&config, cases[i].lines, &err));
        if (strstr(err.text, cases[i].says) == NULL) {
            fail_msg("'%s' does not say '%s'", err.text, cases[i].says);
        }
        assert_memory_equal(&config, &before, sizeof config);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_default_file_current),
        cmocka_unit_test(reads_back_what_it_prints),
        cmocka_unit_test(recalls_what_it_listed),
        cmocka_unit_test(names_the_line_it_cannot_recall),
        cmocka_unit_test(quotes_text_it_prints),
        cmocka_unit_test(lists_keys_and_values),
        cmocka_unit_test(explains_a_key),
        cmocka_unit_test(explains_every_key),
    };
    return cmocka_run_group_tests_name("config/print", tests, NULL, NULL);
}
