#include "fake_host.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

static void gives_the_newest_snapshot(void **state)
{
    tell(PUBLISH);
    struct port *port = attach(WIRE_ACTS);
    const struct snapshot *got = port_socket_wait(port, 1000, &err);
    assert_non_null(got);
    assert_int_equal(got->sequence, 1);
    assert_false(got->read_only);
    for (int i = 0; i < 20; i++) {
        tell(PUBLISH);
    }
    struct pollfd wait = {.fd = port->ops->fd(port), .events = POLLIN};
    for (int i = 0; i < 100 && port->ops->snapshot(port)->sequence < 21; i++) {
        poll(&wait, 1, 1000);
        assert_true(port->ops->pump(port, &err));
    }
    assert_int_equal(port->ops->snapshot(port)->sequence, 21);
    port->ops->close(port);
}

static void answers_commands_in_order(void **state)
{
    struct command command = {.kind = COMMAND_PAUSE, .number = 5, .value = 0.5};
    struct command_result result;
    snprintf(command.text, sizeof(command.text), "words");
    snprintf(command.operator_name, sizeof(command.operator_name), "jk");
    struct port *port = attach(WIRE_ACTS);
    assert_false(port->ops->take_result(port, &result));
    assert_true(port->ops->send(port, &command, &err));
    command.kind = COMMAND_RESUME;
    assert_true(port_socket_request(port, &command, &result, 1000, &err));
    assert_false(result.done);
    assert_string_equal(result.text, "command 2");
    /* The first answer is still there for whoever asks. */
    assert_true(port->ops->take_result(port, &result));
    assert_true(result.done);
    assert_string_equal(result.text, "command 1");
    assert_false(port->ops->take_result(port, &result));
    tell(COUNT);
    assert_int_equal(host.last.number, 5);
    assert_true(host.last.value == 0.5);
    assert_string_equal(host.last.text, "words");
    assert_string_equal(host.last.operator_name, "jk");
    port->ops->close(port);
}

static void lets_a_read_only_console_look_and_not_act(void **state)
{
    const struct command command = {.kind = COMMAND_PAUSE};
    struct command_result result;
    tell(PUBLISH);
    struct port *port = attach(WIRE_LOOKS);
    struct port *other = attach(WIRE_ACTS);
    assert_true(port_socket_wait(port, 1000, &err)->read_only);
    assert_false(port_socket_wait(other, 1000, &err)->read_only);
    assert_true(port_socket_request(port, &command, &result, 1000, &err));
    assert_false(result.done);
    assert_non_null(strstr(result.text, "read-only"));
    tell(COUNT);
    assert_int_equal(host.commands, 0);
    port->ops->close(port);
    other->ops->close(other);
}

/* Goal: of two consoles the first acts and the second looks until the first leaves; a command
 * line acts beside both, and the kill switch works from each. */
static void lets_one_console_act_at_a_time(void **state)
{
    struct command pause = {.kind = COMMAND_PAUSE};
    const struct command stop = {.kind = COMMAND_KILL};
    struct command_result result;
    tell(PUBLISH);
    struct port *first = attach(WIRE_SITS);
    struct port *second = attach(WIRE_SITS);
    struct port *words = attach(WIRE_ACTS);
    assert_false(port_socket_wait(first, 1000, &err)->read_only);
    assert_true(port_socket_wait(second, 1000, &err)->read_only);
    assert_false(port_socket_wait(words, 1000, &err)->read_only);
    assert_true(port_socket_request(second, &pause, &result, 1000, &err));
    assert_false(result.done);
    assert_non_null(strstr(result.text, "another one acts"));
    assert_int_equal(tell(COUNT), 3);
    assert_int_equal(host.commands, 0);
    assert_true(port_socket_request(second, &stop, &result, 1000, &err));
    assert_true(port_socket_request(words, &pause, &result, 1000, &err));
    assert_true(port_socket_request(first, &pause, &result, 1000, &err));
    tell(COUNT);
    assert_int_equal(host.commands, 3);

    first->ops->close(first);
    while (tell(COUNT) == 3) {
    }
    assert_true(port_socket_request(second, &pause, &result, 1000, &err));
    assert_true(result.done);
    assert_false(port_socket_wait(second, 1000, &err)->read_only);
    second->ops->close(second);
    words->ops->close(words);
}

/* Goal: a kill is on disk before the host hears of it, for a host may hang or be killed first;
 * one who may only look leaves none. */
static void leaves_the_kill_flag_itself(void **state)
{
    struct command command = {.kind = COMMAND_KILL};
    snprintf(command.operator_name, sizeof(command.operator_name), "jk");
    struct port *looks = attach(WIRE_LOOKS);
    assert_true(looks->ops->send(looks, &command, &err));
    assert_false(state_dir_kill_engaged(&host.dir));
    struct port *sits = attach(WIRE_SITS);
    command.kind = COMMAND_PAUSE;
    assert_true(sits->ops->send(sits, &command, &err));
    assert_false(state_dir_kill_engaged(&host.dir));
    command.kind = COMMAND_KILL;
    assert_true(sits->ops->send(sits, &command, &err));
    assert_true(state_dir_kill_engaged(&host.dir)); /* the fake host makes none */
    looks->ops->close(looks);
    sits->ops->close(sits);
}

static void gives_pages(void **state)
{
    const struct page_query query = {.kind = PAGE_TRADES, .count = 200};
    const struct page_query other = {.kind = PAGE_AUDIT, .count = 1};
    struct port *port = attach(WIRE_ACTS);
    assert_null(port->ops->page(port, PAGE_TRADES));
    const struct page *page = port_socket_query(port, &query, 1000, &err);
    assert_non_null(page);
    assert_int_equal(page->count, 200);
    assert_int_equal(page->total, 777);
    assert_int_equal(page->trades[199].trade.id, 200);
    assert_ptr_equal(port->ops->page(port, PAGE_TRADES), page);
    assert_int_equal(port_socket_query(port, &other, 1000, &err)->query.kind, PAGE_AUDIT);
    assert_int_equal(port->ops->page(port, PAGE_TRADES)->count, 200);
    tell(COUNT);
    host.deny_pages = true;
    assert_null(port_socket_query(port, &query, 1000, &err));
    assert_string_equal(err.text, "no such page today");
    port->ops->close(port);
}

static void says_when_no_session_is_there(void **state)
{
    struct port *port = attach(WIRE_ACTS);
    end_host("the session was ended by jk");
    assert_false(port->ops->pump(port, &err));
    assert_string_equal(err.text, "the session was ended by jk");
    assert_int_equal(err.kind, ERR_ENDED);
    const struct command command = {.kind = COMMAND_KILL};
    assert_false(port->ops->send(port, &command, &err));
    port->ops->close(port);
    assert_int_equal(access(host.dir.socket, F_OK), -1);
    assert_false(port_socket_open(&port, &host.dir, WIRE_ACTS, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.text, "no session is running in"));
    assert_non_null(strstr(err.text, folder));
}

/* Goal: a host on its way out, which still lets us knock, is no session. */
static void says_so_of_a_session_that_goes_while_we_knock(void **state)
{
    const struct server_calls calls = {on_command, on_page, &host, NULL};
    struct port *port = NULL;
    int status = 0;
    end_host(NULL);
    assert_true(server_open(&host.server, host.loop, &host.dir, &calls, &err));
    const pid_t child = fork();
    if (child == 0) {
        /* Nobody accepts in time; the listener goes with the knock in its queue. This
         * process may not keep it alive. */
        for (int fd = 3; fd < 64; fd++) {
            close(fd);
        }
        const bool opened = port_socket_open(&port, &host.dir, WIRE_ACTS, &err);
        _exit(!opened && err.kind == ERR_INPUT &&
                      strstr(err.text, "no session is running in") != NULL
                  ? 0
                  : 1);
    }
    const struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};
    nanosleep(&pause, NULL);
    server_close(host.server, "bye", false);
    host.server = NULL;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* Goal: a socket file that a dead host left is replaced; one is not taken over without the
 * lock, and what is no socket is never removed. */
static void replaces_only_a_socket_that_belongs_to_nobody(void **state)
{
    const struct server_calls calls = {on_command, on_page, &host, NULL};
    struct server *server = NULL;
    struct stat status;
    end_host(NULL);
    const int stale = socket(AF_UNIX, SOCK_STREAM, 0);
    const struct sockaddr_un name = socket_name();
    assert_int_equal(bind(stale, (const struct sockaddr *)&name, sizeof(name)), 0);
    close(stale);
    struct state_dir unlocked = host.dir;
    unlocked.lock_fd = -1;
    assert_false(server_open(&server, host.loop, &unlocked, &calls, &err));
    assert_int_equal(access(host.dir.socket, F_OK), 0);
    assert_true(server_open(&server, host.loop, &host.dir, &calls, &err));
    assert_int_equal(stat(host.dir.socket, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    server_close(server, NULL, false);

    close(open(host.dir.socket, O_CREAT | O_WRONLY, 0600));
    assert_false(server_open(&server, host.loop, &host.dir, &calls, &err));
    assert_int_equal(err.kind, ERR_REFUSED);
    assert_int_equal(access(host.dir.socket, F_OK), 0);
}

static void refuses_one_console_too_many(void **state)
{
    struct port *ports[SERVER_CLIENTS_MAX];
    struct port *extra = NULL;
    for (int i = 0; i < SERVER_CLIENTS_MAX; i++) {
        ports[i] = attach(i % 2 == 0);
    }
    assert_int_equal(tell(COUNT), SERVER_CLIENTS_MAX);
    assert_false(port_socket_open(&extra, &host.dir, WIRE_ACTS, &err));
    assert_int_equal(err.kind, ERR_REFUSED);
    assert_string_equal(err.text, "16 consoles are attached already, which is the limit");
    ports[3]->ops->close(ports[3]);
    while (tell(COUNT) == SERVER_CLIENTS_MAX) {
    }
    ports[3] = attach(WIRE_ACTS);
    for (int i = 0; i < SERVER_CLIENTS_MAX; i++) {
        ports[i]->ops->close(ports[i]);
    }
}

/* Goal: a socket address holds 107 bytes; a state folder's path may be longer. */
static void works_under_a_long_path(void **state)
{
    char path[2 * FOLDER_PATH_SIZE];
    char lock[2 * FOLDER_PATH_SIZE + 8];
    const struct server_calls calls = {on_command, on_page, &host, NULL};
    struct port *port = NULL;
    end_host(NULL);
    state_dir_unlock(&host.dir);
    snprintf(path, sizeof(path), "%s/%0120d", folder, 7);
    snprintf(lock, sizeof(lock), "%s/lock", path);
    assert_true(state_dir_find(&host.dir, path, &err));
    assert_true(state_dir_create(&host.dir, &err));
    assert_true(state_dir_lock(&host.dir, &err));
    assert_true(strlen(host.dir.socket) > 107);
    assert_true(server_open(&host.server, host.loop, &host.dir, &calls, &err));
    assert_int_equal(pthread_create(&host.thread, NULL, run_host, &host), 0);
    port = attach(WIRE_ACTS);
    tell(PUBLISH);
    assert_non_null(port_socket_wait(port, 1000, &err));
    port->ops->close(port);
    end_host(NULL);
    state_dir_unlock(&host.dir);
    assert_int_equal(unlink(lock), 0);
    assert_int_equal(rmdir(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOST_TEST(gives_the_newest_snapshot),
        HOST_TEST(answers_commands_in_order),
        HOST_TEST(lets_a_read_only_console_look_and_not_act),
        HOST_TEST(lets_one_console_act_at_a_time),
        HOST_TEST(leaves_the_kill_flag_itself),
        HOST_TEST(gives_pages),
        HOST_TEST(says_when_no_session_is_there),
        HOST_TEST(says_so_of_a_session_that_goes_while_we_knock),
        HOST_TEST(replaces_only_a_socket_that_belongs_to_nobody),
        HOST_TEST(refuses_one_console_too_many),
        HOST_TEST(works_under_a_long_path),
    };
    return cmocka_run_group_tests_name("run/port_socket", tests, NULL, NULL);
}
