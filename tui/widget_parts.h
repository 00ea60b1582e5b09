#pragma once
#include "tui/canvas.h"
#include "tui/shape.h"

/* widget_parts: the shapes with a file of their own, for tui/widget.c. */

#define CODE_CUT 0x2026 /* stands where something was cut */

void widget_chart(struct canvas *canvas, const struct rect *area, const struct chart *chart);
void widget_track(struct canvas *canvas, const struct rect *area, const struct track *track);
void widget_heat(struct canvas *canvas, const struct rect *area, const struct heat *heat);
void widget_table(struct canvas *canvas, const struct rect *area, const struct table *table,
                  bool focused);
