#include "player.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "market/frame_lines.h"

enum { PLACE_SIZE = 512 };

struct player {
    struct frame_lines *lines;
    double speed;
    int64_t first_ns; /* receive time of the first frame */
    bool ended;
    struct frame frame; /* that is next */
};

/* Goes to the next frame; `ended` once there is none. */
static bool go_on(struct player *player, struct err *err)
{
    const char *line;
    size_t length;
    char place[PLACE_SIZE];
    enum lines_result got;
    do {
        got = frame_lines_next(player->lines, &line, &length, err);
    } while (got == LINES_LINE && (length == 0 || line[0] == '#'));
    player->ended = got != LINES_LINE;
    if (got == LINES_END || got == LINES_ERROR) {
        return got == LINES_END;
    }
    if (got == LINES_TOO_LONG) {
        err_set(err, ERR_INPUT, "not a frame: too long");
    } else if (frame_line_parse(line, length, &player->frame, err)) {
        return true;
    }
    player->ended = true;
    return err_wrap(err, "%s", frame_lines_place(player->lines, place, sizeof(place)));
}

static bool begin(struct player *player, const char *path, struct err *err)
{
    frame_lines_close(player->lines);
    player->lines = NULL;
    if (!frame_lines_open(&player->lines, path, err) || !go_on(player, err)) {
        return false;
    }
    player->first_ns = player->frame.receive_ns;
    return true;
}

static bool is_rest(const struct frame *frame)
{
    return strncmp(frame->channel, "rest.", 5) == 0;
}

/* What was given already. */
enum { NAMES_MAX = 256, NAME_SIZE = FRAME_CHANNEL_SIZE + FRAME_SYMBOL_SIZE + 16 };

struct given {
    int count;
    char names[NAMES_MAX][NAME_SIZE];
};

static bool is_new(struct given *given, const struct frame *frame)
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
        return false;
    }
    *out = player;
    return true;
}

void player_close(struct player *player)
{
    if (player != NULL) {
        frame_lines_close(player->lines);
        mem_free(player);
    }
}

int64_t player_due_ns(const struct player *player)
{
    return player->ended ? INT64_MAX
                         : (int64_t)((double)(player->frame.receive_ns - player->first_ns) /
                                     player->speed);
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
