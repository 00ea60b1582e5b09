#include "db.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    WAL_KEPT_BYTES = 16 * 1024 * 1024,
};

static bool damaged(int code)
{
    return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

static enum reason fault_of(int code)
{
    if (damaged(code)) {
        return REASON_JOURNAL_CORRUPT;
    }
    switch (code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return REASON_JOURNAL_BUSY;
    case SQLITE_FULL:
        return REASON_JOURNAL_FULL;
    default:
        return REASON_JOURNAL_IOERR;
    }
}

bool db_fail(struct journal *journal, struct err *err)
{
    const int code = sqlite3_extended_errcode(journal->db) & 0xff;
    const int system = sqlite3_system_errno(journal->db);
    const char *text = sqlite3_errmsg(journal->db);
    const char *name = journal->kind->name;
    journal->fault = fault_of(code);
    switch (code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        err_set(err, ERR_IO, "%s is busy: another program has held it for over %d ms", name,
                DB_BUSY_MS);
        break;
    case SQLITE_FULL:
        err_set(err, ERR_IO, "%s is full: no space left for it", name);
        break;
    case SQLITE_READONLY:
        err_set(err, ERR_IO, "%s cannot be written: %s", name, text);
        break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        err_set(err, ERR_INPUT, "%s is damaged: %s (the file is kept as it is)", name, text);
        break;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        err_set(err, ERR_IO, "%s: %s%s%s", name, text, system != 0 ? ": " : "",
                system != 0 ? strerror(system) : "");
        break;
    default:
        err_set(err, ERR_INTERNAL, "%s: %s", name, text);
        break;
    }
    if (journal->in_transaction && journal->spoiled.kind == ERR_NONE) {
        journal->spoiled = *err;
    }
    if (damaged(code) || code == SQLITE_IOERR) {
        journal->broken = *err;
    }
    return false;
}

static bool execute(struct journal *journal, const char *sql, struct err *err)
{
    return sqlite3_exec(journal->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
           db_fail(journal, err);
}

/* The single number a statement gives. */
static bool ask_number(struct journal *journal, const char *sql, int64_t *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool fine = sqlite3_prepare_v2(journal->db, sql, -1, &statement, NULL) == SQLITE_OK &&
                sqlite3_step(statement) == SQLITE_ROW;
    if (fine) {
        *out = sqlite3_column_int64(statement, 0);
    } else {
        db_fail(journal, err);
    }
    sqlite3_finalize(statement);
    return fine;
}

static bool ask_text(struct journal *journal, const char *sql, char *out, size_t size,
                     struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool fine = sqlite3_prepare_v2(journal->db, sql, -1, &statement, NULL) == SQLITE_OK &&
                sqlite3_step(statement) == SQLITE_ROW;
    if (fine) {
        snprintf(out, size, "%s", (const char *)sqlite3_column_text(statement, 0));
    } else {
        db_fail(journal, err);
    }
    sqlite3_finalize(statement);
    return fine;
}

/* Rows are only ever added by our own code, so an empty schema without our mark is a file that
 * was created and not yet filled. */
static bool identify(struct journal *journal, int64_t *version, struct err *err)
{
    int64_t application = 0;
    int64_t tables = 0;
    if (!ask_number(journal, "PRAGMA application_id", &application, err) ||
        !ask_number(journal, "PRAGMA user_version", version, err) ||
        !ask_number(journal, "SELECT count(*) FROM sqlite_schema", &tables, err)) {
        return false;
    }
    if (application != journal->kind->application_id &&
        (application != 0 || *version != 0 || tables != 0)) {
        return err_set(err, ERR_INPUT,
                       "not a %s of arblite (application id %lld; the file is kept as it "
                       "is)",
                       journal->kind->name, (long long)application);
    }
    if (*version > journal->kind->version || *version < 0) {
        return err_set(err, ERR_INPUT,
                       "%s has version %lld, this build knows up to %d: use the newer "
                       "arblite that wrote it",
                       journal->kind->name, (long long)*version, journal->kind->version);
    }
    return true;
}

static bool refuse_damaged(struct journal *journal, const char *how, struct err *err)
{
    journal->fault = REASON_JOURNAL_CORRUPT;
    return err_set(err, ERR_INPUT, "%s is damaged: %s (the file is kept as it is)",
                   journal->kind->name, how);
}

/* SQLite reads a last page that is cut short as if zeros followed. While a log waits beside the
 * file that is how a power cut may leave it, and the log mends it; without one it is damage. */
static bool check_length(struct journal *journal, struct err *err)
{
    const char *name = sqlite3_db_filename(journal->db, "main");
    struct stat file;
    struct stat log;
    int64_t page_size = 0;
    if (!ask_number(journal, "PRAGMA page_size", &page_size, err)) {
        return false;
    }
    const bool logged = stat(sqlite3_filename_wal(name), &log) == 0 && log.st_size > 0;
    if (!logged && stat(name, &file) == 0 && file.st_size % page_size != 0) {
        return refuse_damaged(journal, "it ends in the middle of a page", err);
    }
    return true;
}

static bool check_whole(struct journal *journal, struct err *err)
{
    char verdict[256];
    int64_t strays = 0;
    if (!ask_text(journal, "PRAGMA quick_check(1)", verdict, sizeof(verdict), err)) {
        return false;
    }
    const bool whole = strcmp(verdict, "ok") == 0;
    if (whole &&
        !ask_number(journal, "SELECT count(*) FROM pragma_foreign_key_check", &strays, err)) {
        return false;
    }
    if (!whole || strays > 0) {
        return refuse_damaged(journal, whole ? "rows without what they belong to" : verdict,
                              err);
    }
    return true;
}

static bool migrate(struct journal *journal, struct err *err)
{
    int64_t version = 0;
    char mark[96];
    if (!execute(journal, "BEGIN IMMEDIATE", err) ||
        !ask_number(journal, "PRAGMA user_version", &version, err)) {
        return false;
    }
    while (version < journal->kind->version) {
        if (!execute(journal, journal->kind->steps[version], err)) {
            return err_wrap(err, "migration to version %lld", (long long)version + 1);
        }
        version++;
    }
    snprintf(mark, sizeof(mark), "PRAGMA application_id = %d; PRAGMA user_version = %d",
             journal->kind->application_id, journal->kind->version);
    return execute(journal, mark, err) && execute(journal, "COMMIT", err);
}

/* WAL is a property of the file; the rest belongs to the connection. */
static bool settle(struct journal *journal, struct err *err)
{
    char mode[16];
    char limit[64];
    if (!ask_text(journal, "PRAGMA journal_mode = WAL", mode, sizeof(mode), err)) {
        return false;
    }
    if (strcmp(mode, "wal") != 0) {
        return err_set(err, ERR_IO, "%s cannot use a write-ahead log here (mode '%s')",
                       journal->kind->name, mode);
    }
    snprintf(limit, sizeof(limit), "PRAGMA journal_size_limit = %d", (int)WAL_KEPT_BYTES);
    const char *durability =
        journal->kind->relaxed ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL";
    return execute(journal, durability, err) &&
           execute(journal, "PRAGMA temp_store = MEMORY", err) &&
           execute(journal, "PRAGMA foreign_keys = ON", err) && execute(journal, limit, err);
}

static bool harden(struct journal *journal, struct err *err)
{
    static const int on[] = {SQLITE_DBCONFIG_DEFENSIVE, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE};
    for (size_t i = 0; i < sizeof(on) / sizeof(on[0]); i++) {
        if (sqlite3_db_config(journal->db, on[i], 1, NULL) != SQLITE_OK) {
            return db_fail(journal, err);
        }
    }
    if (sqlite3_db_config(journal->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL) != SQLITE_OK ||
        sqlite3_busy_timeout(journal->db, DB_BUSY_MS) != SQLITE_OK) {
        return db_fail(journal, err);
    }
    return execute(journal, "PRAGMA cell_size_check = ON", err) &&
           execute(journal, "PRAGMA mmap_size = 0", err);
}

/* Creates the file with nobody else's rights; SQLite gives its companions the same. Its name
 * must be on disk before anything in it is promised. */
static bool create_file(const char *path, const char *folder, struct err *err)
{
    const int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return errno == EEXIST || err_set(err, ERR_IO, "%s", strerror(errno));
    }
    close(fd);
    const int folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool fine = folder_fd >= 0 && fsync(folder_fd) == 0;
    if (!fine) {
        err_set(err, ERR_IO, "folder: %s", strerror(errno));
    }
    if (folder_fd >= 0) {
        close(folder_fd);
    }
    return fine;
}

/* SQLite is told to follow no link, so the folder's own links are followed here. */
static bool resolve(const char *path, char folder[PATH_MAX], char out[PATH_MAX],
                    struct err *err)
{
    char given[PATH_MAX];
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const int length = slash != NULL ? (int)(slash - path) + 1 : 1;
    if (snprintf(given, sizeof(given), "%.*s", length, slash != NULL ? path : ".") >=
            (int)sizeof(given) ||
        realpath(given, folder) == NULL) {
        return err_set(err, ERR_IO, "folder: %s", strerror(errno));
    }
    return snprintf(out, PATH_MAX, "%s/%s", folder, name) < PATH_MAX ||
           err_set(err, ERR_IO, "path is too long");
}

static bool connect_file(struct journal *journal, const char *path, bool readonly,
                         struct err *err)
{
    char folder[PATH_MAX];
    char real[PATH_MAX];
    const int mode = readonly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    const int flags = mode | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (!resolve(path, folder, real, err)) {
        return false;
    }
    if (readonly && access(real, F_OK) != 0) {
        return err_set(err, ERR_IO, "%s", strerror(errno));
    }
    if (!readonly && !create_file(real, folder, err)) {
        return false;
    }
    if (sqlite3_open_v2(real, &journal->db, flags, NULL) != SQLITE_OK) {
        return db_fail(journal, err);
    }
    return harden(journal, err);
}

bool db_open(struct journal *journal, const struct db_kind *kind, const char *path,
             bool readonly, struct err *err)
{
    journal->kind = kind;
    int64_t version = 0;
    if (!connect_file(journal, path, readonly, err) || !identify(journal, &version, err)) {
        return false;
    }
    if (readonly) {
        return version == kind->version ||
               err_set(err, ERR_INPUT,
                       "%s has version %lld, this build reads %d: the next '%s' "
                       "brings it up to date",
                       kind->name, (long long)version, kind->version, kind->writer);
    }
    if (!check_length(journal, err) || !check_whole(journal, err) || !settle(journal, err) ||
        (version < journal->kind->version && !migrate(journal, err))) {
        return false;
    }
    /* Until here a close would have left a refused file as it was. */
    return sqlite3_db_config(journal->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL) ==
               SQLITE_OK ||
           db_fail(journal, err);
}

void db_close(struct journal *journal)
{
    for (size_t i = 0; i <= STATEMENT_LAST; i++) {
        sqlite3_finalize(journal->statements[i]);
    }
    if (journal->broken.kind != ERR_NONE && journal->db != NULL) {
        sqlite3_db_config(journal->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    }
    const int result = sqlite3_close(journal->db);
    assert(result == SQLITE_OK);
}
