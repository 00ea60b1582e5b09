#include "support/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../src/cli/doctor.h"
#include "base/clock.h"
#include "base/text.h"
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

/* Goal: whether the level of the premium moves, and what that makes an entry wait for. By
 * SPEC.md, without a memory nothing warms up unless a time is given; with one, one memory by
 * default. */
static void tells_what_warms_up(void **state)
{
    static const struct {
        double tau_s, warmup_s;
        enum finding_state expected;
        const char *words;
    } cases[] = {
        {0, NAN, FINDING_WARN, "is engine.baseline_bps, 12.5, always; no warm-up"},
        {0, 60, FINDING_WARN, "always; no entry in its first 60 s"},
        {14400, NAN, FINDING_OK, "a memory of 14400 s; no entry in its first 14400 s"},
        {14400, 3600, FINDING_OK, "a memory of 14400 s; no entry in its first 3600 s"},
        {14400, 0, FINDING_OK, "a memory of 14400 s; no warm-up"},
    };
    struct place *place = *state;
    for (size_t i = 0; i < LEN(cases); i++) {
        place->config.engine.baseline_bps = 12.5;
        place->config.engine.baseline_tau_s = cases[i].tau_s;
        place->config.engine.baseline_warmup_s = cases[i].warmup_s;
        const struct finding *finding = look(place, "baseline");
        assert_int_equal(finding->state, cases[i].expected);
        assert_non_null(strstr(finding->text, cases[i].words));
    }
}

static void live_at(struct config *config, const char *rest, const char *socket)
{
    config_defaults(config);
    text_cut(config->live.upbit_rest_url, sizeof config->live.upbit_rest_url, "%s", rest);
    text_cut(config->live.binance_rest_url, sizeof config->live.binance_rest_url, "%s", rest);
    text_cut(config->live.upbit_socket_url, sizeof config->live.upbit_socket_url, "%s", socket);
    text_cut(config->live.binance_public_url, sizeof config->live.binance_public_url, "%s",
             socket);
    text_cut(config->live.binance_market_url, sizeof config->live.binance_market_url, "%s",
             socket);
}

/* Goal: venues that nobody answers for are told of at once, each with what to do. */
static void says_which_venue_cannot_be_reached(void **state)
{
    struct config config;
    struct finding findings[DOCTOR_LIVE_FINDINGS];
    live_at(&config, "http://127.0.0.1:1", "ws://127.0.0.1:1/socket");
    const int64_t began_ns = clock_monotonic_ns();
    doctor_look_live(&config, findings);
    assert_true(clock_monotonic_ns() - began_ns < 5 * CLOCK_NS_PER_S);
    for (int i = 0; i < DOCTOR_LIVE_FINDINGS; i++) {
        assert_int_equal(findings[i].state, FINDING_FAIL);
        const bool is_socket = strstr(findings[i].name, "ws") != NULL ||
                               strcmp(findings[i].name, "binance mark") == 0;
        const char *address = is_socket ? "ws://127.0.0.1:1/socket: " : "http://127.0.0.1:1/";
        assert_ptr_equal(strstr(findings[i].text, address), findings[i].text);
        assert_non_null(strstr(findings[i].text, "connect"));
        assert_non_null(strstr(findings[i].advice, "firewall"));
    }
}

/* Goal: sockets pass a proxy by, as a session's do, and doctor looks the same way and says so;
 * requests ask the proxy, where nobody is. */
static void says_that_sockets_go_past_a_proxy(void **state)
{
    struct config config;
    struct finding findings[DOCTOR_LIVE_FINDINGS];
    config_defaults(&config);
    live_at(&config, "http://127.0.0.1:1", "ws://127.0.0.1:1/socket");
    setenv("http_proxy", "http://localhost:2", 1);
    doctor_look_live(&config, findings);
    unsetenv("http_proxy");
    for (int i = 0; i < DOCTOR_LIVE_FINDINGS; i++) {
        const bool is_socket = strncmp(findings[i].text, "ws:", 3) == 0;
        print_message("# %s\n", findings[i].text);
        assert_int_equal(findings[i].state, FINDING_FAIL);
        assert_int_equal(strstr(findings[i].text, "past the proxy of http_proxy") != NULL,
                         is_socket);
        assert_non_null(strstr(findings[i].text, is_socket ? "127.0.0.1 port 1" : "port 2"));
        assert_int_equal(strstr(findings[i].advice, "sockets go straight") != NULL, is_socket);
    }
}

/* A server that gives every client the same answer. */
struct stub {
    int fd;
    const char *answer;
    pthread_t thread;
    char rest[64], socket[64];
};

static void *answer_all(void *context)
{
    const struct stub *venue = context;
    char request[4096];
    for (int fd = accept(venue->fd, NULL, NULL); fd >= 0; fd = accept(venue->fd, NULL, NULL)) {
        if (read(fd, request, sizeof request) > 0) {
            assert_true(write(fd, venue->answer, strlen(venue->answer)) > 0);
        }
        close(fd);
    }
    return NULL;
}

static void stub_open(struct stub *venue, const char *answer)
{
    struct sockaddr_in here = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    venue->answer = answer;
    venue->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(venue->fd, (struct sockaddr *)&here, size), 0);
    assert_int_equal(listen(venue->fd, 16), 0);
    assert_int_equal(getsockname(venue->fd, (struct sockaddr *)&here, &size), 0);
    snprintf(venue->rest, sizeof venue->rest, "http://127.0.0.1:%d", ntohs(here.sin_port));
    snprintf(venue->socket, sizeof venue->socket, "ws://127.0.0.1:%d/ws", ntohs(here.sin_port));
    assert_int_equal(pthread_create(&venue->thread, NULL, answer_all, venue), 0);
}

static void stub_close(struct stub *venue)
{
    shutdown(venue->fd, SHUT_RDWR);
    pthread_join(venue->thread, NULL);
    close(venue->fd);
}

/* Goal: clock and limits come from what venues say; a clock far off is a warning, a ban a
 * failure. */
static void tells_clocks_and_limits_of_venues(void **state)
{
    static const struct {
        const char *answer;
        enum finding_state state;
        const char *words, *advice;
    } rows[] = {
        {"HTTP/1.1 200 OK\r\nX-MBX-USED-WEIGHT-1M: 31\r\nContent-Length: 2\r\n"
         "Connection: close\r\n\r\n{}",
         FINDING_OK, "request weight 31 used", ""},
        {"HTTP/1.1 200 OK\r\nContent-Length: 20\r\nConnection: close\r\n\r\n"
         "{\"serverTime\": 86400}",
         FINDING_WARN, "its clock -", "chrony"},
        {"HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", FINDING_FAIL,
         "status 418", "wait"},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        struct stub venue;
        struct config config;
        struct finding findings[DOCTOR_LIVE_FINDINGS];
        stub_open(&venue, rows[i].answer);
        live_at(&config, venue.rest, venue.socket);
        doctor_look_live(&config, findings);
        print_message("# %s\n", findings[2].text);
        assert_string_equal(findings[2].name, "binance");
        assert_int_equal(findings[2].state, rows[i].state);
        assert_non_null(strstr(findings[2].text, rows[i].words));
        assert_non_null(strstr(findings[2].advice, rows[i].advice));
        assert_int_not_equal(findings[1].state, FINDING_FAIL); /* any answer is a way there */
        stub_close(&venue);
    }
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
        cmocka_unit_test_setup_teardown(tells_what_warms_up, make_place, clear_place),
        cmocka_unit_test(says_which_venue_cannot_be_reached),
        cmocka_unit_test(says_that_sockets_go_past_a_proxy),
        cmocka_unit_test(tells_clocks_and_limits_of_venues),
    };
    return cmocka_run_group_tests_name("cli/doctor", tests, NULL, NULL);
}
