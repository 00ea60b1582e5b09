#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/canvas.h"
#include "view/snapshot.h"

/* shape: the view-model. A pane says what it has to say as a title and a few shapes; only
 * tui/widget.c knows how they are drawn. */

enum {
    SHAPE_TEXT_SIZE = 168,
    SHAPE_CELL_SIZE = 128,
    SHAPE_SPANS_MAX = 20,
    TITLE_FRAME_COLS = 6, /* blanks and rule around both parts of a title */
    SHAPE_LINES_MAX = 128,
    SHAPE_COLUMNS_MAX = 20,
    SHAPE_ROWS_MAX = 100,
    SHAPE_SERIES_MAX = 6,
    SHAPE_POINTS_MAX = 256,
    SHAPE_GAUGES_MAX = 24,
    SHAPE_HEAT_MAX = 32,
    SHAPE_LABEL_SIZE = 16,
    PANEL_SHAPES_MAX = 5,
};

struct span {
    enum role role;
    char text[SHAPE_TEXT_SIZE];
};

/* A line of text; what does not fit is cut at the right. */
struct line {
    int count;
    int from; /* index of the first span that stands at the right edge; count: none */
    struct span spans[SHAPE_SPANS_MAX];
};

enum shape_kind {
    SHAPE_LINES,
    SHAPE_TABLE,
    SHAPE_LADDER,
    SHAPE_CHART,
    SHAPE_TRACK,
    SHAPE_GAUGES,
    SHAPE_HEAT
};

struct lines {
    int count;
    struct line lines[SHAPE_LINES_MAX];
};

struct column {
    char title[SHAPE_LABEL_SIZE];
    int cols;
    bool right;   /* numbers stand at the right */
    int priority; /* 0 stays longest when the width shrinks */
};

struct table_cell {
    enum role role;
    bool flows; /* over the columns behind it, which stay empty */
    char text[SHAPE_CELL_SIZE];
};

struct table {
    int columns_count, rows_count;
    int selected; /* row, or -1 */
    int wide;     /* the column that takes what is left; -1 none */
    int per_item; /* rows that belong together when scrolling and selecting: 1 or 2 */
    bool untitled;
    struct column columns[SHAPE_COLUMNS_MAX];
    struct table_cell cells[SHAPE_ROWS_MAX][SHAPE_COLUMNS_MAX];
};

struct ladder_level {
    bool here;
    char price[16], size[12], cumulative[12];
    double part; /* of the bar, 0..1 */
};

/* Both sides of a book around a fixed middle row. */
struct ladder {
    bool stale;
    int levels; /* per side, best first */
    struct ladder_level asks[SNAPSHOT_LEVELS_MAX];
    struct ladder_level bids[SNAPSHOT_LEVELS_MAX];
    struct line middle;
};

struct series {
    enum role role;
    char name[12];
    char sign; /* what draws it in ASCII */
    bool dotted;
    int count;
    float values[SHAPE_POINTS_MAX]; /* NAN: a gap */
};

struct chart {
    int series_count; /* later ones are drawn over earlier ones */
    struct series series[SHAPE_SERIES_MAX];
};

/* A distance from a middle towards a line on either side, for a row or two. */
struct track {
    double line; /* how far both lines are from the middle */
    double now;  /* negative: towards the left one */
    struct series past;
    const char *left, *right;             /* names of the lines */
    const char *left_words, *right_words; /* where there is room */
};

struct gauge {
    char name[24];
    char text[48];
    double part; /* 0..1; NAN: no limit set */
    enum role role;
};

struct gauges {
    int count;
    struct gauge gauges[SHAPE_GAUGES_MAX];
};

/* Values over two axes, the more the lighter. A loss has its sign, a place without a value a
 * dot. */
struct heat {
    int cols, rows;
    int col, row;                      /* under the cursor */
    char corner[2 * SHAPE_LABEL_SIZE]; /* what stands down and across */
    char x_labels[SHAPE_HEAT_MAX][SHAPE_LABEL_SIZE];
    char y_labels[SHAPE_HEAT_MAX][SHAPE_LABEL_SIZE];
    double values[SHAPE_HEAT_MAX][SHAPE_HEAT_MAX]; /* [row][col]; NAN: none */
};

struct shape {
    enum shape_kind kind;
    int rows; /* wanted; 0: takes what is left */
    union {
        struct lines lines;
        struct table table;
        struct ladder ladder;
        struct chart chart;
        struct track track;
        struct gauges gauges;
        struct heat heat;
    };
};

struct panel {
    bool focused;
    bool stale; /* all of it is drawn as old */
    struct line title;
    int shapes_count;
    struct shape shapes[PANEL_SHAPES_MAX];
};

/* Empties a line. */
void line_clear(struct line *line);
/* Adds text; a full line swallows it. */
__attribute__((format(printf, 3, 4))) void line_add(struct line *line, enum role role,
                                                    const char *format, ...);
/* What is added from here on stands at the right edge. */
void line_right(struct line *line);
/* At the right edge of a title over `cols` columns, so many of the hints, which stand two
 * blanks apart, as it has room for: what the title says comes first. */
void line_add_hints(struct line *title, int cols, const char *hints);
/* Foreign text, made safe. `size` is that of its array. */
void line_add_foreign(struct line *line, enum role role, const char *text, size_t size);
int line_width(const struct line *line);

/* Begins a panel, and adds a shape to it; the shape is emptied. */
void panel_begin(struct panel *panel);
struct shape *panel_add(struct panel *panel, enum shape_kind kind, int rows);
/* The next empty line of a SHAPE_LINES, or the last one again when there are no more. */
struct line *lines_add(struct lines *lines);

/* Foreign text over as many lines as it takes, broken at blanks, indented by two columns. */
void lines_add_wrapped(struct lines *lines, enum role role, int cols, const char *text,
                       size_t size);

void table_column(struct table *table, const char *title, int cols, bool right, int priority);
/* A table holds fewer rows than a page may have: the first row to put in so that the selected
 * one is among them. */
int table_first_row(int selected);
/* A new row of empty cells; NULL when the table is full. */
struct table_cell *table_row(struct table *table);
__attribute__((format(printf, 3, 4))) void table_set(struct table_cell *cell, enum role role,
                                                     const char *format, ...);
void table_set_foreign(struct table_cell *cell, enum role role, const char *text, size_t size);
