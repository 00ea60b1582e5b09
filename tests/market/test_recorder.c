#include "support/check.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/log.h"
#include "base/text.h"
#include "market/frame_lines.h"
#include "market/frames.h"
#include "market/recorder.h"
#include "support/dice.h"
#include "support/folder.h"

/* What is recorded is read back, wherever it was cut. */

#define SECOND_NS INT64_C(1000000000)
#define BEGAN_NS  (INT64_C(1700000000) * SECOND_NS)

enum { FRAMES_MAX = 64, RAW_SIZE = 64, CHECKSUM_SIZE = 4 /* the end of what zstd packs */ };

struct tape {
    char folder[FOLDER_PATH_SIZE];
    struct recorder *recorder;
    int64_t now_ns;
};

static struct recorder_options options_of(const struct tape *it)
{
    return (struct recorder_options){
        .folder = it->folder,
        .name = "paper-1",
        .header = "arblite frames 1\noption engine.min_spread_bps = 5\n",
        .file_bytes = 1 << 20,
        .file_age_ns = INT64_MAX,
        .now_ns = it->now_ns,
    };
}

static void go_on_with(struct tape *it, const struct recorder_options *options)
{
    struct err err = {0};
    if (!recorder_open(&it->recorder, options, &err)) {
        fail_msg("%s", err.text);
    }
}

static void record(struct tape *it, uint64_t file_bytes, int64_t file_age_ns)
{
    folder_create(it->folder);
    it->now_ns = BEGAN_NS;
    struct recorder_options options = options_of(it);
    options.file_bytes = file_bytes;
    options.file_age_ns = file_age_ns;
    go_on_with(it, &options);
}

static void add(struct tape *it, const char *raw)
{
    struct frame frame = {.receive_ns = it->now_ns, .venue = VENUE_B, .raw = raw};
    snprintf(frame.channel, sizeof frame.channel, "rest.depth");
    snprintf(frame.symbol, sizeof frame.symbol, "BTCUSDT");
    frame.raw_length = strlen(raw);
    recorder_add(it->recorder, &frame);
}

/* A second passes, and what waited is handed over. */
static void pass_second(struct tape *it)
{
    it->now_ns += SECOND_NS;
    recorder_tick(it->recorder, it->now_ns);
}

/* Counts the lines that hold `words`, and all that are no comments. */
static void count_lines(const char *path, const char *words, int *holding, int *frames)
{
    struct frame_lines *lines;
    struct err err = {0};
    const char *line;
    size_t length;
    *holding = *frames = 0;
    if (!frame_lines_open(&lines, path, &err)) {
        fail_msg("%s", err.text);
    }
    enum lines_result got;
    while ((got = frame_lines_next(lines, &line, &length, &err)) == LINES_LINE) {
        *holding += strstr(line, words) != NULL ? 1 : 0;
        *frames += line[0] != '#' ? 1 : 0;
    }
    if (got != LINES_END) {
        fail_msg("%s", err.text);
    }
    frame_lines_close(lines);
}

static int files_of(const char *folder, char first[FOLDER_PATH_SIZE + 64])
{
    int count = 0;
    DIR *listing = opendir(folder);
    first[0] = '\0';
    for (struct dirent *entry = readdir(listing); entry != NULL; entry = readdir(listing)) {
        if (strstr(entry->d_name, ".frames.zst") != NULL) {
            count++;
            if (first[0] == '\0' || strcmp(strrchr(first, '/') + 1, entry->d_name) > 0) {
                folder_file(first, folder, entry->d_name);
            }
        }
    }
    closedir(listing);
    return count;
}

/* Goal: a frame is the line that `frames` reads, behind the header's comments. */
static void writes_what_frames_reads(void **state)
{
    struct tape it;
    char path[FOLDER_PATH_SIZE + 64];
    struct frame_lines *lines;
    struct err err = {0};
    const char *line;
    size_t length;
    static const char *const want[] = {
        "# arblite frames 1",
        "# option engine.min_spread_bps = 5",
        "1700000000000000000\tbinance\trest.depth:BTCUSDT\t{\"lastUpdateId\":7}",
        "# command 3 9 pause 0",
        "1700000001000000000\tbinance\trest.depth:BTCUSDT\t{}",
    };
    record(&it, 1 << 20, INT64_MAX);
    add(&it, "{\"lastUpdateId\":7}");
    recorder_note(it.recorder, "command 3 9 pause 0");
    pass_second(&it);
    add(&it, "{}");
    recorder_close(it.recorder);
    assert_int_equal(files_of(it.folder, path), 1);
    assert_string_equal(strrchr(path, '/') + 1, "paper-1-20231114T221320Z-001.frames.zst");
    assert_true(frame_lines_open(&lines, path, &err));
    for (size_t i = 0; i < LEN(want); i++) {
        assert_int_equal(frame_lines_next(lines, &line, &length, &err), LINES_LINE);
        assert_string_equal(line, want[i]);
    }
    assert_int_equal(frame_lines_next(lines, &line, &length, &err), LINES_END);
    frame_lines_close(lines);
    folder_remove(it.folder);
}

/* Goal: a folder of files that were turned over is one recording, in order, and each of them
 * begins with the header. */
static void a_folder_is_one_recording(void **state)
{
    struct tape it;
    char first[FOLDER_PATH_SIZE + 64];
    char raw[RAW_SIZE];
    int holding;
    int frames;
    record(&it, 1 << 20, 10 * SECOND_NS);
    for (int i = 0; i < 25; i++) {
        snprintf(raw, sizeof raw, "{\"lastUpdateId\":%d}", i);
        add(&it, raw);
        pass_second(&it);
    }
    recorder_close(it.recorder);
    const int files = files_of(it.folder, first);
    assert_int_equal(files, 3); /* from 0 s, 10 s and 20 s on */
    count_lines(it.folder, "option engine.min_spread_bps", &holding, &frames);
    assert_int_equal(frames, 25);
    assert_int_equal(holding, files);
    folder_remove(it.folder);
}

/* Goal: it turns over by size as well; nothing is lost between two files. */
static void a_full_file_is_followed_by_another(void **state)
{
    struct tape it;
    char first[FOLDER_PATH_SIZE + 64];
    struct recorder_state now;
    int holding;
    int frames;
    record(&it, 1, INT64_MAX);
    for (int i = 0; i < 20; i++) {
        add(&it, "{}");
        pass_second(&it);
        do {
            recorder_state(it.recorder, &now);
        } while (!now.failed && now.packed_bytes == 0);
    }
    recorder_close(it.recorder);
    assert_true(files_of(it.folder, first) >= 2);
    count_lines(it.folder, "lastUpdateId", &holding, &frames);
    assert_int_equal(frames, 20);
    folder_remove(it.folder);
}

static void cut_file(const char *path, off_t length)
{
    assert_int_equal(truncate(path, length), 0);
}

/* Goal: wherever kill -9 cuts the file, it reads up to some whole line, never with an error,
 * and what a second had been handed over before the cut is there. */
static void reads_a_file_cut_anywhere(void **state)
{
    struct tape it;
    char path[FOLDER_PATH_SIZE + 64];
    struct stat status;
    int holding;
    int frames;
    int most = 0;
    log_open(stderr, LOG_ERROR);
    record(&it, 1 << 20, INT64_MAX);
    add(&it, "{\"lastUpdateId\":1}");
    pass_second(&it);
    add(&it, "{\"lastUpdateId\":2}");
    pass_second(&it);
    recorder_close(it.recorder);
    assert_int_equal(files_of(it.folder, path), 1);
    assert_int_equal(stat(path, &status), 0);
    for (off_t length = status.st_size; length >= 0; length--) {
        cut_file(path, length);
        count_lines(path, "lastUpdateId", &holding, &frames);
        assert_int_equal(holding, frames);
        const bool all = length >= status.st_size - CHECKSUM_SIZE;
        assert_true(frames <= 2 && all == (frames == 2));
        most = !all && frames > most ? frames : most;
    }
    assert_int_equal(most, 1);
    log_open(stderr, LOG_WARN);
    folder_remove(it.folder);
}

/* What is read of a file until its end (true), or until it is found to be broken. */
static bool read_text(const char *path, struct text *out)
{
    struct frame_lines *lines;
    struct err err = {0};
    const char *line;
    size_t length;
    text_clear(out);
    assert_true(frame_lines_open(&lines, path, &err));
    enum lines_result got;
    while ((got = frame_lines_next(lines, &line, &length, &err)) == LINES_LINE) {
        text_add_bytes(out, line, length);
    }
    frame_lines_close(lines);
    return got == LINES_END;
}

/* Goal: no bit that a disk turned over is taken for what a venue sent: reading fails, or ends
 * before it. (Without its first four bytes it is no packed file, and has no frames.) */
static void notices_a_bit_turned_over(void **state)
{
    struct tape it;
    char path[FOLDER_PATH_SIZE + 64];
    char bytes[4096];
    struct text whole = text_growing();
    struct text got = text_growing();
    log_open(stderr, LOG_ERROR);
    record(&it, 1 << 20, INT64_MAX);
    add(&it, "{\"price\":7919,\"size\":1009}");
    add(&it, "{\"price\":104729,\"size\":7}");
    pass_second(&it);
    recorder_close(it.recorder);
    assert_int_equal(files_of(it.folder, path), 1);
    assert_true(read_text(path, &whole));
    FILE *file = fopen(path, "r+b");
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    assert_in_range(size, 100, sizeof bytes - 1);
    for (size_t i = 4; i < size; i++) {
        const char turned = (char)(bytes[i] ^ 1 << i % 8);
        assert_int_equal(pwrite(fileno(file), &turned, 1, (off_t)i), 1);
        const bool ended = read_text(path, &got);
        if (ended && strncmp(text_string(&whole), text_string(&got), got.length) != 0) {
            fail_msg("byte %zu: taken for what was recorded: %s", i, text_string(&got));
        }
        assert_int_equal(pwrite(fileno(file), bytes + i, 1, (off_t)i), 1);
    }
    fclose(file);
    text_finish(&whole);
    text_finish(&got);
    log_open(stderr, LOG_WARN);
    folder_remove(it.folder);
}

/* Goal: a disk without room ends the recording and nothing else; what was there stays whole. */
static void a_full_disk_ends_the_recording(void **state)
{
    struct tape it;
    struct rlimit before;
    char path[FOLDER_PATH_SIZE + 64];
    struct recorder_state now;
    int holding;
    int frames;
    record(&it, 1 << 20, INT64_MAX);
    add(&it, "{}");
    pass_second(&it);
    do {
        recorder_state(it.recorder, &now);
    } while (now.packed_bytes == 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    const struct rlimit small = {.rlim_cur = now.packed_bytes + 3, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    add(&it, "{}");
    pass_second(&it);
    do {
        recorder_state(it.recorder, &now);
    } while (!now.failed);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_string_equal(now.why.text, "cannot write the recording: File too large");
    add(&it, "{}");
    pass_second(&it);
    recorder_flush(it.recorder);
    const uint64_t bytes = now.packed_bytes;
    recorder_state(it.recorder, &now);
    assert_int_equal(now.frames, 1); /* of three: those on disk */
    assert_int_equal(now.packed_bytes, bytes);
    recorder_close(it.recorder);
    assert_int_equal(files_of(it.folder, path), 1);
    count_lines(path, "{}", &holding, &frames);
    assert_int_equal(frames, 1);
    folder_remove(it.folder);
}

static void wait_for_failure(const struct tape *it, const char *words)
{
    struct recorder_state now;
    do {
        recorder_state(it->recorder, &now);
    } while (!now.failed);
    assert_non_null(strstr(now.why.text, words));
}

/* Goal: it ends before the disk is so full that the journal has no room: no disk has 2^62 bytes
 * left. */
static void leaves_room_for_others(void **state)
{
    struct tape it;
    int holding;
    int frames;
    folder_create(it.folder);
    it.now_ns = BEGAN_NS;
    struct recorder_options options = options_of(&it);
    options.free_bytes = UINT64_C(1) << 62;
    go_on_with(&it, &options);
    add(&it, "{}");
    pass_second(&it);
    wait_for_failure(&it, "has less than 4398046511104 MiB left");
    recorder_close(it.recorder);
    count_lines(it.folder, "{}", &holding, &frames);
    assert_int_equal(frames, 0);
    folder_remove(it.folder);
}

/* Goal: what is written to a file that has no name any more is lost: it is said. */
static void a_folder_that_vanishes_ends_the_recording(void **state)
{
    struct tape it;
    record(&it, 1 << 20, INT64_MAX);
    add(&it, "{}");
    recorder_flush(it.recorder);
    folder_remove(it.folder);
    add(&it, "{}");
    pass_second(&it);
    wait_for_failure(&it, "-001.frames.zst' was removed");
    recorder_close(it.recorder);
}

/* Goal: a recording that is gone on with, in the same second or with the clock set back an
 * hour, is read in the order in which it was made. */
static void goes_on_behind_what_is_there(void **state)
{
    struct tape it;
    struct frame_lines *lines;
    struct err err = {0};
    const char *line;
    size_t length;
    int number = 0;
    record(&it, 1 << 20, INT64_MAX);
    for (int run = 0; run < 12; run++) {
        char raw[RAW_SIZE];
        snprintf(raw, sizeof raw, "{\"lastUpdateId\":%d}", run);
        add(&it, raw);
        recorder_close(it.recorder);
        it.now_ns -= run > 5 ? 3600 * SECOND_NS : 0;
        const struct recorder_options options = options_of(&it);
        go_on_with(&it, &options);
    }
    recorder_close(it.recorder);
    assert_true(frame_lines_open(&lines, it.folder, &err));
    while (frame_lines_next(lines, &line, &length, &err) == LINES_LINE) {
        const char *id = strstr(line, "Id\":");
        if (id != NULL) {
            assert_int_equal(atoi(id + strlen("Id\":")), number++);
        }
    }
    assert_int_equal(number, 12);
    frame_lines_close(lines);
    folder_remove(it.folder);
}

static uint64_t bytes_of(const char *folder)
{
    struct stat status;
    uint64_t bytes = 0;
    DIR *listing = opendir(folder);
    for (struct dirent *at = readdir(listing); at != NULL; at = readdir(listing)) {
        const bool file =
            fstatat(dirfd(listing), at->d_name, &status, 0) == 0 && S_ISREG(status.st_mode);
        bytes += file ? (uint64_t)status.st_size : 0;
    }
    closedir(listing);
    return bytes;
}

/* Goal: over its limit the oldest files go, of earlier runs too, and what is left never is more
 * than the limit. A file of at most 4000 bytes and a limit of 10000: two whole ones and the one
 * being written. */
static void keeps_within_its_limit(void **state)
{
    struct tape it;
    char first[FOLDER_PATH_SIZE + 64];
    char oldest[FOLDER_PATH_SIZE + 64];
    struct stat status;
    struct dice dice = {3};
    log_open(stderr, LOG_ERROR);
    folder_create(it.folder);
    it.now_ns = BEGAN_NS;
    struct recorder_options options = options_of(&it);
    options.file_bytes = 4000;
    options.total_bytes = 10000;
    go_on_with(&it, &options);
    files_of(it.folder, oldest);
    for (int i = 0; i < 300; i++) {
        char raw[RAW_SIZE];
        snprintf(raw, sizeof raw, "{\"%016llx%016llx\":1}",
                 (unsigned long long)dice_next(&dice), (unsigned long long)dice_next(&dice));
        add(&it, raw);
        it.now_ns += SECOND_NS;
        recorder_flush(it.recorder);
        assert_true(bytes_of(it.folder) <= options.total_bytes);
    }
    recorder_close(it.recorder);
    assert_true(files_of(it.folder, first) >= 2);
    assert_int_equal(stat(oldest, &status), -1);
    log_open(stderr, LOG_WARN);
    folder_remove(it.folder);
}

/* Goal: two recordings of one folder would be read as one. */
static void a_folder_holds_one_recording(void **state)
{
    struct tape it;
    struct err err = {0};
    struct recorder *other = NULL;
    record(&it, 1 << 20, INT64_MAX);
    recorder_close(it.recorder);
    struct recorder_options options = options_of(&it);
    options.name = "paper-2";
    assert_false(recorder_open(&other, &options, &err));
    assert_non_null(strstr(err.text, "holds another recording, 'paper-1-20231114T221320Z-001"));
    assert_int_equal(err.kind, ERR_INPUT);
    folder_remove(it.folder);
}

static void refuses_a_folder_that_cannot_be(void **state)
{
    char folder[FOLDER_PATH_SIZE];
    char path[FOLDER_PATH_SIZE + 64];
    struct recorder *recorder = NULL;
    struct err err = {0};
    folder_create(folder);
    folder_file(path, folder, "file");
    close(open(path, O_CREAT | O_WRONLY, 0600));
    const struct recorder_options options = {.folder = path, .name = "x", .header = ""};
    assert_false(recorder_open(&recorder, &options, &err));
    assert_non_null(strstr(err.text, path));
    struct frame_lines *lines;
    unlink(path);
    assert_false(frame_lines_open(&lines, folder, &err));
    assert_non_null(strstr(err.text, "no recording in this folder"));
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_what_frames_reads),
        cmocka_unit_test(a_folder_is_one_recording),
        cmocka_unit_test(a_full_file_is_followed_by_another),
        cmocka_unit_test(reads_a_file_cut_anywhere),
        cmocka_unit_test(notices_a_bit_turned_over),
        cmocka_unit_test(a_full_disk_ends_the_recording),
        cmocka_unit_test(leaves_room_for_others),
        cmocka_unit_test(a_folder_that_vanishes_ends_the_recording),
        cmocka_unit_test(goes_on_behind_what_is_there),
        cmocka_unit_test(keeps_within_its_limit),
        cmocka_unit_test(a_folder_holds_one_recording),
        cmocka_unit_test(refuses_a_folder_that_cannot_be),
    };
    return cmocka_run_group_tests_name("market/recorder", tests, NULL, NULL);
}
