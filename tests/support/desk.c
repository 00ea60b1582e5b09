#include "support/desk.h"

#include <dirent.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"

enum { COMMAND_MS = 60 * 1000 };

static const char *memory_folder(void)
{
    const char *given = getenv("TMPDIR");
    if (given != NULL) {
        return given;
    }
    return access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
}

int desk_open(void **state)
{
    struct desk *desk = mem_zalloc(sizeof *desk);
    *state = desk;
    text_cut(desk->folder, sizeof desk->folder, "%s/arblite-test-XXXXXX", memory_folder());
    assert_non_null(mkdtemp(desk->folder));
    text_cut(desk->state, sizeof desk->state, "%.200s/state", desk->folder);
    return 0;
}

void desk_remove(const char *path)
{
    char name[DESK_PATH_SIZE * 2];
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return;
    }
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        text_cut(name, sizeof name, "%s/%s", path, entry->d_name);
        const bool itself = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        if (!itself && unlink(name) != 0) {
            desk_remove(name);
        }
    }
    closedir(folder);
    rmdir(path);
}

int desk_close(void **state)
{
    struct desk *desk = *state;
    program_finish(&desk->host);
    program_finish(&desk->command);
    desk_remove(desk->state);
    desk_remove(desk->folder);
    mem_free(desk);
    return 0;
}

const char *desk_file(const struct desk *desk, char path[DESK_PATH_SIZE], const char *name,
                      const char *text)
{
    text_cut(path, DESK_PATH_SIZE, "%.200s/%.40s", desk->folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
    return path;
}

__attribute__((format(printf, 3, 0))) static struct text
words_of(const struct desk *desk, const char *start, const char *format, va_list args)
{
    struct text words = text_growing();
    text_addf(&words, "--state-dir %s %s", desk->state, start);
    text_addv(&words, format, args);
    return words;
}

int desk_run(struct desk *desk, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct text words = words_of(desk, "", format, args);
    va_end(args);
    program_start(&desk->command, text_string(&words));
    text_finish(&words);
    return program_end(&desk->command, COMMAND_MS);
}

void desk_host(struct desk *desk, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct text words = words_of(desk, "paper --max-runtime-s 120 ", format, args);
    va_end(args);
    program_start(&desk->host, text_string(&words));
    text_finish(&words);
}

void desk_host_ready(struct desk *desk)
{
    char path[DESK_PATH_SIZE * 2];
    text_cut(path, sizeof path, "%s/session.sock", desk->state);
    const int64_t until_ns = clock_monotonic_ns() + DESK_HOST_MS * (int64_t)CLOCK_NS_PER_MS;
    while (desk_run(desk, "status") != 0 ||
           strstr(program_said(&desk->command, PROGRAM_OUT), ", pid ") == NULL) {
        if (clock_monotonic_ns() > until_ns) {
            fail_msg("no host came up: %s", program_said(&desk->host, PROGRAM_MESSAGES));
        }
        program_listen(&desk->host, 2 * (int64_t)CLOCK_NS_PER_MS);
    }
}

void desk_hears(struct desk *desk, const char *line)
{
    if (!program_says(&desk->host, PROGRAM_OUT, line, DESK_HOST_MS)) {
        fail_msg("the host did not say '%s' but:\n%s\n%s", line,
                 program_said(&desk->host, PROGRAM_OUT),
                 program_said(&desk->host, PROGRAM_MESSAGES));
    }
}

int desk_host_end(struct desk *desk)
{
    return program_end(&desk->host, COMMAND_MS);
}

void desk_host_kill(struct desk *desk)
{
    program_signal(&desk->host, SIGKILL);
    assert_int_equal(desk_host_end(desk), -SIGKILL);
}

json_t *desk_status(struct desk *desk)
{
    json_error_t error;
    if (desk_run(desk, "status --json") != 0) {
        fail_msg("status: %s", program_said(&desk->command, PROGRAM_MESSAGES));
    }
    json_t *status = json_loads(program_said(&desk->command, PROGRAM_OUT), 0, &error);
    if (status == NULL) {
        fail_msg("status --json is no JSON: %s", error.text);
    }
    return status;
}

const json_t *desk_at(const json_t *document, const char *path)
{
    const json_t *at = document;
    for (const char *from = path; *from != '\0' && at != NULL;) {
        const size_t length = strcspn(from, ".");
        uint64_t index = 0;
        at = num_parse_uint64(from, length, &index) ? json_array_get(at, (size_t)index)
                                                    : json_object_getn(at, from, length);
        from += length + (from[length] == '.' ? 1 : 0);
    }
    if (at == NULL) {
        fail_msg("'%s' is not there", path);
    }
    return at;
}

double desk_number(const json_t *document, const char *path)
{
    const json_t *value = desk_at(document, path);
    assert_true(json_is_number(value));
    return json_number_value(value);
}

bool desk_flag(const json_t *document, const char *path)
{
    const json_t *value = desk_at(document, path);
    assert_true(json_is_boolean(value));
    return json_is_true(value);
}

const char *desk_word(const json_t *document, const char *path)
{
    const json_t *value = desk_at(document, path);
    assert_true(json_is_string(value) || json_is_null(value));
    return json_is_string(value) ? json_string_value(value) : "";
}

static sqlite3_stmt *ask_journal(const struct desk *desk, const char *sql)
{
    char path[DESK_PATH_SIZE * 2];
    sqlite3 *database = NULL;
    sqlite3_stmt *statement = NULL;
    text_cut(path, sizeof path, "%s/journal.sqlite", desk->state);
    assert_int_equal(sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    sqlite3_busy_timeout(database, 5000);
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(database));
    }
    return statement;
}

static void end_question(sqlite3_stmt *statement)
{
    sqlite3 *database = sqlite3_db_handle(statement);
    sqlite3_finalize(statement);
    sqlite3_close(database);
}

int64_t desk_rows(const struct desk *desk, const char *sql)
{
    sqlite3_stmt *statement = ask_journal(desk, sql);
    if (sqlite3_step(statement) != SQLITE_ROW) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(sqlite3_db_handle(statement)));
    }
    const int64_t number = sqlite3_column_int64(statement, 0);
    end_question(statement);
    return number;
}

json_t *desk_table(const struct desk *desk, const char *sql)
{
    sqlite3_stmt *statement = ask_journal(desk, sql);
    json_t *rows = json_array();
    while (sqlite3_step(statement) == SQLITE_ROW) {
        json_t *row = json_loads((const char *)sqlite3_column_text(statement, 0), 0, NULL);
        assert_non_null(row);
        json_array_append_new(rows, row);
    }
    end_question(statement);
    return rows;
}

void desk_was_told(const struct desk *desk, const char *words)
{
    const char *messages = program_said(&desk->command, PROGRAM_MESSAGES);
    if (strstr(messages, words) == NULL) {
        fail_msg("'%s' is not among: %s", words, messages);
    }
}

int desk_count(const char *text, const char *what)
{
    int count = 0;
    for (const char *at = strstr(text, what); at != NULL; at = strstr(at + 1, what)) {
        count++;
    }
    return count;
}
