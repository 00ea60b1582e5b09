#pragma once
/* scratch: a small file of given bytes in the temporary folder, for readers that want a path.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SCRATCH_PATH_SIZE = 256 };

/* Writes a new file and its path; the test ends it with scratch_remove(). */
static inline void scratch_write(char path[SCRATCH_PATH_SIZE], const void *bytes, size_t length)
{
    const char *folder = getenv("TMPDIR");
    snprintf(path, SCRATCH_PATH_SIZE, "%s/arblite-test-XXXXXX", folder ? folder : "/tmp");
    const int fd = mkstemp(path);
    FILE *file = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (file == NULL || fwrite(bytes, 1, length, file) != length || fclose(file) != 0) {
        perror(path);
        abort();
    }
}

static inline void scratch_write_text(char path[SCRATCH_PATH_SIZE], const char *text)
{
    scratch_write(path, text, strlen(text));
}

static inline void scratch_remove(const char *path)
{
    unlink(path);
}
