#pragma once
/* folder: a folder of a test's own under $TMPDIR, and its removal. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/check.h"

enum { FOLDER_PATH_SIZE = 256 };

static inline void folder_create(char path[FOLDER_PATH_SIZE])
{
    const char *base = getenv("TMPDIR");
    snprintf(path, FOLDER_PATH_SIZE, "%s/arblite-test-XXXXXX", base != NULL ? base : "/tmp");
    assert_non_null(mkdtemp(path));
}

/* Removes the folder and the plain files in it. */
static inline void folder_remove(const char *path)
{
    char name[FOLDER_PATH_SIZE + 260];
    chmod(path, 0700);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
        unlink(name);
    }
    closedir(folder);
    assert_int_equal(rmdir(path), 0);
}

/* "<path>/<name>" in a buffer of the caller. */
static inline const char *folder_file(char out[FOLDER_PATH_SIZE + 64], const char *path,
                                      const char *name)
{
    snprintf(out, FOLDER_PATH_SIZE + 64, "%s/%s", path, name);
    return out;
}
