#include "recorder_file.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <zstd.h>

#include "base/calendar.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "io/file.h"

/* "NAME-20261121T055312Z-001.frames.zst": the order of names is the order of time, also where a
 * clock was set back between two of them. */

static const char ENDING[] = ".frames.zst";
enum {
    PACK_LEVEL = 3,
    STAMP_LENGTH = 16, /* 20261121T055312Z */
};

static bool ends_with(const char *name, const char *ending)
{
    const size_t length = strlen(name);
    return length > strlen(ending) && strcmp(name + length - strlen(ending), ending) == 0;
}

/* What stands behind "NAME-" in the name of one of ours; NULL: it is none. */
static const char *stamp_of(const struct recorder_file *file, const char *name)
{
    const size_t length = strlen(file->name);
    const bool ours = strncmp(name, file->name, length) == 0 && name[length] == '-' &&
                      ends_with(name, ENDING) &&
                      strlen(name) > length + 1 + STAMP_LENGTH + sizeof(ENDING);
    return ours ? name + length + 1 : NULL;
}

static int is_recording(const struct dirent *entry)
{
    return ends_with(entry->d_name, ENDING) || ends_with(entry->d_name, ".frames");
}

/* The recordings of the folder by name; -1 and errno. */
static int list(const struct recorder_file *file, struct dirent ***names)
{
    return scandir(file->folder, names, is_recording, alphasort);
}

static void free_list(struct dirent **names, int count)
{
    for (int i = 0; i < count; i++) {
        mem_free(names[i]);
    }
    mem_free(names);
}

static bool fail_listing(const struct recorder_file *file, struct err *err)
{
    return err_set(err, ERR_IO, "cannot look into '%s': %s", file->folder, strerror(errno));
}

/* Two recordings of one folder would be read as one. */
static bool check_alone(const struct recorder_file *file, struct err *err)
{
    struct dirent **names = NULL;
    bool alone = true;
    const int count = list(file, &names);
    if (count < 0) {
        return fail_listing(file, err);
    }
    for (int i = 0; i < count && alone; i++) {
        if (stamp_of(file, names[i]->d_name) == NULL) {
            alone =
                err_set(err, ERR_INPUT,
                        "'%s' holds another recording, '%s' (give '%s' a folder of its own)",
                        file->folder, names[i]->d_name, file->name);
        }
    }
    free_list(names, count);
    return alone;
}

bool recorder_file_init(struct recorder_file *file, const char *folder, const char *name,
                        struct err *err)
{
    *file = (struct recorder_file){.fd = -1,
                                   .folder = mem_copy_string(folder),
                                   .name = mem_copy_string(name),
                                   .packer = ZSTD_createCCtx()};
    ZSTD_CCtx_setParameter(file->packer, ZSTD_c_compressionLevel, PACK_LEVEL);
    ZSTD_CCtx_setParameter(file->packer, ZSTD_c_checksumFlag, 1);
    return file_make_folders(folder, err) && check_alone(file, err);
}

/* A file is on disk before the next one begins. */
static void close_file(struct recorder_file *file)
{
    if (file->fd >= 0) {
        (void)fdatasync(file->fd);
        close(file->fd);
        file->fd = -1;
    }
}

void recorder_file_finish(struct recorder_file *file)
{
    if (file->packer != NULL) {
        close_file(file);
    }
    ZSTD_freeCCtx(file->packer);
    mem_free(file->path);
    mem_free(file->folder);
    mem_free(file->name);
    *file = (struct recorder_file){.fd = -1};
}

/* The time and the number of the next file: behind every one that is there. */
static void choose_stamp(const struct recorder_file *file, struct dirent *const *names,
                         int count, char stamp[STAMP_LENGTH + 1], int64_t *part)
{
    const char *last = NULL;
    for (int i = 0; i < count; i++) {
        const char *of_ours = stamp_of(file, names[i]->d_name);
        last = of_ours != NULL ? of_ours : last;
    }
    *part = file->count + 1;
    if (last == NULL || strncmp(last, stamp, STAMP_LENGTH) < 0) {
        return;
    }
    const char *number = last + STAMP_LENGTH + 1;
    const size_t digits = strspn(number, "0123456789");
    memcpy(stamp, last, STAMP_LENGTH);
    if (!num_parse_int64(number, digits, part)) {
        *part = 0;
    }
    ++*part;
}

/* The oldest go, so that the next one has room to grow. */
static void keep_within_total(struct recorder_file *file, struct dirent *const *names,
                              int count)
{
    struct stat status;
    struct text path = text_growing();
    uint64_t bytes = file->file_bytes;
    for (int i = count - 1; file->total_bytes > 0 && i >= 0; i--) {
        text_clear(&path);
        text_addf(&path, "%s/%s", file->folder, names[i]->d_name);
        if (stat(text_string(&path), &status) != 0) {
            continue;
        }
        bytes += (uint64_t)status.st_size;
        if (bytes > file->total_bytes && unlink(text_string(&path)) == 0) {
            log_warn("market", "recording is over its limit, its oldest file goes: %s",
                     names[i]->d_name);
        }
    }
    text_finish(&path);
}

static bool create_file(struct recorder_file *file, const char *stamp, int64_t part,
                        struct err *err)
{
    struct text path = text_growing();
    text_addf(&path, "%s/%s-%s-%03" PRId64 "%s", file->folder, file->name, stamp, part, ENDING);
    mem_free(file->path);
    file->path = mem_copy_string(text_string(&path));
    text_finish(&path);
    file->fd = open(file->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_APPEND, 0600);
    return file->fd >= 0 ||
           err_set(err, ERR_IO, "cannot create '%s': %s", file->path, strerror(errno));
}

bool recorder_file_begin(struct recorder_file *file, int64_t time_ns, struct err *err)
{
    char when[CALENDAR_TEXT_SIZE]; /* 2026-11-21T05:53:12Z */
    char stamp[STAMP_LENGTH + 1];
    struct dirent **names = NULL;
    int64_t part = 0;
    close_file(file);
    const int count = list(file, &names);
    if (count < 0) {
        return fail_listing(file, err);
    }
    calendar_format(when, time_ns, 0);
    text_cut(stamp, sizeof(stamp), "%.4s%.2s%.2sT%.2s%.2s%.2sZ", when, when + 5, when + 8,
             when + 11, when + 14, when + 17);
    choose_stamp(file, names, count, stamp, &part);
    keep_within_total(file, names, count);
    free_list(names, count);
    file->count++;
    file->written_bytes = 0;
    return create_file(file, stamp, part, err);
}

/* Who records is not who needs the disk most: the journal is. And what is written to a file
 * that has no name any more, nobody will read. */
static bool check_room(const struct recorder_file *file, size_t length, struct err *err)
{
    struct statvfs disk;
    struct stat status;
    if (fstat(file->fd, &status) == 0 && status.st_nlink == 0) {
        return err_set(err, ERR_IO, "'%s' was removed", file->path);
    }
    if (file->free_bytes == 0 || fstatvfs(file->fd, &disk) != 0) {
        return true;
    }
    const uint64_t left_bytes = (uint64_t)disk.f_bavail * (uint64_t)disk.f_frsize;
    return left_bytes >= file->free_bytes + length ||
           err_set(err, ERR_IO, "the disk of '%s' has less than %" PRIu64 " MiB left",
                   file->folder, file->free_bytes >> 20);
}

static bool write_all(int fd, const char *bytes, size_t length, struct err *err)
{
    while (length > 0) {
        const ssize_t count = write(fd, bytes, length);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return err_set(err, ERR_IO, "cannot write the recording: %s",
                           count < 0 ? strerror(errno) : "nothing taken");
        }
        bytes += count;
        length -= (size_t)count;
    }
    return true;
}

bool recorder_file_write(struct recorder_file *file, const struct text *lines, struct err *err)
{
    const size_t room = ZSTD_compressBound(lines->length);
    char *packed = mem_array(room, 1);
    const size_t length =
        ZSTD_compress2(file->packer, packed, room, text_string(lines), lines->length);
    assert(!ZSTD_isError(length)); /* there is room for anything */
    bool done = check_room(file, length, err);
    if (done && !write_all(file->fd, packed, length, err)) {
        /* A part of one that did not fit is taken back, so that the file stays whole. */
        (void)!ftruncate(file->fd, (off_t)file->written_bytes);
        done = false;
    }
    file->written_bytes += done ? length : 0;
    mem_free(packed);
    return done;
}
