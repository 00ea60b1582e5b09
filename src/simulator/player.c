#include "player.h"

#include "base/mem.h"
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

static bool show_all(struct player *player, player_fn *look, void *context, struct err *err)
{
    while (!player->ended) {
        look(context, &player->frame);
        if (!go_on(player, err)) {
            return false;
        }
    }
    return true;
}

bool player_open(struct player **out, const char *path, double speed, player_fn *look,
                 void *context, struct err *err)
{
    struct player *player = mem_zalloc(sizeof(*player));
    player->speed = speed;
    if (!begin(player, path, err) || !show_all(player, look, context, err) ||
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
