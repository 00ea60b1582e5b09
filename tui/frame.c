#include "tui/frame.h"

#include "base/mem.h"
#include "tui/dialog.h"
#include "tui/form.h"
#include "tui/pane/pane.h"
#include "tui/widget.h"

enum { SMALL_ROWS = 3 }; /* under the pairs: money, feeds, an alarm */

/* Scratch: too big for the stack and used anew by every pane. */
struct frame {
    struct panel panel;
    struct lines lines;
    struct line rows[2];
    struct line title;
};

static pane_build_fn *const PANES[] = {
    [PANE_BOOK_A] = pane_book_a,   [PANE_BOOK_B] = pane_book_b,
    [PANE_PREMIUM] = pane_premium, [PANE_POSITIONS] = pane_positions,
    [PANE_GUARD] = pane_guard,     [PANE_ALERTS] = pane_alerts,
};
_Static_assert(sizeof PANES / sizeof PANES[0] == PANE_LAST + 1, "a builder per pane");

static pane_build_fn *const SCREENS[] = {
    [SCREEN_LIVE] = NULL,
    [SCREEN_TRADES] = pane_trades,
    [SCREEN_RISK] = pane_risk,
    [SCREEN_ALERTS] = pane_alarms,
    [SCREEN_SYSTEM] = pane_system,
    [SCREEN_TUNING] = pane_tuning,
    [SCREEN_RESULTS] = pane_results,
    [SCREEN_HELP] = pane_help,
};
_Static_assert(sizeof SCREENS / sizeof SCREENS[0] == SCREEN_LAST + 1, "a builder per screen");

struct frame *frame_create(void)
{
    return mem_zalloc(sizeof(struct frame));
}

void frame_destroy(struct frame *frame)
{
    mem_free(frame);
}

static void draw_pane(struct frame *frame, const struct view *view, struct canvas *canvas,
                      const struct rect *area, pane_build_fn *build, bool focused)
{
    if (area->rows <= 0 || area->cols <= 0) {
        return;
    }
    panel_begin(&frame->panel);
    frame->panel.focused = focused;
    build(view, area, &frame->panel);
    widget_panel(canvas, area, &frame->panel);
}

static void draw_live(struct frame *frame, const struct view *view, struct canvas *canvas,
                      const struct layout *layout)
{
    pane_pairs(view, layout->pairs.cols, &frame->lines);
    for (int i = 0; i < frame->lines.count && i < layout->pairs.rows; i++) {
        widget_line(canvas, &layout->pairs, i, &frame->lines.lines[i]);
    }
    for (int i = 0; i <= PANE_LAST; i++) {
        draw_pane(frame, view, canvas, &layout->panes[i], PANES[i],
                  view->state->focus == (enum pane_id)i);
    }
    draw_pane(frame, view, canvas, &layout->log, pane_log, false);
}

static void draw_small(struct frame *frame, const struct view *view, struct canvas *canvas,
                       const struct layout *layout)
{
    pane_pairs(view, layout->body.cols, &frame->lines);
    const int pairs = frame->lines.count, room = layout->body.rows - SMALL_ROWS;
    const int over = view->state->pair + 1 - room; /* the chosen one is among those shown */
    const int first = pairs > room && over > 0 ? over : 0;
    int y = 0;
    for (; y < room && first + y < pairs; y++) {
        widget_line(canvas, &layout->body, y, &frame->lines.lines[first + y]);
    }
    pane_tiny(view, &frame->lines);
    for (int i = 0; i < frame->lines.count; i++, y++) {
        widget_line(canvas, &layout->body, y, &frame->lines.lines[i]);
    }
    struct rect rest = layout->body;
    rest.y += y;
    rest.rows = rest.rows > y ? rest.rows - y : 0;
    if (rest.rows > 1) {
        draw_pane(frame, view, canvas, &rest, pane_alerts, false);
    } else if (rest.rows == 1) {
        panel_begin(&frame->panel);
        pane_alerts(view, &rest, &frame->panel);
        widget_shape(canvas, &rest, &frame->panel.shapes[0], frame->panel.stale);
    }
}

/* Words, as many to a row as fit; half a number is no number and is left out. */
static void draw_words(struct frame *frame, const struct view *view, struct canvas *canvas,
                       const struct layout *layout)
{
    struct line *words = &frame->rows[0];
    pane_words(view, words);
    int x = 0, y = 0;
    for (int i = 0; i < words->count; i++) {
        const int width = canvas_text_width(words->spans[i].text);
        if (x > 0 && x + width > layout->header.cols) {
            x = 0;
            y++;
        }
        const enum role role = words->spans[i].role;
        if (width > layout->header.cols && (role == ROLE_NORMAL || role == ROLE_STALE)) {
            continue;
        }
        x += canvas_text(canvas, &layout->header, x, y, words->spans[i].role,
                         words->spans[i].text) +
             1;
    }
}

static void draw_header(struct frame *frame, const struct view *view, struct canvas *canvas,
                        const struct rect *area, enum layout_size size)
{
    if (size == LAYOUT_XS) {
        pane_short_header(view, &frame->rows[0]);
    } else {
        pane_header(view, area->cols, frame->rows);
    }
    for (int y = 0; y < area->rows && y < 2; y++) {
        widget_line(canvas, area, y, &frame->rows[y]);
        if (view->newest != NULL && view->newest->killed) {
            canvas_paint(canvas, area, 0, y, area->cols, ROLE_BLOCKED);
        }
    }
}

static struct frame_cursor draw_footer(struct frame *frame, const struct view *view,
                                       struct canvas *canvas, const struct rect *area)
{
    pane_footer(view, area->cols, &frame->title);
    widget_line(canvas, area, 0, &frame->title);
    const char *prompt = pane_prompt(view->state->dialog.kind);
    if (prompt != NULL && area->rows > 0) {
        const int x =
            canvas_text_width(prompt) + canvas_text_width(view->state->dialog.fields[0].text);
        return (struct frame_cursor){x < area->cols ? x : area->cols - 1, area->y};
    }
    return (struct frame_cursor){-1, -1};
}

static struct layout lay_out(const struct view *view, const struct canvas *canvas)
{
    const struct snapshot *snapshot = view->snapshot;
    const struct layout_wish wish = {
        .pairs = snapshot != NULL ? snapshot->pairs_count : 0,
        .positions = snapshot != NULL ? snapshot->positions_count : 0,
        .alerts = snapshot != NULL ? snapshot->alerts_count : 0,
        .full = view->state->screen != SCREEN_LIVE,
        .zoomed = view->state->zoomed,
        .focus = view->state->focus,
    };
    return layout_make(canvas->cols, canvas->rows, &wish);
}

static bool needs_snapshot(enum screen screen)
{
    return screen != SCREEN_HELP && screen != SCREEN_TUNING && screen != SCREEN_RESULTS;
}

static pane_build_fn *builder_of(const struct state *state)
{
    if (state->detail && state->screen == SCREEN_TRADES) {
        return pane_trade;
    }
    return form_is_shown(state) ? pane_form : SCREENS[state->screen];
}

struct frame_cursor frame_draw(struct frame *frame, const struct state *state,
                               const struct world *world, struct canvas *canvas)
{
    const struct view view = view_make(state, world);
    const struct layout layout = lay_out(&view, canvas);
    canvas_clear(canvas);
    if (layout.size == LAYOUT_LINE && state->screen == SCREEN_LIVE) {
        draw_words(frame, &view, canvas, &layout);
    } else {
        draw_header(frame, &view, canvas, &layout.header, layout.size);
        pane_build_fn *build = builder_of(state);
        if (build != NULL && (view.snapshot != NULL || !needs_snapshot(state->screen))) {
            draw_pane(frame, &view, canvas, &layout.body, build, true);
        } else if (view.snapshot != NULL && layout.size == LAYOUT_XS) {
            draw_small(frame, &view, canvas, &layout);
        } else if (view.snapshot != NULL) {
            draw_live(frame, &view, canvas, &layout);
        }
    }
    const struct frame_cursor cursor = draw_footer(frame, &view, canvas, &layout.footer);
    if (pane_box(&view, &layout.whole, &frame->title, &frame->lines)) {
        widget_box(canvas, &layout.whole, &frame->title, &frame->lines);
    }
    return cursor;
}
