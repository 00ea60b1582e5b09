#include "binance_streams.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"

enum { SPEED_DEFAULT_MS = 250, MARK_DEFAULT_MS = 3000 };

void stream_wishes_finish(struct stream_wishes *wishes)
{
    mem_free(wishes->wishes);
    wishes->wishes = NULL;
    wishes->count = 0;
}

/* The words a stream may have behind its symbol; depth 0: not a partial book. */
static const struct word {
    const char *text;
    enum stream_kind kind;
    int32_t depth, speed_ms;
} WORDS[] = {
    {"depth", STREAM_DIFF, 0, SPEED_DEFAULT_MS},
    {"depth@100ms", STREAM_DIFF, 0, 100},
    {"depth@250ms", STREAM_DIFF, 0, 250},
    {"depth@500ms", STREAM_DIFF, 0, 500},
    {"depth5", STREAM_PARTIAL, 5, SPEED_DEFAULT_MS},
    {"depth5@100ms", STREAM_PARTIAL, 5, 100},
    {"depth5@250ms", STREAM_PARTIAL, 5, 250},
    {"depth5@500ms", STREAM_PARTIAL, 5, 500},
    {"depth10", STREAM_PARTIAL, 10, SPEED_DEFAULT_MS},
    {"depth10@100ms", STREAM_PARTIAL, 10, 100},
    {"depth10@250ms", STREAM_PARTIAL, 10, 250},
    {"depth10@500ms", STREAM_PARTIAL, 10, 500},
    {"depth20", STREAM_PARTIAL, 20, SPEED_DEFAULT_MS},
    {"depth20@100ms", STREAM_PARTIAL, 20, 100},
    {"depth20@250ms", STREAM_PARTIAL, 20, 250},
    {"depth20@500ms", STREAM_PARTIAL, 20, 500},
    {"bookTicker", STREAM_TICKER, 0, 0},
    {"markPrice", STREAM_MARK, 0, MARK_DEFAULT_MS},
    {"markPrice@1s", STREAM_MARK, 0, 1000},
    {"aggTrade", STREAM_TRADE, 0, 0},
};

static const struct word *find_word(const char *text)
{
    for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++) {
        if (strcmp(WORDS[i].text, text) == 0) {
            return &WORDS[i];
        }
    }
    return NULL;
}

/* Symbols are lower case in streams; one that is not names no symbol and stays silent. */
static bool read_symbol(struct stream_wish *out, size_t length)
{
    if (length == 0 || length >= sizeof(out->symbol)) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (isupper((unsigned char)out->name[i])) {
            return false;
        }
        out->symbol[i] = (char)toupper((unsigned char)out->name[i]);
    }
    return true;
}

bool stream_wish_parse(struct stream_wish *out, const char *name, size_t length)
{
    if (length >= STREAM_NAME_SIZE) {
        return false;
    }
    *out = (struct stream_wish){.kind = STREAM_OTHER};
    memcpy(out->name, name, length);
    const char *at = strchr(out->name, '@');
    const struct word *word = at != NULL ? find_word(at + 1) : NULL;
    if (word != NULL && read_symbol(out, (size_t)(at - out->name))) {
        out->kind = word->kind;
        out->depth = word->depth;
        out->speed_ms = word->speed_ms;
    }
    return true;
}

enum stream_class stream_class_of(enum stream_kind kind)
{
    return kind <= STREAM_TICKER ? STREAM_PUBLIC : STREAM_MARKET;
}

bool stream_wish_heard(const struct stream_wishes *wishes, const struct stream_wish *wish)
{
    return wish->kind != STREAM_OTHER && stream_class_of(wish->kind) == wishes->served;
}

static int32_t find_wish(const struct stream_wishes *wishes, const char *name)
{
    int32_t i = 0;
    while (i < wishes->count && strcmp(wishes->wishes[i].name, name) != 0) {
        i++;
    }
    return i;
}

bool stream_wishes_add(struct stream_wishes *wishes, const char *name, size_t length)
{
    struct stream_wish wish;
    if (!stream_wish_parse(&wish, name, length)) {
        return true;
    }
    if (find_wish(wishes, wish.name) < wishes->count) {
        return true;
    }
    if (wishes->count == STREAMS_MAX) {
        return false;
    }
    wishes->wishes =
        mem_grow(wishes->wishes, (size_t)wishes->count + 1, sizeof(*wishes->wishes));
    wishes->wishes[wishes->count++] = wish;
    return true;
}

void stream_wishes_remove(struct stream_wishes *wishes, const char *name)
{
    const int32_t at = find_wish(wishes, name);
    if (at < wishes->count) {
        wishes->wishes[at] = wishes->wishes[--wishes->count];
    }
}

bool stream_wishes_add_list(struct stream_wishes *wishes, const char *names)
{
    while (*names != '\0') {
        const size_t length = strcspn(names, "/");
        if (length > 0 && !stream_wishes_add(wishes, names, length)) {
            return false;
        }
        names += length + (names[length] == '/' ? 1 : 0);
    }
    return true;
}
