#include "support/check.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/log.h"

/* What stands behind level and time, both of which are checked on the way. */
static const char *after_time(const char *line, const char *level)
{
    const size_t name = strlen(level);
    assert_memory_equal(line, level, name);
    assert_int_equal(line[name], ' ');
    int64_t time_ns;
    assert_true(calendar_parse(line + name + 1, 24, &time_ns));
    assert_int_equal(line[name + 25], ' ');
    return line + name + 26;
}

static void writes_level_time_module_text(void **state)
{
    char *text = NULL;
    size_t size = 0;
    FILE *sink = open_memstream(&text, &size);
    log_open(sink, LOG_INFO);
    log_info("market", "gap=%d", 3);
    assert_string_equal(after_time(text, "info"), "market: gap=3\n");
    log_open(NULL, LOG_WARN);
    fclose(sink);
    free(text);
}

static void keeps_quiet_below_its_level(void **state)
{
    static const struct {
        enum log_level level;
        const char *first_letters;
    } cases[] = {{LOG_ERROR, "e"}, {LOG_WARN, "ew"}, {LOG_INFO, "ewi"}, {LOG_DEBUG, "ewid"}};
    for (size_t i = 0; i < LEN(cases); i++) {
        char *text = NULL;
        size_t size = 0;
        FILE *sink = open_memstream(&text, &size);
        log_open(sink, cases[i].level);
        log_error("m", "x");
        log_warn("m", "x");
        log_info("m", "x");
        log_debug("m", "x");
        char letters[8] = "";
        size_t count = 0;
        for (const char *at = text; at != NULL && *at != '\0'; at = strchr(at, '\n') + 1) {
            letters[count++] = *at;
        }
        assert_string_equal(letters, cases[i].first_letters);
        log_open(NULL, LOG_WARN);
        fclose(sink);
        free(text);
    }
}

/* Goal: whatever the arguments hold, one call is one line and no terminal acts on it. */
static void keeps_one_call_on_one_line(void **state)
{
    char *text = NULL;
    size_t size = 0;
    FILE *sink = open_memstream(&text, &size);
    log_open(sink, LOG_WARN);
    log_warn("venue", "said '%s'", "a\nerror: forged\r\033[2J\xff");
    assert_string_equal(after_time(text, "warn"),
                        "venue: said 'a\\x0aerror: forged\\x0d\\x1b[2J\\xff'\n");
    log_open(NULL, LOG_WARN);
    fclose(sink);
    free(text);
}

static void says_when_it_cut_a_text(void **state)
{
    char huge[10000];
    memset(huge, '\n', sizeof(huge) - 1);
    huge[sizeof(huge) - 1] = '\0';
    char *text = NULL;
    size_t size = 0;
    FILE *sink = open_memstream(&text, &size);
    log_open(sink, LOG_WARN);
    log_error("m", "%s", huge);
    assert_string_equal(text + size - 11, "\\x0a [cut]\n");
    assert_ptr_equal(strchr(text, '\n'), text + size - 1);
    log_open(NULL, LOG_WARN);
    fclose(sink);
    free(text);
}

static void knows_its_levels_by_name(void **state)
{
    enum log_level level = LOG_ERROR;
    assert_true(log_parse_level("debug", &level));
    assert_int_equal(level, LOG_DEBUG);
    assert_true(log_parse_level("warn", &level));
    assert_int_equal(level, LOG_WARN);
    assert_false(log_parse_level("Info", &level));
    assert_false(log_parse_level("", &level));
    assert_int_equal(level, LOG_WARN);
}

/* Goal: nobody waits for a pipe that nobody reads; what is missing is said once it is read. */
static void waits_for_no_reader(void **state)
{
    static char bytes[1 << 20];
    int ends[2];
    size_t size = 0;
    assert_int_equal(pipe(ends), 0);
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    while (write(ends[1], bytes, 4096) > 0) {
    }
    fcntl(ends[1], F_SETFL, 0);
    FILE *sink = fdopen(ends[1], "w");
    log_open(sink, LOG_WARN);
    log_warn("m", "never");
    log_warn("m", "neither");
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    while (read(ends[0], bytes, sizeof(bytes)) > 0) {
    }
    log_warn("m", "now");
    for (ssize_t got = 1; got > 0; size += got > 0 ? (size_t)got : 0) {
        got = read(ends[0], bytes + size, sizeof(bytes) - 1 - size);
    }
    bytes[size] = '\0';
    char *second = strchr(bytes, '\n') + 1;
    assert_string_equal(after_time(second, "warn"), "m: now\n");
    *second = '\0';
    assert_string_equal(after_time(bytes, "warn"), "log: 2 lines before this one were lost\n");
    log_open(NULL, LOG_WARN);
    fclose(sink);
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_level_time_module_text),
        cmocka_unit_test(keeps_quiet_below_its_level),
        cmocka_unit_test(keeps_one_call_on_one_line),
        cmocka_unit_test(says_when_it_cut_a_text),
        cmocka_unit_test(knows_its_levels_by_name),
        cmocka_unit_test(waits_for_no_reader),
    };
    return cmocka_run_group_tests_name("base/log", tests, NULL, NULL);
}
