#include "support/check.h"

#include "base/mem.h"
#include "base/rng.h"
#include "config/config.h"
#include "io/file.h"

/* Each NAME.yaml has its whole report, written by hand, in NAME.expected beside it. */
static const char *const NAMES[] = {
    "addresses",      "alias",         "control_characters",
    "duplicate",      "not_a_mapping", "not_yaml",
    "out_of_range",   "pairs",         "null_where_not_allowed",
    "too_many_pairs", "unknown_key",   "unknown_section",
    "wrong_type",
};

static char *read(const char *name, const char *end, size_t *length)
{
    char path[1024];
    char *bytes = NULL;
    struct err err = {0};
    snprintf(path, sizeof path, "%s/%s%s", BAD_FILES, name, end);
    if (!file_read(path, 1 << 20, &bytes, length, &err)) {
        fail_msg("%s", err.text);
    }
    return bytes;
}

/* Goal: every mistake is told at once, in order of line, exactly so, and changes nothing. */
static void tells_every_mistake_of_a_file(void **state)
{
    for (size_t i = 0; i < LEN(NAMES); i++) {
        char name[64];
        size_t length = 0;
        size_t expected_length = 0;
        char *yaml = read(NAMES[i], ".yaml", &length);
        char *expected = read(NAMES[i], ".expected", &expected_length);
        snprintf(name, sizeof name, "%s.yaml", NAMES[i]);

        struct config config;
        struct config before;
        config_defaults(&config);
        memcpy(&before, &config, sizeof before);
        struct text report = text_growing();
        struct err err = {0};
        print_message("# %s\n", name);
        assert_false(config_load_text(&config, name, yaml, length, &report, &err));
        assert_string_equal(text_string(&report), expected);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_memory_equal(&config, &before, sizeof before);
        text_finish(&report);
        mem_free(yaml);
        mem_free(expected);
    }
}

/* Goal: the summary counts, so that a caller can say how much there is to read. */
static void counts_the_mistakes(void **state)
{
    struct config config;
    config_defaults(&config);
    struct text report = text_growing();
    struct err err = {0};
    const char one[] = "fx: {price: low}\n";
    const char two[] = "fx: {price: low}\nengine: {cooldown_s: x}\n";
    assert_false(config_load_text(&config, "a.yaml", one, sizeof one - 1, &report, &err));
    assert_string_equal(err.text, "1 mistake in 'a.yaml'");
    assert_false(config_load_text(&config, "a.yaml", two, sizeof two - 1, &report, &err));
    assert_string_equal(err.text, "2 mistakes in 'a.yaml'");
    text_finish(&report);
}

/* Goal: a hostile file is read in bounded time and told in bounded length: 20,000 keys nobody
 * knows cost at most a hundred searches for a near one. */
static void bounds_what_a_hostile_file_costs(void **state)
{
    struct text yaml = text_growing();
    for (int i = 0; i < 20000; i++) {
        text_addf(&yaml, "key_number_%d: 1\n", i);
    }
    struct config config;
    config_defaults(&config);
    struct text report = text_growing();
    struct err err = {0};
    assert_false(
        config_load_text(&config, "h.yaml", text_string(&yaml), yaml.length, &report, &err));
    assert_string_equal(err.text, "20000 mistakes in 'h.yaml'");
    assert_non_null(strstr(text_string(&report), "h.yaml: and 19900 more\n"));
    assert_true(report.length < 20000);
    text_finish(&report);
    text_finish(&yaml);
}

/* Goal: a damaged file is read or refused with its report, whatever happened to it. Seeded; the
 * sanitizers watch. */
static void stands_a_damaged_file(void **state)
{
    size_t length = 0;
    char *whole = read("../../../configs/paper", ".yaml", &length);
    char *damaged = mem_array(length + 1, 1);
    struct rng rng;
    rng_seed(&rng, 3, rng_salt("damaged config"));
    int refused = 0;
    for (int round = 0; round < 400; round++) {
        memcpy(damaged, whole, length);
        const size_t kept = round % 4 == 0 ? rng_below(&rng, length) : length;
        for (uint64_t changes = rng_below(&rng, 4) + 1; changes > 0; changes--) {
            static const char BYTES[] = "\"'&*!|>{}[],:#-?%@`\n\t \xff\x00<~0eN";
            damaged[rng_below(&rng, length)] = BYTES[rng_below(&rng, sizeof BYTES)];
        }
        struct config config;
        struct text report = text_growing();
        struct err err = {0};
        config_defaults(&config);
        const bool loaded = config_load_text(&config, "d.yaml", damaged, kept, &report, &err);
        assert_int_equal(loaded, report.length == 0);
        assert_true(loaded || strncmp(text_string(&report), "d.yaml:", 7) == 0);
        refused += !loaded;
        text_finish(&report);
    }
    assert_true(refused > 100);
    mem_free(damaged);
    mem_free(whole);
}

/* Goal: a file that is not there, or too large, is an error with its name. */
static void names_a_file_it_cannot_read(void **state)
{
    struct config config;
    config_defaults(&config);
    struct text report = text_growing();
    struct err err = {0};
    assert_false(config_load(&config, BAD_FILES "/nowhere.yaml", &report, &err));
    assert_non_null(strstr(err.text, "nowhere.yaml"));
    assert_int_equal(report.length, 0);
    text_finish(&report);
}

/* Goal: one key from an option says the same as one in a file. */
static void sets_one_key_or_says_why_not(void **state)
{
    static const struct {
        const char *key, *value, *message;
    } cases[] = {
        {"engine.min_spread_bps", "abc",
         "engine.min_spread_bps: 'abc' is not a number (expected a number from 0 to 10000 bps, "
         "or "
         "null)"},
        {"engine.profile", "d37",
         "engine.profile: 'd37' is not known (expected one of exact, compat-d37, compat-d45)"},
        {"engine.max_open_trades", "null",
         "engine.max_open_trades: 'null' is not allowed here (expected a whole number from 1 "
         "to "
         "1024)"},
        {"engine.min_spred_bps", "5",
         "'engine.min_spred_bps' is not a known key (did you mean 'engine.min_spread_bps'?)"},
        {"cooldown_s", "5",
         "'cooldown_s' is not a known key (did you mean 'engine.cooldown_s'?)"},
        {"pairs.lot_b", "5", "pairs.lot_b: only a file can say it (expected one key)"},
        {"wibble", "5", "'wibble' is not a known key (see 'arblite config print')"},
    };
    struct config config;
    config_defaults(&config);
    for (size_t i = 0; i < LEN(cases); i++) {
        struct err err = {0};
        assert_false(config_set(&config, cases[i].key, cases[i].value, &err));
        assert_string_equal(err.text, cases[i].message);
    }
    struct err err = {0};
    assert_true(config_set(&config, "engine.profile", "compat-d45", &err));
    assert_int_equal(config.engine.profile, ENGINE_COMPAT_D45);
    assert_true(config_set(&config, "engine.stop_loss_bps", "0", &err));
    check_near(config.engine.stop_loss_bps, 0.0, 0.0);
    assert_true(config_set(&config, "engine.stop_loss_bps", "null", &err));
    assert_true(isnan(config.engine.stop_loss_bps));
    assert_true(config_set(&config, "alerts.rules.feed.gap.enter", "7", &err));
    check_near(config.alerts.rules[CONFIG_ALARM_FEED_GAP].enter, 7.0, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_every_mistake_of_a_file),
        cmocka_unit_test(counts_the_mistakes),
        cmocka_unit_test(bounds_what_a_hostile_file_costs),
        cmocka_unit_test(stands_a_damaged_file),
        cmocka_unit_test(names_a_file_it_cannot_read),
        cmocka_unit_test(sets_one_key_or_says_why_not),
    };
    return cmocka_run_group_tests_name("config/faults", tests, NULL, NULL);
}
