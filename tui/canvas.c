#include "tui/canvas.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/mem.h"

#define LEN(array)     (sizeof(array) / sizeof((array)[0]))
#define CODE_BROKEN    0xfffd
#define CODE_LATIN_END 0x7f
#define BRAILLE        0x2800

struct range {
    uint32_t first, last;
};

/* East Asian Wide and Fullwidth, in blocks. libc's wcwidth() answers by locale, and in the C
 * locale not at all; golden files must not depend on that. */
static const struct range WIDE[] = {
    {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},
    {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xa960, 0xa97c},   {0xac00, 0xd7a3},
    {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
    {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};
static const struct range ACCENTS[] = {
    {0x0300, 0x036f}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe20, 0xfe2f},
};

/* What each sign of ours becomes on a terminal that knows ASCII only. */
static const struct {
    uint32_t code;
    char ascii;
} PLAIN[] = {
    {0x2500, '-'}, {0x2502, '|'}, {0x2504, '-'}, {0x25b2, '^'}, {0x25bc, 'v'}, {0x25b8, '>'},
    {0x00d7, 'x'}, {0x00b7, '-'}, {0x2192, '>'}, {0x2212, '-'}, {0x2026, '~'}, {0x2588, '#'},
    {0x258c, ' '}, {0x00b1, '+'}, {0x221e, '*'}, {0x2022, '*'}, {0x2191, '^'}, {0x2193, 'v'},
    {0x2591, '.'}, {0x2592, ':'}, {0x2593, '+'}, {0x25cf, '*'}, {0x25cb, 'o'},
};

static bool inside(const struct range *ranges, size_t count, uint32_t code)
{
    for (size_t i = 0; i < count; i++) {
        if (code >= ranges[i].first && code <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

int canvas_code_width(uint32_t code)
{
    if (code < 0x300) {
        return 1;
    }
    if (inside(ACCENTS, LEN(ACCENTS), code)) {
        return 0;
    }
    return inside(WIDE, LEN(WIDE), code) ? 2 : 1;
}

uint32_t canvas_next_code(const char **cursor)
{
    const unsigned char *bytes = (const unsigned char *)*cursor;
    const unsigned char first = bytes[0];
    if (first <= CODE_LATIN_END) {
        *cursor += first != 0;
        return first;
    }
    const int length = first >= 0xf5   ? 1
                       : first >= 0xf0 ? 4
                       : first >= 0xe0 ? 3
                       : first >= 0xc2 ? 2
                                       : 1;
    uint32_t code = first & (0xffu >> (length + 1));
    for (int i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80) {
            *cursor += i;
            return CODE_BROKEN;
        }
        code = code << 6 | (bytes[i] & 0x3f);
    }
    *cursor += length;
    return length == 1 || code > 0x10ffff ? CODE_BROKEN : code;
}

int canvas_text_width(const char *utf8)
{
    int cols = 0;
    for (uint32_t code; (code = canvas_next_code(&utf8)) != 0;) {
        cols += canvas_code_width(code);
    }
    return cols;
}

struct rect rect_clip(struct rect area, const struct rect *outer)
{
    const int left = area.x > outer->x ? area.x : outer->x;
    const int top = area.y > outer->y ? area.y : outer->y;
    const int area_right = area.x + area.cols, outer_right = outer->x + outer->cols;
    const int area_end = area.y + area.rows, outer_end = outer->y + outer->rows;
    const int right = area_right < outer_right ? area_right : outer_right;
    const int bottom = area_end < outer_end ? area_end : outer_end;
    return (struct rect){left, top, right > left ? right - left : 0,
                         bottom > top ? bottom - top : 0};
}

struct canvas *canvas_create(int cols, int rows, bool ascii)
{
    assert(cols >= 0 && rows >= 0);
    struct canvas *canvas = mem_zalloc(sizeof *canvas);
    canvas->cols = cols;
    canvas->rows = rows;
    canvas->ascii = ascii;
    canvas->cells = mem_array((size_t)cols * (size_t)rows + 1, sizeof *canvas->cells);
    canvas_clear(canvas);
    return canvas;
}

void canvas_destroy(struct canvas *canvas)
{
    if (canvas != NULL) {
        mem_free(canvas->cells);
        mem_free(canvas);
    }
}

void canvas_clear(struct canvas *canvas)
{
    const size_t count = (size_t)canvas->cols * (size_t)canvas->rows;
    for (size_t i = 0; i < count; i++) {
        canvas->cells[i] = (struct cell){.code = ' ', .role = ROLE_NORMAL};
    }
}

static uint32_t plain_code(uint32_t code)
{
    if (code <= CODE_LATIN_END) {
        return code;
    }
    for (size_t i = 0; i < LEN(PLAIN); i++) {
        if (PLAIN[i].code == code) {
            return (unsigned char)PLAIN[i].ascii;
        }
    }
    return '?';
}

/* The cell at (x, y) of `area`, or NULL when that is outside of the area or the canvas. */
static struct cell *cell_at(struct canvas *canvas, const struct rect *area, int x, int y)
{
    const int column = area->x + x, row = area->y + y;
    const bool in_area = x >= 0 && y >= 0 && x < area->cols && y < area->rows;
    const bool in_canvas =
        column >= 0 && row >= 0 && column < canvas->cols && row < canvas->rows;
    return in_area && in_canvas ? &canvas->cells[row * canvas->cols + column] : NULL;
}

/* A wide character loses its meaning when one of its halves is overwritten. */
static void unhook(struct canvas *canvas, struct cell *cell)
{
    const ptrdiff_t column = (cell - canvas->cells) % canvas->cols;
    if (cell->code == 0 && column > 0) {
        cell[-1].code = ' ';
    }
    if (column + 1 < canvas->cols && cell[1].code == 0) {
        cell[1].code = ' ';
    }
}

static void put_one(struct canvas *canvas, struct cell *cell, enum role role, uint32_t code)
{
    unhook(canvas, cell);
    *cell = (struct cell){.code = code, .role = (uint8_t)role};
}

static void put_wide(struct canvas *canvas, const struct rect *area, int x, int y,
                     enum role role, uint32_t code)
{
    struct cell *left = cell_at(canvas, area, x, y);
    struct cell *right = cell_at(canvas, area, x + 1, y);
    const bool whole = left != NULL && right != NULL;
    const uint32_t first = !whole ? ' ' : canvas->ascii ? '?' : code;
    const uint32_t second = !whole ? ' ' : canvas->ascii ? '?' : 0;
    if (left != NULL) {
        put_one(canvas, left, role, first);
    }
    if (right != NULL) {
        put_one(canvas, right, role, ' ');
        right->code = second;
    }
    if (whole && second == 0) {
        left->code = first;
    }
}

void canvas_put(struct canvas *canvas, const struct rect *area, int x, int y, enum role role,
                uint32_t code)
{
    if (canvas_code_width(code) == 2) {
        put_wide(canvas, area, x, y, role, code);
        return;
    }
    struct cell *cell = cell_at(canvas, area, x, y);
    if (cell != NULL) {
        put_one(canvas, cell, role, canvas->ascii ? plain_code(code) : code);
    }
}

static void add_accent(struct canvas *canvas, const struct rect *area, int x, int y,
                       uint32_t code)
{
    struct cell *cell = cell_at(canvas, area, x - 1, y);
    if (cell != NULL && cell->code == 0) {
        cell = cell_at(canvas, area, x - 2, y);
    }
    if (cell != NULL && cell->accent == 0 && !canvas->ascii) {
        cell->accent = code;
    }
}

int canvas_text(struct canvas *canvas, const struct rect *area, int x, int y, enum role role,
                const char *utf8)
{
    const int start = x;
    for (uint32_t code; (code = canvas_next_code(&utf8)) != 0;) {
        const int width = canvas_code_width(code);
        if (width == 0) {
            add_accent(canvas, area, x, y, code);
        } else {
            canvas_put(canvas, area, x, y, role, code);
        }
        x += width;
    }
    return x - start;
}

void canvas_dot(struct canvas *canvas, const struct rect *area, int x, int y, enum role role)
{
    static const uint8_t DOTS[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    if (x < 0 || y < 0) {
        return;
    }
    struct cell *cell = cell_at(canvas, area, x / 2, y / 4);
    if (cell != NULL) {
        const bool dotted = cell->code >= BRAILLE && cell->code <= BRAILLE + 0xff;
        put_one(canvas, cell, role, (dotted ? cell->code : BRAILLE) | DOTS[y % 4][x % 2]);
    }
}

void canvas_paint(struct canvas *canvas, const struct rect *area, int x, int y, int cols,
                  enum role role)
{
    for (int i = 0; i < cols; i++) {
        struct cell *cell = cell_at(canvas, area, x + i, y);
        if (cell != NULL) {
            cell->role = (uint8_t)role;
        }
    }
}

void canvas_reverse(struct canvas *canvas, const struct rect *area, int x, int y, int cols)
{
    for (int i = 0; i < cols; i++) {
        struct cell *cell = cell_at(canvas, area, x + i, y);
        if (cell != NULL) {
            cell->reverse = 1;
        }
    }
}

void canvas_blank(struct canvas *canvas, const struct rect *area)
{
    for (int y = 0; y < area->rows; y++) {
        for (int x = 0; x < area->cols; x++) {
            canvas_put(canvas, area, x, y, ROLE_NORMAL, ' ');
        }
    }
}
