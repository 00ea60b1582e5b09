#include "support/check.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../src/cli/doctor.h"
#include "store/state_dir.h"

struct place {
    char folder[64];
    char state[80];
    struct config config;
    struct finding findings[DOCTOR_FINDINGS];
};

static int make_place(void **state)
{
    static struct place place;
    strcpy(place.folder, "/tmp/arblite-doctor-XXXXXX");
    if (mkdtemp(place.folder) == NULL) {
        return -1;
    }
    snprintf(place.state, sizeof place.state, "%s/state", place.folder);
    config_defaults(&place.config);
    *state = &place;
    return 0;
}

static int clear_place(void **state)
{
    char command[128];
    const struct place *place = *state;
    snprintf(command, sizeof command, "rm -rf '%s'", place->folder);
    return system(command);
}

static const struct finding *look(struct place *place, const char *name)
{
    const struct doctor doctor = {.state_dir = place->state, .config = &place->config};
    doctor_look(&doctor, place->findings);
    for (size_t i = 0; i < DOCTOR_FINDINGS; i++) {
        if (strcmp(place->findings[i].name, name) == 0) {
            return &place->findings[i];
        }
    }
    fail_msg("no finding '%s'", name);
    return NULL;
}

/* Goal: looking makes nothing. */
static void leaves_no_trace(void **state)
{
    struct place *place = *state;
    assert_int_equal(look(place, "state folder")->state, FINDING_OK);
    assert_non_null(strstr(look(place, "state folder")->text, "will be made"));
    assert_int_equal(access(place->state, F_OK), -1);
    assert_string_equal(look(place, "journal")->text, "none yet");
    assert_string_equal(look(place, "session")->text, "none running");
}

/* Goal: what would stop a session fails, with what to do. */
static void fails_on_a_folder_that_is_a_file(void **state)
{
    struct place *place = *state;
    FILE *file = fopen(place->state, "w");
    fclose(file);
    const struct finding *finding = look(place, "state folder");
    assert_int_equal(finding->state, FINDING_FAIL);
    assert_non_null(strstr(finding->text, "is not a folder"));
    assert_string_not_equal(finding->advice, "");
}

/* Goal: a folder others can read is pointed out. */
static void warns_of_an_open_folder(void **state)
{
    struct place *place = *state;
    assert_int_equal(mkdir(place->state, 0700), 0);
    assert_int_equal(look(place, "state folder")->state, FINDING_OK);
    assert_int_equal(chmod(place->state, 0755), 0);
    assert_int_equal(look(place, "state folder")->state, FINDING_WARN);
}

/* Goal: a running session and an engaged kill switch are seen from outside. */
static void sees_the_session_and_the_kill_switch(void **state)
{
    struct place *place = *state;
    struct state_dir dir;
    struct err err = {0};
    char expected[64];
    assert_true(state_dir_find(&dir, place->state, &err));
    assert_true(state_dir_create(&dir, &err));
    assert_true(state_dir_lock(&dir, &err));
    assert_true(state_dir_engage_kill(&dir, "test", "", &err));
    snprintf(expected, sizeof expected, "running, pid %d", (int)getpid());
    assert_string_equal(look(place, "session")->text, expected);
    assert_int_equal(look(place, "kill switch")->state, FINDING_WARN);
    state_dir_unlock(&dir);
    assert_string_equal(look(place, "session")->text, "none running");
}

/* Goal: a journal that is none is found before a session trusts it. */
static void fails_on_a_damaged_journal(void **state)
{
    struct place *place = *state;
    struct state_dir dir;
    struct err err = {0};
    assert_true(state_dir_find(&dir, place->state, &err));
    assert_true(state_dir_create(&dir, &err));
    FILE *file = fopen(dir.journal, "w");
    fputs(
        "this is no database, only some text of more than a hundred bytes, so that SQLite has "
        "a whole header to be unhappy about",
        file);
    fclose(file);
    assert_int_equal(look(place, "journal")->state, FINDING_FAIL);
}

/* Goal: the disk limits are those of the journal's alarm, and a zone must have its data. */
static void measures_by_the_config(void **state)
{
    struct place *place = *state;
    struct config_alarm *rule = &place->config.alerts.rules[CONFIG_ALARM_JOURNAL];
    assert_int_equal(look(place, "day zone")->state, FINDING_OK);
    rule->second = 1e9;
    rule->second_high = 0.0;
    assert_int_equal(look(place, "free disk")->state, FINDING_WARN);
    rule->second_high = 1e9;
    assert_int_equal(look(place, "free disk")->state, FINDING_FAIL);
    strcpy(place->config.session.day_zone, "Mars/Olympus");
    assert_int_equal(look(place, "day zone")->state, FINDING_FAIL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(leaves_no_trace, make_place, clear_place),
        cmocka_unit_test_setup_teardown(fails_on_a_folder_that_is_a_file, make_place,
                                        clear_place),
        cmocka_unit_test_setup_teardown(warns_of_an_open_folder, make_place, clear_place),
        cmocka_unit_test_setup_teardown(sees_the_session_and_the_kill_switch, make_place,
                                        clear_place),
        cmocka_unit_test_setup_teardown(fails_on_a_damaged_journal, make_place, clear_place),
        cmocka_unit_test_setup_teardown(measures_by_the_config, make_place, clear_place),
    };
    return cmocka_run_group_tests_name("cli/doctor", tests, NULL, NULL);
}
