#pragma once
/* damage: what every decoder of foreign bytes must stand: a folder of bad inputs with the exact
 * message each must give, a frame cut anywhere, bytes changed at random, and the big and the
 * deep. Wants BAD_INPUT, the folder of folders. */
#include <dirent.h>
#include <stdlib.h>

#include "support/check.h"

#include "base/err.h"
#include "base/rng.h"
#include "core/reason.h"

typedef bool damage_decode_fn(void *context, const char *bytes, size_t length,
                              enum reason *reason, struct err *err);

static inline size_t damage_read(const char *folder, const char *name, char *buffer,
                                 size_t size)
{
    char path[1024];
    snprintf(path, sizeof(path), "%s/%s/%s", BAD_INPUT, folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fail_msg("cannot read %s", path);
    }
    const size_t length = fread(buffer, 1, size - 1, file);
    fclose(file);
    buffer[length] = '\0';
    return length;
}

/* Decodes a copy on the heap without a byte to spare, so that reading past it is found. */
static inline bool damage_try(const char *bytes, size_t length, damage_decode_fn *decode,
                              void *context, enum reason *reason, struct err *err)
{
    char *copy = malloc(length > 0 ? length : 1);
    memcpy(copy, bytes, length);
    *reason = REASON_NONE;
    const bool read = decode(context, copy, length, reason, err);
    free(copy);
    return read;
}

/* NAME.json must fail with "CODE message", the first line of NAME.error; "..." at its end
 * stands for the JSON parser's own words, which are not ours. */
static inline void damage_folder(const char *folder, damage_decode_fn *decode, void *context)
{
    char path[1024];
    snprintf(path, sizeof(path), "%s/%s", BAD_INPUT, folder);
    DIR *entries = opendir(path);
    assert_non_null(entries);
    int cases = 0;
    for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
        static char input[65536], want[2048];
        char got[2048], name[256];
        char *dot = strcpy(name, entry->d_name) + strcspn(entry->d_name, ".");
        if (strcmp(dot, ".json") != 0) {
            continue;
        }
        print_message("# %s\n", entry->d_name);
        const size_t length = damage_read(folder, name, input, sizeof(input));
        strcpy(dot, ".error");
        damage_read(folder, name, want, sizeof(want));
        want[strcspn(want, "\n")] = '\0';
        enum reason reason;
        struct err err;
        assert_false(damage_try(input, length, decode, context, &reason, &err));
        snprintf(got, sizeof(got), "%s %s", reason_code(reason), err.text);
        char *dots = strstr(want, "...");
        if (dots != NULL) {
            *dots = '\0';
            got[strlen(want)] = '\0';
        }
        assert_string_equal(got, want);
        assert_int_equal(err.kind, ERR_INPUT);
        cases++;
    }
    closedir(entries);
    assert_true(cases > 0);
}

/* Goal: no cut frame is taken for a whole one. */
static inline void damage_prefixes(const char *frame, damage_decode_fn *decode, void *context)
{
    for (size_t length = 0; length < strlen(frame); length++) {
        enum reason reason;
        struct err err;
        assert_false(damage_try(frame, length, decode, context, &reason, &err));
        assert_int_equal(reason, REASON_INPUT_MALFORMED);
    }
}

/* Goal: changed bytes are read or refused with a reason; the sanitizers watch. */
static inline void damage_bytes(const char *frame, uint64_t seed, int rounds,
                                damage_decode_fn *decode, void *context)
{
    struct rng rng;
    const size_t length = strlen(frame);
    char *copy = malloc(length);
    rng_seed(&rng, seed, rng_salt("damage"));
    for (int i = 0; i < rounds; i++) {
        enum reason reason;
        struct err err;
        memcpy(copy, frame, length);
        for (uint64_t changes = 1 + rng_below(&rng, 4); changes > 0; changes--) {
            copy[rng_below(&rng, length)] = (char)rng_below(&rng, 256);
        }
        const bool read = damage_try(copy, length, decode, context, &reason, &err);
        assert_true(read || reason != REASON_NONE);
    }
    free(copy);
}

static inline void damage_fill(char unit, size_t length, enum reason want,
                               damage_decode_fn *decode, void *context)
{
    char *bytes = malloc(length);
    enum reason reason = REASON_NONE;
    struct err err;
    memset(bytes, unit, length);
    assert_false(decode(context, bytes, length, &reason, &err));
    assert_int_equal(reason, want);
    free(bytes);
}

/* Goal: nesting and size are refused before they cost anything. */
static inline void damage_hostile(damage_decode_fn *decode, void *context)
{
    damage_fill('[', 10000, REASON_INPUT_DEPTH, decode, context);
    damage_fill('[', 65, REASON_INPUT_DEPTH, decode, context);
    damage_fill('[', 64, REASON_INPUT_MALFORMED, decode, context);
    damage_fill('7', 4 * 1024 * 1024 + 1, REASON_NET_OVERSIZE, decode, context);
    damage_fill('7', 100000, REASON_INPUT_MALFORMED, decode, context);
    damage_fill('\0', 1000, REASON_INPUT_MALFORMED, decode, context);
    damage_fill('"', 1001, REASON_INPUT_MALFORMED, decode, context);
    damage_fill('\\', 1000, REASON_INPUT_MALFORMED, decode, context);
}
