#include "support/row_account.h"

#include <zstd.h>

#include "base/rng.h"

/* Rows of a market walking on from row `first`, 1 ms apart, until `size` bytes are there. */
static size_t add_rows(char *text, size_t length, size_t size, int first)
{
    for (int i = first; length < size; i++) {
        length += (size_t)sprintf(text + length, "%d.%03d,%d.5,%d.75,%d,%d,1474.25\n",
                                  1700000000 + i / 1000, i % 1000, i % 977, i % 977 + 1,
                                  i % 7919, i % 7919 + 2);
    }
    return length;
}

/* Goal: whatever happens at the border of two chunks happens wherever the border falls. */
static void knows_no_border_between_chunks(void **state)
{
    static const char *const events[] = {
        /* A shift of up to the length of its last line puts the border everywhere in it. */
        "1800000000,1,2,3,4,5\n1800000000,1,2,3,4,5\n",
        "1800000000,1,2,3,4,5\r\n1800000001,1,2,3,4,5\r\n",
        "1800000000,1,2,3,4,5\n1700000000,6,7,8,9,10\n1800000000,1,2,3,4,5\n",
        "1800000000,1,2,3,4,5\n\n\r\n\n1800000000,1,2,3,4,5\n",
        "1800000000,1,2,3,4,5\n1700000000,1,2,3,x,5\n1800000001,1,2,3,4,5\n",
        "1800000000,1,2,3,4,5\n\n\n\n",
        "1800000000,1,2,3,4,5\n1800000001,1,2,3,4,5",
    };
    char *text = mem_zalloc(3 * ROWS_CHUNK_SIZE);
    const size_t header = (size_t)sprintf(text, ROW_HEADER);
    for (size_t i = 0; i < LEN(events); i++) {
        const size_t size = strlen(events[i]);
        for (size_t shift = 0; shift <= size; shift++) {
            char path[SCRATCH_PATH_SIZE];
            size_t length = add_rows(text, header, header + ROWS_CHUNK_SIZE - 200, 0);
            /* Zeros in front of a number change nothing but the length. */
            const size_t zeros = header + ROWS_CHUNK_SIZE - shift - length - 10;
            length +=
                (size_t)sprintf(text + length, "1700009999,%0*d,2,3,4,5\n", (int)zeros - 10, 1);
            length += (size_t)sprintf(text + length, "%s", events[i]);
            scratch_write(path, text, length);
            check_file(path, &ROWS_STRICT);
            check_file(path, &ROWS_LENIENT);
            scratch_remove(path);
        }
    }
    mem_free(text);
}

/* Goal: a line of up to 64 KiB is read, one byte more is one bad row, and lines around it are
 * not lost. */
static void knows_the_longest_line(void **state)
{
    static const int lengths[] = {65534, 65535, 65536, 65537, 65538, 131072, 131073, 131074};
    char *text = mem_zalloc(400000);
    for (size_t i = 0; i < LEN(lengths); i++) {
        for (int before = 0; before < 3; before++) {
            size_t length = (size_t)sprintf(text, ROW_HEADER);
            for (int row = 0; row < before; row++) {
                length += (size_t)sprintf(text + length, "1,1,2,3,4,5\n");
            }
            length += (size_t)sprintf(text + length, "2,1,2,3,4,%0*d", lengths[i] - 10, 6);
            check_text(text, length);
            length += (size_t)sprintf(text + length, "\n3,1,2,3,4,5\n");
            check_text(text, length);
        }
    }
    for (int length = 65535; length <= 65538; length++) {
        memset(text, 'x', (size_t)length);
        strcpy(text + length, "\n1\n");
        check_text(text, (size_t)length + 3);
        check_text(text, (size_t)length);
    }
    mem_free(text);
}

/* A line as nobody should write it. */
static size_t random_line(struct rng *rng, char *line, int64_t time)
{
    static const char *const odd[] = {"",   "x",     "1e3",    "-2",  "+3",      "1e-9", ".",
                                      "\"", "3.25 ", "1..2",   "nan", "007",     "4\r",  "5.",
                                      ".6", "1e400", "\x1b[J", "1,2", "0x1p-3,", "9e99"};
    size_t length = (size_t)sprintf(line, "%lld", (long long)time);
    for (int field = 1; field < 6; field++) {
        if (rng_below(rng, 200) == 0) {
            length += (size_t)sprintf(line + length, ",%s", odd[rng_below(rng, LEN(odd))]);
        } else {
            length += (size_t)sprintf(line + length, ",%llu.%0*d",
                                      (unsigned long long)rng_below(rng, 1000000),
                                      (int)rng_below(rng, 12), (int)rng_below(rng, 100));
        }
    }
    return length + (size_t)sprintf(line + length, rng_below(rng, 20) > 0 ? "\n" : "\r\n");
}

/* Goal: the same for what nobody thought of: times run back, lines are empty or wrong. */
static void agrees_on_random_files(void **state)
{
    struct rng rng;
    rng_seed(&rng, 7, rng_salt("rows"));
    char *text = mem_zalloc(400000);
    for (int file = 0; file < 60; file++) {
        const size_t size = rng_below(&rng, 4) == 0 ? 200000 : rng_below(&rng, 5000);
        const uint64_t calm = 1 + rng_below(&rng, 400);
        size_t length = (size_t)sprintf(text, ROW_HEADER);
        int64_t time = 1000;
        while (length < size) {
            time += (int64_t)rng_below(&rng, 3);
            const bool back = rng_below(&rng, calm) == 0;
            if (rng_below(&rng, calm) == 0) {
                length += (size_t)sprintf(text + length, "\n\n");
            }
            length += random_line(&rng, text + length, back ? time - 5 : time);
        }
        check_text(text, length);
    }
    mem_free(text);
}

/* Up to 20 digits around a point, as text, and what strtod says they are. */
static double random_decimal(struct rng *rng, char text[32])
{
    const int decimals = (int)rng_below(rng, 11);
    int size = 0;
    for (int place = decimals + (int)rng_below(rng, 9); place >= 0; place--) {
        text[size++] = (char)('0' + rng_below(rng, 10));
        if (place == decimals) {
            text[size++] = '.';
        }
    }
    text[size] = '\0';
    return strtod(text, NULL);
}

/* Goal: a decimal is the double that strtod makes of it, to the bit. */
static void numbers_equal_strtod(void **state)
{
    enum { ROWS = 50000, NUMBERS = 4 };
    struct rng rng;
    rng_seed(&rng, 3, rng_salt("decimals"));
    char *text = mem_zalloc(ROWS * 120);
    double *want = mem_array(ROWS * NUMBERS, sizeof(*want));
    size_t length = (size_t)sprintf(text, ROW_HEADER);
    for (int row = 0; row < ROWS; row++) {
        length += (size_t)sprintf(text + length, "%d", row);
        for (int i = 0; i < NUMBERS; i++) {
            char number[32];
            want[NUMBERS * row + i] = random_decimal(&rng, number);
            length += (size_t)sprintf(text + length, ",%s", number);
        }
        length += (size_t)sprintf(text + length, ",1\n");
    }
    char path[SCRATCH_PATH_SIZE];
    scratch_write(path, text, length);
    struct account got = by_rows(path, &ROWS_STRICT);
    assert_int_equal(got.end, SOURCE_END);
    assert_int_equal(got.count, ROWS);
    for (int row = 0; row < ROWS; row++) {
        const struct tick *tick = &got.ticks[row];
        const double values[] = {tick->bid_a, tick->ask_a, tick->bid_b, tick->ask_b};
        assert_memory_equal(values, &want[NUMBERS * row], sizeof(values));
    }
    scratch_remove(path);
    mem_free(got.ticks);
    mem_free(want);
    mem_free(text);
}

/* Goal: packed files are read, hashed as they lie on disk, and refused where they are cut. */
static void reads_packed_files(void **state)
{
    char *text = mem_zalloc(400000);
    const size_t length = add_rows(text, (size_t)sprintf(text, ROW_HEADER), 300000, 0);
    const size_t room = ZSTD_compressBound(length);
    char *packed = mem_zalloc(room);
    const size_t size = ZSTD_compress(packed, room, text, length, 1);
    assert_false(ZSTD_isError(size));
    check_text(packed, size);
    check_text(packed, size / 2);
    check_text(packed, 10);
    packed[size / 2] ^= 0x55;
    check_text(packed, size);
    mem_free(packed);
    mem_free(text);
}

static void check_broken(const char *text, size_t length)
{
    const size_t room = ZSTD_compressBound(length) + 4;
    char *packed = mem_zalloc(room);
    const size_t size = ZSTD_compress(packed, room, text, length, 1);
    assert_false(ZSTD_isError(size));
    memcpy(packed + size, "rest", 4); /* no frame begins like this */
    check_text(packed, size + 4);
    mem_free(packed);
}

/* Goal: what came before a break stands, be it the header; a line it cut does not. */
static void reads_up_to_a_break(void **state)
{
    static const char *const texts[] = {
        "\n",
        "time\n",
        "timestamp",
        ROW_HEADER,
        ROW_HEADER "1,1,2,3,4,5\n",
        ROW_HEADER "1,1,2,3,4,5\n2,1,2,3,4,5",
        ROW_HEADER "\n\n",
    };
    for (size_t i = 0; i < LEN(texts); i++) {
        print_message("# %zu\n", i);
        check_broken(texts[i], strlen(texts[i]));
    }
    char *text = mem_zalloc(400000); /* no line, of a size for one chunk and for two */
    check_broken(text, 100000);
    check_broken(text, 400000);
    text[70000] = '\n';
    check_broken(text, 70001);
    mem_free(text);
}

/* Goal: both ends of a file tell its span, or that they cannot. */
static void tells_the_span_before_reading(void **state)
{
    static const struct {
        const char *text;
        bool known;
        int64_t first_s, last_s;
    } cases[] = {
        {ROW_HEADER "1,1,2,3,4,5\n", true, 1, 1},
        {ROW_HEADER "1,1,2,3,4,5\n2,1,2,3,4,5\n9,1,2,3,4,5", true, 1, 9},
        {ROW_HEADER "1,1,2,3,4,5\r\n2,1,2,3,4,5\r\n\r\n\n", true, 1, 2},
        {ROW_HEADER, false, 0, 0},
        {ROW_HEADER "\n", false, 0, 0},
        {ROW_HEADER "x\n2,1,2,3,4,5\n", false, 0, 0},
        {ROW_HEADER "1,1,2,3,4,5\n2,1,2,3,4\n", false, 0, 0},
        {ROW_HEADER "2,1,2,3,4,5\n1,1,2,3,4,5\n", false, 0, 0},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        char path[SCRATCH_PATH_SIZE];
        struct rows *rows;
        struct err err;
        int64_t first_ns = -1, last_ns = -1;
        print_message("# %zu\n", i);
        scratch_write_text(path, cases[i].text);
        assert_true(rows_open(&rows, path, &ROWS_STRICT, &err));
        assert_int_equal(rows_span(rows, &first_ns, &last_ns), cases[i].known);
        assert_int_equal(first_ns, cases[i].known ? cases[i].first_s * 1000000000 : -1);
        assert_int_equal(last_ns, cases[i].known ? cases[i].last_s * 1000000000 : -1);
        rows_close(rows);
        scratch_remove(path);
    }
}

/* Goal: the last line is found behind more than a chunk, and nothing of it is read twice. */
static void tells_the_span_of_a_long_file(void **state)
{
    char *text = mem_zalloc(400000);
    const size_t length = add_rows(text, (size_t)sprintf(text, ROW_HEADER), 300000, 0);
    char path[SCRATCH_PATH_SIZE];
    struct rows *rows;
    struct err err;
    int64_t first_ns, last_ns;
    scratch_write(path, text, length);
    struct account want = by_csv(path, &ROWS_STRICT);
    assert_true(rows_open(&rows, path, &ROWS_STRICT, &err));
    assert_true(rows_span(rows, &first_ns, &last_ns));
    assert_true(first_ns == want.ticks[0].time_ns);
    assert_true(last_ns == want.ticks[want.count - 1].time_ns);
    rows_close(rows);
    check_file(path, &ROWS_STRICT);
    scratch_remove(path);
    mem_free(want.ticks);
    mem_free(text);
}

/* Goal: chunks parsed in any order and joined in theirs give what one reader gives. */
static void may_be_parsed_out_of_order(void **state)
{
    enum { CHUNKS = 8 };
    char *text = mem_zalloc(600000);
    const size_t length = add_rows(text, (size_t)sprintf(text, ROW_HEADER), 400000, 0);
    char path[SCRATCH_PATH_SIZE];
    scratch_write(path, text, length);
    struct account want = by_csv(path, &ROWS_STRICT);
    struct account got = {0};
    struct rows *rows;
    struct rows_chunk *chunks = mem_array(CHUNKS, sizeof(*chunks));
    struct rows_block *blocks = mem_array(CHUNKS, sizeof(*blocks));
    int count = 0;
    assert_true(rows_open(&rows, path, &ROWS_STRICT, &got.err));
    while (rows_take(rows, &chunks[count], &got.err) == SOURCE_EVENT) {
        assert_int_equal(chunks[count].number, count);
        count++;
    }
    assert_true(count >= 6);
    for (int i = count - 1; i >= 0; i--) {
        rows_parse(rows, &chunks[i], &blocks[i]);
    }
    for (int i = 0; i < count; i++) {
        assert_true(rows_join(rows, &chunks[i], &blocks[i], &got.err));
        note_block(&got, &blocks[i]);
    }
    check_ticks(&want, &got);
    assert_string_equal(rows_total(rows)->hash, want.hash);
    uint64_t read_bytes, total_bytes;
    rows_progress(rows, &read_bytes, &total_bytes);
    assert_true(read_bytes == length && total_bytes == length);
    rows_close(rows);
    scratch_remove(path);
    mem_free(chunks);
    mem_free(blocks);
    mem_free(want.ticks);
    mem_free(got.ticks);
    mem_free(text);
}

/* Goal: what cannot be opened is refused in csv's words. */
static void refuses_what_csv_refuses(void **state)
{
    check_file("/nonexistent/x.csv", &ROWS_STRICT);
    check_file("/", &ROWS_STRICT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_no_border_between_chunks),
        cmocka_unit_test(knows_the_longest_line),
        cmocka_unit_test(agrees_on_random_files),
        cmocka_unit_test(numbers_equal_strtod),
        cmocka_unit_test(reads_packed_files),
        cmocka_unit_test(reads_up_to_a_break),
        cmocka_unit_test(tells_the_span_before_reading),
        cmocka_unit_test(tells_the_span_of_a_long_file),
        cmocka_unit_test(may_be_parsed_out_of_order),
        cmocka_unit_test(refuses_what_csv_refuses),
    };
    return cmocka_run_group_tests_name("market/rows", tests, NULL, NULL);
}
