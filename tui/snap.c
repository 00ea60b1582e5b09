#include <string.h>

#include "base/mem.h"
#include "tui/console.h"
#include "tui/frame.h"

static bool parse_screen(const char *name, enum screen *out)
{
    for (int i = 0; i <= SCREEN_LAST; i++) {
        if (strcmp(screen_name((enum screen)i), name) == 0) {
            *out = (enum screen)i;
            return true;
        }
    }
    return false;
}

bool console_screen_page(const char *screen, int *kind)
{
    enum screen found;
    if (!parse_screen(screen, &found)) {
        return false;
    }
    *kind = screen_page(found);
    return true;
}

bool console_screen_wants_desk(const char *screen, bool *wants)
{
    enum screen found;
    if (!parse_screen(screen, &found)) {
        return false;
    }
    *wants = found == SCREEN_TUNING || found == SCREEN_RESULTS;
    return true;
}

bool console_snap(const struct snapshot *snapshot, const struct page *page,
                  const struct console_snap *want, struct text *out, struct err *err)
{
    struct state state;
    state_init(&state, NULL, NULL, 0.0);
    if (!parse_screen(want->screen, &state.screen)) {
        return err_set(
            err, ERR_USAGE,
            "'%s' is no screen; expected live, trades, risk, alerts, system, tuning, "
            "results or help",
            want->screen);
    }
    if (want->cols < 1 || want->cols > CONSOLE_COLS_MAX || want->rows < 1 ||
        want->rows > CONSOLE_ROWS_MAX) {
        return err_set(err, ERR_USAGE, "'%dx%d' is no size; expected 1x1 to %dx%d", want->cols,
                       want->rows, CONSOLE_COLS_MAX, CONSOLE_ROWS_MAX);
    }
    struct world world = {.shown = snapshot,
                          .newest = snapshot,
                          .tuning = want->tuning,
                          .ranking = want->ranking,
                          .has_desk = true,
                          .now_ns = want->now_mono_ns};
    if (world.now_ns == 0 && snapshot != NULL) {
        world.now_ns = snapshot->made_mono_ns;
    }
    if (page != NULL) {
        world.pages[page->query.kind] = page;
    }
    struct frame *frame = frame_create();
    struct canvas *canvas = canvas_create(want->cols, want->rows, want->ascii);
    frame_draw(frame, &state, &world, canvas);
    canvas_print(canvas, false, out);
    if (want->roles) {
        canvas_print(canvas, true, out);
    }
    canvas_destroy(canvas);
    frame_destroy(frame);
    return true;
}
