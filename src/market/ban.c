#include "ban.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/text.h"
#include "io/file.h"

enum { FILE_SIZE_MAX = 4096 };
#define WAIT_MS_MAX (4 * 86400 * INT64_C(1000)) /* venues ban for three days at most */

static void read_line(struct bans *bans, char *line)
{
    char *tab = strchr(line, '\t');
    int64_t until_ms;
    if (tab == NULL || !num_parse_int64(tab + 1, strlen(tab + 1), &until_ms)) {
        return;
    }
    *tab = '\0';
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        if (strcmp(line, venue_name(venue)) == 0) {
            bans->until_ms[venue] = until_ms;
        }
    }
}

bool bans_load(struct bans *bans, const char *path, struct err *err)
{
    char *data = NULL;
    size_t length = 0;
    *bans = (struct bans){0};
    if (access(path, F_OK) != 0 && errno == ENOENT) {
        return true;
    }
    if (!file_read(path, FILE_SIZE_MAX, &data, &length, err)) {
        return false;
    }
    char *rest = data;
    for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n")) {
        read_line(bans, line);
    }
    mem_free(data);
    return true;
}

bool bans_store(const struct bans *bans, const char *path, struct err *err)
{
    struct text text = text_growing();
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        if (bans->until_ms[venue] > 0) {
            text_addf(&text, "%s\t%lld\n", venue_name(venue), (long long)bans->until_ms[venue]);
        }
    }
    const bool stored = file_replace_private(path, text_string(&text), text.length, err);
    text_finish(&text);
    return stored;
}

static int64_t limited(int64_t wait_ms)
{
    return wait_ms < 0 ? 0 : wait_ms > WAIT_MS_MAX ? WAIT_MS_MAX : wait_ms;
}

/* A number of at most 15 digits. */
static const char *read_digits(const char *at, int64_t *out)
{
    const size_t length = strspn(at, "0123456789");
    *out = 0;
    if (length > 15 || !num_parse_int64(at, length, out)) {
        *out = 0;
    }
    return at + length;
}

static bool is_seconds(const char *at)
{
    at += strspn(at, " -");
    return strncmp(at, "sec", 3) == 0 || strncmp(at, "\xEC\xB4\x88", 3) == 0; /* in Korean */
}

/* What a person would find in the text. */
static bool find_wait(const char *body, int64_t now_ms, int64_t *wait_ms)
{
    for (const char *at = body; *(at += strcspn(at, "0123456789")) != '\0';) {
        int64_t number;
        const bool until = at - body >= 6 && strncmp(at - 6, "until ", 6) == 0;
        at = read_digits(at, &number);
        if (until && number > now_ms) {
            *wait_ms = number - now_ms;
            return true;
        }
        if (number > 0 && is_seconds(at)) {
            *wait_ms = number * 1000;
            return true;
        }
    }
    return false;
}

int64_t ban_wait_ms(const char *retry_after, const char *body, int64_t now_ms,
                    int64_t otherwise_ms)
{
    int64_t number;
    if (retry_after != NULL && num_parse_int64(retry_after, strlen(retry_after), &number) &&
        number >= 0 && number <= WAIT_MS_MAX) {
        return limited(number * 1000);
    }
    return limited(find_wait(body, now_ms, &number) ? number : otherwise_ms);
}
