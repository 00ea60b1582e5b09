#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* folder: the folder of a session's results, held open, so that no path and no link can lead
 * out of it.
 *
 * It is opened a component at a time without following links; after that only names in it are
 * used. One runner at a time: the folder itself is locked. */

struct folder {
    int fd;
    char path[128]; /* for messages */
};

/* outputs/tuning/NAME under the working directory, made where it is missing, locked.
 * ERR_REFUSED when another runner has it. */
bool folder_open(struct folder *folder, const char *name, struct err *err);
void folder_close(struct folder *folder);
/* Does a runner have it, this process or another? Seen from outside: looking takes no lock that
 * a runner could meet. false where the system does not tell. */
bool folder_is_held(const struct folder *folder);

/* Writes a file of that name whole: temporary name, rename. A power cut may take or empty what
 * was not settled yet. */
bool folder_replace(const struct folder *folder, const char *name, const void *data,
                    size_t length, struct err *err);
/* Everything written so far is there after a power cut. */
bool folder_settle(const struct folder *folder, struct err *err);
/* Calls for every name in it that ends so, until it returns false. false: it cannot be listed.
 */
typedef bool folder_name_fn(void *context, const char *name);
bool folder_each(const struct folder *folder, const char *ending, folder_name_fn *call,
                 void *context);
/* Does the name of anything in it end so? true when that cannot be told. */
bool folder_has(const struct folder *folder, const char *ending);
/* Removes a file; one that is not there is fine. */
bool folder_remove(const struct folder *folder, const char *name, struct err *err);
/* A regular file of at most `size_max` bytes, NUL-terminated, freed with mem_free(). */
bool folder_read(const struct folder *folder, const char *name, size_t size_max, char **data,
                 size_t *length, struct err *err);
