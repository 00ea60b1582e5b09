#pragma once
#include "tui/canvas.h"
#include "tui/shape.h"

/* widget: shapes to canvas; the only code that draws. */

/* A panel with its title row over the shapes. An empty area draws nothing. */
void widget_panel(struct canvas *canvas, const struct rect *area, const struct panel *panel);
/* One line in row `y` of the area. */
void widget_line(struct canvas *canvas, const struct rect *area, int y,
                 const struct line *line);
/* A box in the middle of `area` with these lines in it. */
void widget_box(struct canvas *canvas, const struct rect *area, const struct line *title,
                const struct lines *lines);
/* A shape without a title. `stale` draws all of it as old. */
void widget_shape(struct canvas *canvas, const struct rect *area, const struct shape *shape,
                  bool stale);
