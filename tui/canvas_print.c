#include "tui/canvas.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A canvas as text: what golden files and --snap show. */

static void add_code(struct text *out, uint32_t code)
{
    if (code < 0x80) {
        text_add_char(out, (char)code);
    } else if (code < 0x800) {
        text_add_char(out, (char)(0xc0 | code >> 6));
        text_add_char(out, (char)(0x80 | (code & 0x3f)));
    } else if (code < 0x10000) {
        text_add_char(out, (char)(0xe0 | code >> 12));
        text_add_char(out, (char)(0x80 | (code >> 6 & 0x3f)));
        text_add_char(out, (char)(0x80 | (code & 0x3f)));
    } else {
        text_add_char(out, (char)(0xf0 | code >> 18));
        text_add_char(out, (char)(0x80 | (code >> 12 & 0x3f)));
        text_add_char(out, (char)(0x80 | (code >> 6 & 0x3f)));
        text_add_char(out, (char)(0x80 | (code & 0x3f)));
    }
}

static char letter_of(const struct cell *cell)
{
    return cell->reverse ? 'R' : theme_letter((enum role)cell->role);
}

static bool is_blank(const struct cell *cell, bool roles)
{
    return roles ? letter_of(cell) == ' ' : cell->code == ' ' || cell->code == 0;
}

void canvas_print(const struct canvas *canvas, bool roles, struct text *out)
{
    for (int y = 0; y < canvas->rows; y++) {
        const struct cell *row = canvas->cells + (size_t)y * (size_t)canvas->cols;
        int end = canvas->cols;
        while (end > 0 && is_blank(&row[end - 1], roles)) {
            end--;
        }
        for (int x = 0; x < end; x++) {
            if (roles) {
                text_add_char(out, letter_of(&row[x]));
            } else if (row[x].code != 0) {
                add_code(out, row[x].code);
            }
            if (!roles && row[x].accent != 0) {
                add_code(out, row[x].accent);
            }
        }
        text_add_char(out, '\n');
    }
}

bool canvas_write(const struct canvas *canvas, const char *path, struct err *err)
{
    FILE *file = fopen(path, "wx");
    if (file == NULL) {
        return err_set(err, ERR_INPUT, "'%s': %s", path, strerror(errno));
    }
    struct text out = text_growing();
    canvas_print(canvas, false, &out);
    const bool whole = fwrite(out.data, 1, out.length, file) == out.length;
    const bool closed = fclose(file) == 0;
    text_finish(&out);
    return (whole && closed) || err_set(err, ERR_IO, "'%s': %s", path, strerror(errno));
}
