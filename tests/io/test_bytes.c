#include "support/check.h"
#include "support/scratch.h"

#include <fcntl.h>

#include <zstd.h>

#include "base/mem.h"
#include "base/rng.h"
#include "io/bytes.h"

enum { LENGTH = 300000 };

/* Noise that packs a little, so that packed files have more than one block. */
static char *make_noise(void)
{
    struct rng rng;
    rng_seed(&rng, 5, 5);
    char *noise = mem_zalloc(LENGTH);
    for (size_t i = 0; i < LENGTH; i++) {
        noise[i] = (char)rng_below(&rng, 30);
    }
    return noise;
}

static struct bytes *open_bytes(const char *path, struct hash_stream *hash)
{
    struct bytes *bytes;
    struct err err = {0};
    assert_true(bytes_open(&bytes, open(path, O_RDONLY | O_CLOEXEC), path, hash, &err));
    return bytes;
}

/* Reads all of a file in pieces of at most `piece` and compares. */
static void check_content(const char *path, const char *want, size_t length, size_t piece,
                          const void *on_disk, size_t disk_length)
{
    char hash[HASH_XXH3_TEXT_SIZE], want_hash[HASH_XXH3_TEXT_SIZE];
    struct hash_stream *stream = hash_stream_create();
    struct bytes *bytes = open_bytes(path, stream);
    char *got = mem_zalloc(length + piece);
    struct err err = {0};
    size_t have = 0, count;
    do {
        assert_true(bytes_read(bytes, got + have, piece, &count, &err));
        assert_true(count <= piece);
        have += count;
    } while (count > 0 && have <= length);
    assert_int_equal(have, length);
    assert_memory_equal(got, want, length);
    assert_true(bytes_read(bytes, got, piece, &count, &err) && count == 0);
    uint64_t read_bytes, total_bytes;
    bytes_progress(bytes, &read_bytes, &total_bytes);
    assert_true(read_bytes == disk_length && total_bytes == disk_length);
    bytes_close(bytes);
    assert_string_equal(hash_stream_text(stream, hash),
                        hash_xxh3_text(want_hash, on_disk, disk_length));
    hash_stream_destroy(stream);
    mem_free(got);
}

/* Goal: in whatever pieces, the bytes are those of the file, and so is their hash. */
static void reads_plain_and_packed_alike(void **state)
{
    char *noise = make_noise();
    const size_t room = ZSTD_compressBound(LENGTH);
    char *packed = mem_zalloc(room);
    const size_t size = ZSTD_compress(packed, room, noise, LENGTH, 1);
    char plain_path[SCRATCH_PATH_SIZE], packed_path[SCRATCH_PATH_SIZE];
    scratch_write(plain_path, noise, LENGTH);
    scratch_write(packed_path, packed, size);
    static const size_t pieces[] = {7, 65535, 65536, 65537, LENGTH + 1};
    for (size_t i = 0; i < LEN(pieces); i++) {
        check_content(plain_path, noise, LENGTH, pieces[i], noise, LENGTH);
        check_content(packed_path, noise, LENGTH, pieces[i], packed, size);
    }
    struct bytes *bytes = open_bytes(plain_path, NULL);
    assert_false(bytes_packed(bytes));
    bytes_close(bytes);
    bytes = open_bytes(packed_path, NULL);
    assert_true(bytes_packed(bytes));
    bytes_close(bytes);
    scratch_remove(plain_path);
    scratch_remove(packed_path);
    mem_free(packed);
    mem_free(noise);
}

static void reads_short_files(void **state)
{
    static const char *const texts[] = {"", "x", "\x28\xb5\x2f"};
    for (size_t i = 0; i < LEN(texts); i++) {
        char path[SCRATCH_PATH_SIZE];
        scratch_write_text(path, texts[i]);
        check_content(path, texts[i], strlen(texts[i]), 3, texts[i], strlen(texts[i]));
        scratch_remove(path);
    }
}

/* Goal: what breaks says where, and a cut file is no short one. */
static void refuses_what_it_cannot_read(void **state)
{
    char path[SCRATCH_PATH_SIZE], want[SCRATCH_PATH_SIZE + 64], got[64];
    char packed[256];
    const size_t size = ZSTD_compress(packed, sizeof(packed), "some text", 9, 1);
    struct err err = {0};
    size_t count = 1;
    scratch_write(path, packed, size - 1);
    struct bytes *bytes = open_bytes(path, NULL);
    bool fine = true;
    while (fine && count > 0) {
        fine = bytes_read(bytes, got, sizeof(got), &count, &err);
    }
    assert_false(fine);
    snprintf(want, sizeof(want), "'%s' ends inside its zstd data", path);
    assert_string_equal(err.text, want);
    bytes_close(bytes);
    scratch_remove(path);

    assert_false(bytes_open(&bytes, open("/", O_RDONLY | O_CLOEXEC), "/", NULL, &err));
    assert_string_equal(err.text, "cannot read '/': Is a directory");
    assert_int_equal(err.kind, ERR_IO);
}

/* How much text a file with broken data gives in pieces of `piece`. */
static size_t length_to_break(const char *path, const char *want, size_t piece)
{
    struct bytes *bytes = open_bytes(path, NULL);
    char *got = mem_zalloc(LENGTH + piece);
    struct err err = {0};
    size_t have = 0, count;
    while (bytes_read(bytes, got + have, piece, &count, &err)) {
        have += count;
        assert_true(count > 0 && have <= LENGTH);
    }
    assert_memory_equal(got, want, have);
    assert_non_null(strstr(err.text, "is no valid zstd"));
    assert_false(bytes_read(bytes, got, piece, &count, &err));
    bytes_close(bytes);
    mem_free(got);
    return have;
}

/* Goal: how much comes before broken data is no matter of the reader's buffer, and the error
 * stays. A raw block of 100,000 bytes, then one of a type that does not exist. */
static void gives_the_same_up_to_a_break(void **state)
{
    enum { RAW = 100000 };
    static const unsigned char head[] = {0x28, 0xb5, 0x2f, 0xfd, 0,
                                         0x58, 0x00, 0x35, 0x0c}; /* RAW << 3 */
    char *noise = make_noise();
    char *packed = mem_zalloc(sizeof(head) + RAW + 3);
    memcpy(packed, head, sizeof(head));
    memcpy(packed + sizeof(head), noise, RAW);
    memset(packed + sizeof(head) + RAW, 0xff, 3);
    char path[SCRATCH_PATH_SIZE];
    scratch_write(path, packed, sizeof(head) + RAW + 3);
    const size_t want = length_to_break(path, noise, 7);
    static const size_t pieces[] = {65536, 65537, RAW - 1, RAW, RAW + 1, LENGTH};
    for (size_t i = 0; i < LEN(pieces); i++) {
        assert_int_equal(length_to_break(path, noise, pieces[i]), want);
    }
    scratch_remove(path);
    mem_free(packed);
    mem_free(noise);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_plain_and_packed_alike),
        cmocka_unit_test(reads_short_files),
        cmocka_unit_test(refuses_what_it_cannot_read),
        cmocka_unit_test(gives_the_same_up_to_a_break),
    };
    return cmocka_run_group_tests_name("io/bytes", tests, NULL, NULL);
}
