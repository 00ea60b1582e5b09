#include "room.h"

int room_enter(void **state)
{
    static struct room room;
    desk_open((void **)&room.desk);
    room.terminal = (struct terminal){.pid = 0};
    *state = &room;
    return 0;
}

int room_leave(void **state)
{
    struct room *room = *state;
    terminal_finish(&room->terminal);
    return desk_close((void **)&room->desk);
}

void room_sit_down(struct room *room, int cols, int rows)
{
    struct text words = text_growing();
    text_addf(&words, "--state-dir %s console --embedded --source simulated:7",
              room->desk->state);
    terminal_start(&room->terminal, room->desk->folder, cols, rows, text_string(&words));
    terminal_expect(&room->terminal, "KILL off");
    text_finish(&words);
}

void room_stand_up(struct room *room)
{
    terminal_type(&room->terminal, ":quit\r");
    terminal_expect(&room->terminal, "End this session?");
    terminal_wait(&room->terminal, ROOM_DEAF_MS);
    terminal_type(&room->terminal, "y");
    assert_int_equal(terminal_end(&room->terminal), 0);
}

void room_write_market(const struct desk *desk, const char *name, int rows, int period)
{
    char path[DESK_PATH_SIZE];
    struct text text = text_growing();
    text_add(&text, "timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b,fx_rate\n");
    for (int i = 0; i < rows; i++) {
        const int phase = i % period;
        const int swing = phase < period / 2 ? phase : period - phase; /* 0 .. period/2 */
        const double b = 100.0 + 0.8 * swing / period - 0.2;
        text_addf(&text, "%d,99990,100010,%.4f,%.4f,1000\n", 1767225600 + i, b - 0.01,
                  b + 0.01);
    }
    desk_file(desk, path, name, text_string(&text));
    text_finish(&text);
}

char *room_read(const struct room *room, const char *name)
{
    char path[DESK_PATH_SIZE];
    text_cut(path, sizeof path, "%.100s/%s", room->desk->folder, name);
    struct text text = text_growing();
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        fail_msg("'%s' is missing", path);
    }
    for (int byte; (byte = fgetc(file)) != EOF;) {
        text_add_char(&text, (char)byte);
    }
    fclose(file);
    return text.data;
}
