#include "glass.h"

#include <string.h>

enum { GROUND, ESCAPE, SEQUENCE, CHARSET };

void glass_init(struct glass *glass, int cols, int rows)
{
    *glass = (struct glass){.cursor_shown = true};
    glass_resize(glass, cols, rows);
}

void glass_finish(struct glass *glass)
{
    canvas_destroy(glass->canvas);
    glass->canvas = NULL;
}

void glass_resize(struct glass *glass, int cols, int rows)
{
    struct canvas *old = glass->canvas;
    glass->canvas = canvas_create(cols, rows, false);
    for (int y = 0; old != NULL && y < rows && y < old->rows; y++) {
        const int kept = cols < old->cols ? cols : old->cols;
        memcpy(glass->canvas->cells + y * cols, old->cells + y * old->cols,
               (size_t)kept * sizeof *old->cells);
    }
    canvas_destroy(old);
    glass->top = 0;
    glass->bottom = rows - 1;
    glass->x = glass->x < cols ? glass->x : cols - 1;
    glass->y = glass->y < rows ? glass->y : rows - 1;
    glass->wraps = false;
}

static struct rect whole(const struct glass *glass)
{
    return (struct rect){0, 0, glass->canvas->cols, glass->canvas->rows};
}

static void erase(struct glass *glass, int x, int y, int cols)
{
    const struct rect all = whole(glass);
    for (int i = 0; i < cols; i++) {
        canvas_put(glass->canvas, &all, x + i, y, ROLE_NORMAL, ' ');
    }
}

static void move_to(struct glass *glass, int x, int y)
{
    const int cols = glass->canvas->cols, rows = glass->canvas->rows;
    glass->x = x < 0 ? 0 : x >= cols ? cols - 1 : x;
    glass->y = y < 0 ? 0 : y >= rows ? rows - 1 : y;
    glass->wraps = false;
}

/* Rows from..to move up by one (down when `down`), a blank one comes in. */
static void scroll(struct glass *glass, int from, int to, bool down)
{
    struct canvas *canvas = glass->canvas;
    const size_t row = (size_t)canvas->cols * sizeof *canvas->cells;
    struct cell *first = canvas->cells + from * canvas->cols;
    const size_t moved = (size_t)(to - from) * row;
    if (from > to) {
        return;
    }
    memmove(down ? first + canvas->cols : first, down ? first : first + canvas->cols, moved);
    erase(glass, 0, down ? from : to, canvas->cols);
}

static void line_feed(struct glass *glass)
{
    if (glass->y == glass->bottom) {
        scroll(glass, glass->top, glass->bottom, false);
    } else {
        move_to(glass, glass->x, glass->y + 1);
    }
}

static void print(struct glass *glass, uint32_t code)
{
    const struct rect all = whole(glass);
    const int width = canvas_code_width(code);
    if (glass->wraps) {
        glass->x = 0;
        glass->wraps = false;
        line_feed(glass);
    }
    canvas_put(glass->canvas, &all, glass->x, glass->y, ROLE_NORMAL, code);
    glass->last = code;
    if (glass->x + width >= glass->canvas->cols) {
        glass->x = glass->canvas->cols - 1;
        glass->wraps = true;
    } else {
        glass->x += width;
    }
}

/* Takes cells out at the cursor, or puts blanks in. */
static void shift(struct glass *glass, int count, bool insert)
{
    struct canvas *canvas = glass->canvas;
    const int left = canvas->cols - glass->x;
    const int moved = count < left ? count : left;
    struct cell *at = canvas->cells + glass->y * canvas->cols + glass->x;
    const size_t kept = (size_t)(left - moved) * sizeof *at;
    memmove(insert ? at + moved : at, insert ? at : at + moved, kept);
    erase(glass, insert ? glass->x : canvas->cols - moved, glass->y, moved);
}

static void erase_display(struct glass *glass, int how)
{
    const int cols = glass->canvas->cols, rows = glass->canvas->rows;
    const bool all = how == 2 || (how == 0 && glass->x == 0 && glass->y == 0);
    glass->clears += all;
    if (how == 0) {
        erase(glass, glass->x, glass->y, cols - glass->x);
    }
    for (int y = how == 0 ? glass->y + 1 : 0; y < rows; y++) {
        erase(glass, 0, y, cols);
    }
}

static void erase_line(struct glass *glass, int how)
{
    const int cols = glass->canvas->cols;
    const int from = how == 0 ? glass->x : 0;
    const int to = how == 1 ? glass->x + 1 : cols;
    erase(glass, from, glass->y, to - from);
}

static void set_mode(struct glass *glass, int mode, bool on)
{
    if (mode == 1049) {
        glass->alternate = on;
    } else if (mode == 25) {
        glass->cursor_shown = on;
    } else if (mode == 2004) {
        glass->pastes = on;
    }
}

/* Moves the cursor; false when it is another kind of sequence. */
static bool run_motion(struct glass *glass, char final, int count, int second)
{
    switch (final) {
    case 'H':
        move_to(glass, (second > 0 ? second : 1) - 1, count - 1);
        return true;
    case 'G':
        move_to(glass, count - 1, glass->y);
        return true;
    case 'd':
        move_to(glass, glass->x, count - 1);
        return true;
    case 'A':
        move_to(glass, glass->x, glass->y - count);
        return true;
    case 'B':
        move_to(glass, glass->x, glass->y + count);
        return true;
    case 'C':
        move_to(glass, glass->x + count, glass->y);
        return true;
    case 'D':
        move_to(glass, glass->x - count, glass->y);
        return true;
    default:
        return false;
    }
}

static void run_sequence(struct glass *glass, char final)
{
    const int first = glass->arguments[0];
    const int count = first > 0 ? first : 1;
    const int second = glass->arguments_count > 1 ? glass->arguments[1] : 0;
    if (glass->introducer == '?') {
        for (int i = 0; (final == 'h' || final == 'l') && i < glass->arguments_count; i++) {
            set_mode(glass, glass->arguments[i], final == 'h');
        }
        return;
    }
    if (run_motion(glass, final, count, second)) {
        return;
    }
    switch (final) {
    case 'J':
        erase_display(glass, first);
        break;
    case 'K':
        erase_line(glass, first);
        break;
    case 'X':
        erase(glass, glass->x, glass->y, count);
        break;
    case 'P':
        shift(glass, count, false);
        break;
    case '@':
        shift(glass, count, true);
        break;
    case 'b':
        for (int i = 0; i < count; i++) {
            print(glass, glass->last);
        }
        break;
    case 'L':
    case 'M':
        for (int i = 0; i < count; i++) {
            scroll(glass, glass->y, glass->bottom, final == 'L');
        }
        break;
    case 'r':
        glass->top = count - 1;
        glass->bottom = (second > 0 ? second : glass->canvas->rows) - 1;
        move_to(glass, 0, 0);
        break;
    case 'n':
        glass->asked += first == 5;
        break;
    case 'm': /* colours are the theme's business */
    case 't':
    case 'h':
    case 'l':
        break;
    default:
        glass->unknown++;
    }
}

static void in_sequence(struct glass *glass, char c)
{
    if (c == '?' || c == '>' || c == '!') {
        glass->introducer = c;
    } else if (c >= '0' && c <= '9') {
        glass->arguments_count += glass->arguments_count == 0;
        int *argument = &glass->arguments[glass->arguments_count - 1];
        *argument = *argument * 10 + (c - '0');
    } else if (c == ';') {
        glass->arguments_count += glass->arguments_count == 0;
        glass->arguments_count += glass->arguments_count < GLASS_ARGUMENTS_MAX;
    } else if (c >= '@' && c <= '~') {
        glass->state = GROUND;
        run_sequence(glass, c);
    }
}

static void after_escape(struct glass *glass, char c)
{
    glass->state = GROUND;
    if (c == '[') {
        glass->state = SEQUENCE;
        glass->introducer = 0;
        glass->arguments_count = 0;
        memset(glass->arguments, 0, sizeof glass->arguments);
    } else if (c == '(' || c == ')') {
        glass->state = CHARSET;
    } else if (c == 'M') {
        glass->y == glass->top ? scroll(glass, glass->top, glass->bottom, true)
                               : move_to(glass, glass->x, glass->y - 1);
    } else if (c != '=' && c != '>' && c != '7' && c != '8' && c != 'c') {
        glass->unknown++;
    }
}

static void control(struct glass *glass, char c)
{
    switch (c) {
    case '\033':
        glass->state = ESCAPE;
        break;
    case '\r':
        move_to(glass, 0, glass->y);
        break;
    case '\n':
        line_feed(glass);
        break;
    case '\b':
        move_to(glass, glass->x - 1, glass->y);
        break;
    case '\t':
        move_to(glass, (glass->x / 8 + 1) * 8, glass->y);
        break;
    default:
        break;
    }
}

static void add_utf8(struct glass *glass, char c)
{
    const unsigned char byte = (unsigned char)c;
    if (byte >= 0xc0) {
        glass->utf8_length = 0;
        glass->utf8_wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    }
    if (glass->utf8_length < 4) {
        glass->utf8[glass->utf8_length++] = c;
    }
    if (glass->utf8_length == glass->utf8_wanted) {
        const char *cursor = glass->utf8;
        glass->utf8[glass->utf8_length] = '\0';
        print(glass, canvas_next_code(&cursor));
    }
}

void glass_feed(struct glass *glass, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const char c = bytes[i];
        if (glass->state == ESCAPE) {
            after_escape(glass, c);
        } else if (glass->state == SEQUENCE) {
            in_sequence(glass, c);
        } else if (glass->state == CHARSET) {
            glass->state = GROUND;
        } else if ((unsigned char)c < ' ') {
            control(glass, c);
        } else if ((unsigned char)c < 0x80) {
            print(glass, (unsigned char)c);
        } else {
            add_utf8(glass, c);
        }
    }
}
