#include "player.h"

#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/text.h"
#include "io/lines.h"

enum { FRAME_LINE_MAX = 4 * 1024 * 1024 + 1024, CHANNEL_SIZE = 96, SYMBOL_SIZE = 24 };

struct player {
    struct lines *lines;
    double speed;
    int64_t first_ns; /* receive time of the first frame */
    bool ended;
    int64_t receive_ns; /* of the frame that is next */
    char channel[CHANNEL_SIZE], symbol[SYMBOL_SIZE];
    struct player_frame frame; /* borrows from the line */
};

/* Cuts what stands in front of the next tab. */
static bool cut(const char **rest, size_t *left, const char **out, size_t *length)
{
    const char *tab = memchr(*rest, '\t', *left);
    if (tab == NULL) {
        return false;
    }
    *out = *rest;
    *length = (size_t)(tab - *rest);
    *left -= *length + 1;
    *rest = tab + 1;
    return true;
}

static bool read_venue(const char *text, size_t length, enum venue *out)
{
    for (int venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        const char *name = venue_name((enum venue)venue);
        if (strlen(name) == length && memcmp(name, text, length) == 0) {
            *out = (enum venue)venue;
            return true;
        }
    }
    return false;
}

static bool read_channel(struct player *player, const char *text, size_t length)
{
    const char *colon = memchr(text, ':', length);
    const size_t name = colon != NULL ? (size_t)(colon - text) : length;
    const size_t symbol = colon != NULL ? length - name - 1 : 0;
    if (name >= sizeof(player->channel) || symbol >= sizeof(player->symbol)) {
        return false;
    }
    memcpy(player->channel, text, name);
    player->channel[name] = '\0';
    memcpy(player->symbol, text + length - symbol, symbol);
    player->symbol[symbol] = '\0';
    return true;
}

static bool read_frame(struct player *player, const char *line, size_t length)
{
    const char *part;
    size_t size;
    struct player_frame *frame = &player->frame;
    if (!cut(&line, &length, &part, &size) ||
        !num_parse_int64(part, size, &player->receive_ns) ||
        !cut(&line, &length, &part, &size) || !read_venue(part, size, &frame->venue) ||
        !cut(&line, &length, &part, &size) || !read_channel(player, part, size)) {
        return false;
    }
    frame->channel = player->channel;
    frame->symbol = player->symbol;
    frame->bytes = line;
    frame->size = length;
    return true;
}

/* Goes to the next frame; `ended` once there is none. */
static bool go_on(struct player *player, struct err *err)
{
    const char *line;
    size_t length;
    enum lines_result got;
    do {
        got = lines_next(player->lines, &line, &length, err);
    } while (got == LINES_LINE && (length == 0 || line[0] == '#'));
    player->ended = got != LINES_LINE;
    if (got == LINES_ERROR) {
        return false;
    }
    if (got == LINES_TOO_LONG || (got == LINES_LINE && !read_frame(player, line, length))) {
        player->ended = true;
        return err_set(err, ERR_INPUT, "line %llu: not a frame",
                       (unsigned long long)lines_number(player->lines));
    }
    return true;
}

static bool begin(struct player *player, const char *path, struct err *err)
{
    lines_close(player->lines);
    player->lines = NULL;
    if (!lines_open(&player->lines, path, FRAME_LINE_MAX, err) || !go_on(player, err)) {
        return false;
    }
    player->first_ns = player->receive_ns;
    return true;
}

static bool is_rest(const struct player_frame *frame)
{
    return strncmp(frame->channel, "rest.", 5) == 0;
}

/* What was given already. */
enum { NAMES_MAX = 256, NAME_SIZE = CHANNEL_SIZE + SYMBOL_SIZE + 16 };

struct given {
    int count;
    char names[NAMES_MAX][NAME_SIZE];
};

static bool is_new(struct given *given, const struct player_frame *frame)
{
    char name[NAME_SIZE];
    text_cut(name, sizeof(name), "%d %s:%s", (int)frame->venue, frame->channel, frame->symbol);
    for (int i = 0; i < given->count; i++) {
        if (strcmp(given->names[i], name) == 0) {
            return false;
        }
    }
    if (given->count == NAMES_MAX) {
        return false;
    }
    memcpy(given->names[given->count++], name, sizeof(name));
    return true;
}

static bool give_first(struct player *player, player_fn *first, void *context, struct err *err)
{
    struct given *given = mem_zalloc(sizeof(*given));
    bool read = true;
    while (read && !player->ended) {
        if (is_rest(&player->frame) && is_new(given, &player->frame)) {
            first(context, &player->frame);
        }
        read = go_on(player, err);
    }
    mem_free(given);
    return read;
}

bool player_open(struct player **out, const char *path, double speed, player_fn *first,
                 void *context, struct err *err)
{
    struct player *player = mem_zalloc(sizeof(*player));
    player->speed = speed;
    if (!begin(player, path, err) || !give_first(player, first, context, err) ||
        !begin(player, path, err)) {
        player_close(player);
        return err_wrap(err, "%s", path);
    }
    *out = player;
    return true;
}

void player_close(struct player *player)
{
    if (player != NULL) {
        lines_close(player->lines);
        mem_free(player);
    }
}

int64_t player_due_ns(const struct player *player)
{
    return player->ended
               ? INT64_MAX
               : (int64_t)((double)(player->receive_ns - player->first_ns) / player->speed);
}

bool player_advance(struct player *player, int64_t elapsed_ns, player_fn *play, void *context,
                    struct err *err)
{
    while (player_due_ns(player) <= elapsed_ns) {
        play(context, &player->frame);
        if (!go_on(player, err)) {
            return false;
        }
    }
    return true;
}
