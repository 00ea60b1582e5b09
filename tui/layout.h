#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "tui/canvas.h"
#include "tui/state.h"

/* layout: a terminal's size to rectangles. Pure; works for every size from 1x1 up. */

enum layout_size {
    LAYOUT_LINE,  /* a few words */
    LAYOUT_XS,    /* a few lines */
    LAYOUT_S,     /* the panes, one row each where one row says it */
    LAYOUT_STACK, /* narrow and tall: one pane under the other */
    LAYOUT_M,     /* 80x24 */
    LAYOUT_L,     /* 120x36 */
    LAYOUT_XL,    /* 160x48: a column for guard and log */
};

struct layout {
    enum layout_size size;
    struct rect whole;
    struct rect header;               /* two rows at most */
    struct rect pairs;                /* a row per pair */
    struct rect panes[PANE_LAST + 1]; /* with their title row; empty when not shown */
    struct rect log;
    struct rect body; /* of a full screen: everything between header and footer */
    struct rect footer;
};

/* What the layout must know of the moment. */
struct layout_wish {
    int pairs;     /* rows of the pair strip wanted */
    int positions; /* open trades */
    int alerts;
    bool full;   /* a full screen instead of the panes */
    bool zoomed; /* one pane instead of all */
    enum pane_id focus;
};

struct layout layout_make(int cols, int rows, const struct layout_wish *wish);
