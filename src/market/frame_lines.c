#include "market/frame_lines.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "data_file.h"
#include "market/frames.h"

enum {
    HEAD_SIZE_MAX = 256, /* of what stands in front of the raw message */
    STUB_BYTES = 4,
    PLACE_SIZE = 512,
};

struct frame_lines {
    char **paths;
    size_t count, capacity;
    size_t at;           /* the file being read */
    struct lines *lines; /* of it; NULL: not opened yet */
    bool cut_told;
    bool quiet;
    uint64_t passed_bytes, total_bytes; /* of the files before it, and of all */
};

static void add_path(struct frame_lines *lines, const char *folder, const char *name)
{
    struct text path = text_growing();
    if (folder != NULL) {
        text_addf(&path, "%s/", folder);
    }
    text_add(&path, name);
    if (lines->count == lines->capacity) {
        lines->capacity = lines->capacity > 0 ? 2 * lines->capacity : 4;
        lines->paths = mem_grow(lines->paths, lines->capacity, sizeof(*lines->paths));
    }
    lines->paths[lines->count++] = mem_copy_string(text_string(&path));
    text_finish(&path);
}

static bool is_recording(const char *name)
{
    static const char *const endings[] = {".frames", ".frames.zst"};
    const size_t length = strlen(name);
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        const size_t ending = strlen(endings[i]);
        if (length > ending && strcmp(name + length - ending, endings[i]) == 0) {
            return true;
        }
    }
    return false;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool list_folder(struct frame_lines *lines, const char *path, struct err *err)
{
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return err_set(err, ERR_INPUT, "%s: %s", path, strerror(errno));
    }
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (is_recording(entry->d_name)) {
            add_path(lines, path, entry->d_name);
        }
    }
    closedir(folder);
    if (lines->count == 0) {
        return err_set(err, ERR_INPUT,
                       "%s: no recording in this folder (expected *.frames or *.frames.zst)",
                       path);
    }
    qsort(lines->paths, lines->count, sizeof(*lines->paths), by_name);
    return true;
}

/* So little was written that it is not even known to be packed. */
static bool is_stub(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && status.st_size < STUB_BYTES;
}

/* A device need not end and a pipe cannot be read twice, so neither is a recording. */
static bool check_regular(const char *path, struct err *err)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        return err_set(err, ERR_INPUT, "%s: %s", path, strerror(errno));
    }
    return S_ISREG(status.st_mode) || err_set(err, ERR_INPUT, "%s: not a regular file", path);
}

static bool open_part(struct frame_lines *lines, struct err *err)
{
    if (!check_regular(lines->paths[lines->at], err) ||
        !lines_open(&lines->lines, lines->paths[lines->at], FRAMES_SIZE_MAX + HEAD_SIZE_MAX,
                    err)) {
        return false;
    }
    lines_accept_cut(lines->lines);
    return true;
}

static void count_bytes(struct frame_lines *lines)
{
    struct stat status;
    for (size_t i = 0; i < lines->count; i++) {
        if (stat(lines->paths[i], &status) == 0) {
            lines->total_bytes += (uint64_t)status.st_size;
        }
    }
}

bool frame_lines_open(struct frame_lines **out, const char *path, struct err *err)
{
    struct frame_lines *lines = mem_zalloc(sizeof(*lines));
    struct stat status;
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        if (!list_folder(lines, path, err)) {
            frame_lines_close(lines);
            return false;
        }
    } else {
        add_path(lines, NULL, path);
    }
    count_bytes(lines);
    *out = lines;
    return true;
}

void frame_lines_hush(struct frame_lines *lines)
{
    lines->quiet = true;
}

void frame_lines_close(struct frame_lines *lines)
{
    if (lines == NULL) {
        return;
    }
    lines_close(lines->lines);
    for (size_t i = 0; i < lines->count; i++) {
        mem_free(lines->paths[i]);
    }
    mem_free(lines->paths);
    mem_free(lines);
}

/* Puts the file that is over away; false when it was the last. */
static bool leave_part(struct frame_lines *lines)
{
    uint64_t read_bytes;
    uint64_t total_bytes;
    if (lines->at + 1 == lines->count) {
        return false;
    }
    if (lines->lines != NULL) {
        lines_progress(lines->lines, &read_bytes, &total_bytes);
        lines->passed_bytes += read_bytes;
    }
    lines_close(lines->lines);
    lines->lines = NULL;
    lines->cut_told = false;
    lines->at++;
    return true;
}

static void tell_cut(struct frame_lines *lines)
{
    const bool cut = lines->lines == NULL || lines_were_cut(lines->lines);
    if (cut && !lines->cut_told && !lines->quiet) {
        char place[PLACE_SIZE];
        lines->cut_told = true;
        log_warn("market", "%s: ends early, as if its recorder had been killed",
                 frame_lines_place(lines, place, sizeof(place)));
    }
}

enum lines_result frame_lines_next(struct frame_lines *lines, const char **line, size_t *length,
                                   struct err *err)
{
    enum lines_result result;
    do {
        const bool stub = lines->lines == NULL && is_stub(lines->paths[lines->at]);
        if (lines->lines == NULL && !stub && !open_part(lines, err)) {
            return LINES_ERROR;
        }
        result = stub ? LINES_END : lines_next(lines->lines, line, length, err);
        if (result != LINES_END) {
            return result;
        }
        tell_cut(lines);
    } while (leave_part(lines));
    return result;
}

const char *frame_lines_place(const struct frame_lines *lines, char *buffer, size_t size)
{
    text_cut(buffer, size, "%s:%llu", lines->paths[lines->at],
             (unsigned long long)(lines->lines == NULL ? 0 : lines_number(lines->lines)));
    return buffer;
}

double frame_lines_progress(const struct frame_lines *lines)
{
    uint64_t read_bytes = 0;
    uint64_t total_bytes = 0;
    if (lines->lines != NULL) {
        lines_progress(lines->lines, &read_bytes, &total_bytes);
    }
    return lines->total_bytes > 0
               ? (double)(lines->passed_bytes + read_bytes) / (double)lines->total_bytes
               : NAN;
}

bool frame_lines_hash(const struct frame_lines *lines, char buffer[HASH_XXH3_TEXT_SIZE],
                      struct err *err)
{
    struct hash_stream *stream = hash_stream_create();
    bool read_all = true;
    for (size_t i = 0; i < lines->count && read_all; i++) {
        read_all = data_file_add_to_hash(lines->paths[i], stream, err);
    }
    if (read_all) {
        hash_stream_text(stream, buffer);
    }
    hash_stream_destroy(stream);
    return read_all;
}
