#include "support/check.h"

#include <stdlib.h>
#include <unistd.h>

#include <sys/resource.h>
#include <zstd.h>

#include "base/mem.h"
#include "base/rng.h"
#include "io/file.h"
#include "io/lines.h"

enum { CAP = 100 };

/* One scratch file for the test that runs. */
static int make_scratch(void **state)
{
    char *path = mem_copy_string("/tmp/arblite-lines-XXXXXX");
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    *state = path;
    return 0;
}

static int drop_scratch(void **state)
{
    unlink(*state);
    mem_free(*state);
    return 0;
}

static void put(const char *path, const void *data, size_t length)
{
    struct err err = {0};
    assert_true(file_replace(path, data, length, &err));
}

static void put_zstd(const char *path, const void *data, size_t length)
{
    const size_t room = ZSTD_compressBound(length);
    void *packed = mem_zalloc(room);
    const size_t size = ZSTD_compress(packed, room, data, length, 1);
    assert_false(ZSTD_isError(size));
    put(path, packed, size);
    mem_free(packed);
}

static struct lines *open_lines(const char *path)
{
    struct lines *lines = NULL;
    struct err err = {0};
    assert_true(lines_open(&lines, path, CAP, &err));
    return lines;
}

static void expect_line(struct lines *lines, const char *want, uint64_t number)
{
    const char *line = NULL;
    size_t length = 0;
    struct err err = {0};
    assert_int_equal(lines_next(lines, &line, &length, &err), LINES_LINE);
    assert_string_equal(line, want);
    assert_int_equal(length, strlen(want));
    assert_int_equal(lines_number(lines), number);
}

static void expect(struct lines *lines, enum lines_result want)
{
    const char *line = NULL;
    size_t length = 0;
    struct err err = {0};
    assert_int_equal(lines_next(lines, &line, &length, &err), want);
}

static void counts_lines_from_one(void **state)
{
    static const char TEXT[] = "a\n\nb\r\nlast";
    for (int zstd = 0; zstd <= 1; zstd++) {
        (zstd ? put_zstd : put)(*state, TEXT, sizeof(TEXT) - 1);
        struct lines *lines = open_lines(*state);
        assert_int_equal(lines_number(lines), 0);
        expect_line(lines, "a", 1);
        expect_line(lines, "", 2);
        expect_line(lines, "b\r", 3);
        expect_line(lines, "last", 4);
        expect(lines, LINES_END);
        expect(lines, LINES_END);
        assert_int_equal(lines_number(lines), 4);
        lines_close(lines);
    }
}

/* Goal: what ends in LF has no empty line behind it, and an empty file has none at all. */
static void ends_where_the_text_ends(void **state)
{
    for (int zstd = 0; zstd <= 1; zstd++) {
        (zstd ? put_zstd : put)(*state, "x\n", 2);
        struct lines *lines = open_lines(*state);
        expect_line(lines, "x", 1);
        expect(lines, LINES_END);
        lines_close(lines);

        (zstd ? put_zstd : put)(*state, "", 0);
        lines = open_lines(*state);
        expect(lines, LINES_END);
        lines_close(lines);
    }
}

/* Goal: a last line without its LF is known from one with it, also when it is too long. */
static void knows_an_unended_line(void **state)
{
    char text[CAP + 8];
    put(*state, "x\ny", 3);
    struct lines *lines = open_lines(*state);
    expect_line(lines, "x", 1);
    assert_true(lines_ended_whole(lines));
    expect_line(lines, "y", 2);
    assert_false(lines_ended_whole(lines));
    lines_close(lines);

    memset(text, 'z', sizeof text);
    put(*state, text, sizeof text);
    lines = open_lines(*state);
    expect(lines, LINES_TOO_LONG);
    assert_false(lines_ended_whole(lines));
    lines_close(lines);
    text[sizeof text - 1] = '\n';
    put(*state, text, sizeof text);
    lines = open_lines(*state);
    expect(lines, LINES_TOO_LONG);
    assert_true(lines_ended_whole(lines));
    lines_close(lines);
}

static void keeps_a_nul_inside_a_line(void **state)
{
    put(*state, "a\0b\n", 4);
    struct lines *lines = open_lines(*state);
    const char *line;
    size_t length;
    struct err err = {0};
    assert_int_equal(lines_next(lines, &line, &length, &err), LINES_LINE);
    assert_int_equal(length, 3);
    assert_memory_equal(line, "a\0b\0", 4);
    lines_close(lines);
}

/* Goal: a line of exactly the cap passes; one more byte is reported once and skipped whole. */
static void reports_a_long_line_once(void **state)
{
    char text[3 * CAP + 32];
    size_t size = 0;
    memset(text, 'x', sizeof(text));
    size = CAP;
    text[size++] = '\n';
    size += CAP + 1;
    text[size++] = '\n';
    memcpy(text + size, "ok\n", 3);
    size += 3;
    size += CAP + 1; /* too long and not ended */
    assert_true(size <= sizeof(text));
    for (int zstd = 0; zstd <= 1; zstd++) {
        (zstd ? put_zstd : put)(*state, text, size);
        struct lines *lines = open_lines(*state);
        const char *line;
        size_t length;
        struct err err = {0};
        assert_int_equal(lines_next(lines, &line, &length, &err), LINES_LINE);
        assert_int_equal(length, CAP);
        expect(lines, LINES_TOO_LONG);
        assert_int_equal(lines_number(lines), 2);
        expect_line(lines, "ok", 3);
        expect(lines, LINES_TOO_LONG);
        assert_int_equal(lines_number(lines), 4);
        expect(lines, LINES_END);
        lines_close(lines);
    }
}

static long peak_memory_kib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/* Goal: 50 MB without an LF cost no 50 MB. The file is sparse, its bytes are NULs. */
static void skips_a_huge_line_in_little_memory(void **state)
{
    enum { HUGE_SIZE = 50 * 1000 * 1000 };
    FILE *file = fopen(*state, "w");
    assert_non_null(file);
    fputs("first\n", file);
    fseek(file, HUGE_SIZE, SEEK_CUR);
    fputs("\nlast\n", file);
    fclose(file);

    const long before_kib = peak_memory_kib();
    struct lines *lines = open_lines(*state);
    expect_line(lines, "first", 1);
    expect(lines, LINES_TOO_LONG);
    expect_line(lines, "last", 3);
    expect(lines, LINES_END);
    uint64_t read_bytes, total_bytes;
    lines_progress(lines, &read_bytes, &total_bytes);
    assert_int_equal(read_bytes, HUGE_SIZE + 12);
    assert_int_equal(total_bytes, HUGE_SIZE + 12);
    lines_close(lines);
    assert_true(peak_memory_kib() - before_kib < 5000);
}

/* Goal: lines of every length across the inner buffer's edges arrive as they were written. */
static void joins_lines_across_reads(void **state)
{
    enum { COUNT = 20000 };
    char *text = mem_zalloc(COUNT * (CAP + 1));
    size_t size = 0;
    struct rng rng;
    rng_seed(&rng, 1, rng_salt("lines"));
    for (int i = 0; i < COUNT; i++) {
        const size_t length = rng_below(&rng, CAP + 1);
        for (size_t k = 0; k < length; k++) {
            text[size++] = (char)('a' + (i + (int)k) % 26);
        }
        text[size++] = '\n';
    }
    for (int zstd = 0; zstd <= 1; zstd++) {
        (zstd ? put_zstd : put)(*state, text, size);
        struct lines *lines = open_lines(*state);
        const char *want = text;
        for (int i = 0; i < COUNT; i++) {
            const char *line;
            size_t length;
            struct err err = {0};
            assert_int_equal(lines_next(lines, &line, &length, &err), LINES_LINE);
            assert_memory_equal(line, want, length);
            assert_int_equal(want[length], '\n');
            want += length + 1;
        }
        expect(lines, LINES_END);
        lines_close(lines);
    }
    mem_free(text);
}

/* Goal: a cap beyond the first buffer makes it grow, and only as far as the line needs. */
static void grows_for_a_long_line_within_the_cap(void **state)
{
    enum { SIZE = 1000000 };
    char *text = mem_zalloc(SIZE + 1);
    memset(text, 'y', SIZE);
    text[SIZE] = '\n';
    for (int zstd = 0; zstd <= 1; zstd++) {
        (zstd ? put_zstd : put)(*state, text, SIZE + 1);
        struct lines *lines = NULL;
        struct err err = {0};
        const char *line;
        size_t length;
        assert_true(lines_open(&lines, *state, SIZE, &err));
        assert_int_equal(lines_next(lines, &line, &length, &err), LINES_LINE);
        assert_int_equal(length, SIZE);
        assert_memory_equal(line, text, SIZE);
        expect(lines, LINES_END);
        lines_close(lines);
    }
    mem_free(text);
}

/* Goal: several zstd frames in a row, as `cat a.zst b.zst` makes them, are one text. */
static void reads_zstd_frames_in_a_row(void **state)
{
    char packed[200];
    size_t size = ZSTD_compress(packed, sizeof(packed), "one\ntw", 6, 1);
    size += ZSTD_compress(packed + size, sizeof(packed) - size, "o\n", 2, 1);
    put(*state, packed, size);
    struct lines *lines = open_lines(*state);
    expect_line(lines, "one", 1);
    expect_line(lines, "two", 2);
    expect(lines, LINES_END);
    uint64_t read_bytes, total_bytes;
    lines_progress(lines, &read_bytes, &total_bytes);
    assert_int_equal(read_bytes, size);
    assert_int_equal(total_bytes, size);
    lines_close(lines);
}

/* Goal: a zstd file that was cut anywhere ends in an error that names it, never in LINES_END.
 */
static void notices_a_cut_zstd_file(void **state)
{
    char text[CAP];
    memset(text, 'z', sizeof(text));
    text[50] = '\n';
    char packed[200];
    const size_t size = ZSTD_compress(packed, sizeof(packed), text, sizeof(text), 1);
    for (size_t cut = 4; cut < size; cut++) {
        put(*state, packed, cut);
        struct lines *lines = open_lines(*state);
        const char *line;
        size_t length;
        struct err err = {0};
        enum lines_result result = LINES_LINE;
        while (result == LINES_LINE) {
            result = lines_next(lines, &line, &length, &err);
        }
        assert_int_equal(result, LINES_ERROR);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_non_null(strstr(err.text, *state));
        lines_close(lines);
    }
}

static void notices_broken_zstd_data(void **state)
{
    put(*state, "\x28\xb5\x2f\xfd garbage that is no frame", 30);
    struct lines *lines = open_lines(*state);
    const char *line;
    size_t length;
    struct err err = {0};
    assert_int_equal(lines_next(lines, &line, &length, &err), LINES_ERROR);
    assert_non_null(strstr(err.text, "is no valid zstd"));
    lines_close(lines);
}

static void names_a_file_it_cannot_read(void **state)
{
    struct lines *lines = NULL;
    struct err err = {0};
    assert_false(lines_open(&lines, "/nowhere/at-all", CAP, &err));
    assert_null(lines);
    assert_int_equal(err.kind, ERR_IO);
    assert_string_equal(err.text, "cannot open '/nowhere/at-all': No such file or directory");
    assert_false(lines_open(&lines, "/tmp", CAP, &err));
    assert_string_equal(err.text, "cannot read '/tmp': Is a directory");
    lines_close(NULL);
}

int main(void)
{
#define SCRATCH(test) cmocka_unit_test_setup_teardown(test, make_scratch, drop_scratch)
    const struct CMUnitTest tests[] = {
        SCRATCH(counts_lines_from_one),      SCRATCH(ends_where_the_text_ends),
        SCRATCH(knows_an_unended_line),      SCRATCH(keeps_a_nul_inside_a_line),
        SCRATCH(reports_a_long_line_once),   SCRATCH(skips_a_huge_line_in_little_memory),
        SCRATCH(joins_lines_across_reads),   SCRATCH(grows_for_a_long_line_within_the_cap),
        SCRATCH(reads_zstd_frames_in_a_row), SCRATCH(notices_a_cut_zstd_file),
        SCRATCH(notices_broken_zstd_data),   cmocka_unit_test(names_a_file_it_cannot_read),
    };
    return cmocka_run_group_tests_name("io/lines", tests, NULL, NULL);
}
