#include "tui/state.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/safe.h"
#include "tui/dialog.h"
#include "tui/form.h"
#include "tui/press.h"

#define NS_PER_S            INT64_C(1000000000)
#define NS_PER_MS           INT64_C(1000000)
#define KILL_WINDOW_NS      (2 * NS_PER_S)
#define KILL_SHIFT_NS       (3 * NS_PER_S)
#define PASTE_SILENCE_NS    NS_PER_S
#define ASK_PERIOD_NS       NS_PER_S
#define NOTICE_FAILURE_S    20
#define NOTICE_DONE_S       8
#define FRAMES_PER_S_NORMAL 4.0

static const struct {
    const char *name;
    int page;
} SCREENS[] = {
    [SCREEN_LIVE] = {"live", -1},
    [SCREEN_TRADES] = {"trades", PAGE_TRADES},
    [SCREEN_RISK] = {"risk", PAGE_DECISIONS},
    [SCREEN_ALERTS] = {"alerts", PAGE_ALERTS},
    [SCREEN_SYSTEM] = {"system", PAGE_AUDIT},
    [SCREEN_TUNING] = {"tuning", -1},
    [SCREEN_RESULTS] = {"results", -1},
    [SCREEN_HELP] = {"help", -1},
};
_Static_assert(sizeof SCREENS / sizeof SCREENS[0] == SCREEN_LAST + 1, "a row per screen");

const char *screen_name(enum screen screen)
{
    return SCREENS[screen].name;
}

int screen_page(enum screen screen)
{
    return SCREENS[screen].page;
}

void state_init(struct state *state, const char *theme, const char *chart_span,
                double frames_per_s)
{
    static const char *const SPANS[SNAPSHOT_CHART_SPANS] = {"15m", "1h", "4h"};
    *state = (struct state){.focus = PANE_POSITIONS};
    snprintf(state->theme, sizeof state->theme, "%s",
             theme != NULL && theme_exists(theme) ? theme : theme_name(0));
    for (int i = 0; i < SNAPSHOT_CHART_SPANS; i++) {
        if (chart_span != NULL && strcmp(chart_span, SPANS[i]) == 0) {
            state->span = i;
        }
    }
    state->frames_per_s = frames_per_s > 0.0 ? frames_per_s : FRAMES_PER_S_NORMAL;
}

void state_note(struct state *state, int64_t now_ns, enum role role, int seconds,
                const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(state->notice.text, sizeof state->notice.text, format, args);
    va_end(args);
    state->notice.role = role;
    state->notice.until_ns = now_ns + seconds * NS_PER_S;
}

/* Where text is being typed; NULL when it is not. */
static struct field *typed_field(struct state *state)
{
    if (state->dialog.kind == DIALOG_NONE && form_is_shown(state) && state->form.typing) {
        return &state->form.field;
    }
    return dialog_field(&state->dialog);
}

/* The letters of the cord that were typed into a field on the way are taken back. */
static void pull_cord(struct state *state, const struct world *world, struct outbox *outbox)
{
    struct command command = command_make(world, COMMAND_KILL);
    snprintf(command.reason, sizeof command.reason, "K K at the console");
    command_send(state, world, &command, outbox);
    struct field *field = typed_field(state);
    for (; state->kill.count > 1; state->kill.count--) {
        if (field != NULL && field->length > 0 && field->text[field->length - 1] == 'K') {
            field_remove(field);
        }
    }
    state->kill.count = 0;
}

/* K K within two seconds, in every screen and dialog. After J, H or L the shift lock may be on:
 * then a third K is wanted. Returns true when the key is used up. */
static bool kill_press(struct state *state, const struct world *world, uint32_t key,
                       struct outbox *outbox)
{
    if (key == 'J' || key == 'H' || key == 'L') {
        state->kill.shifted_ns = world->now_ns;
    }
    if (key != 'K') {
        state->kill.count = 0;
        return false;
    }
    if (state->kill.count > 0 && world->now_ns - state->kill.first_ns > KILL_WINDOW_NS) {
        state->kill.count = 0;
    }
    if (state->kill.count == 0) {
        const bool shifted = state->kill.shifted_ns != 0 &&
                             world->now_ns - state->kill.shifted_ns <= KILL_SHIFT_NS;
        state->kill.first_ns = world->now_ns;
        state->kill.needed = shifted ? 3 : 2;
    }
    state->kill.count++;
    const int left = state->kill.needed - state->kill.count;
    if (left <= 0) {
        pull_cord(state, world, outbox);
        return true;
    }
    if (state->kill.needed == 3) {
        state_note(state, world->now_ns, ROLE_HIGH, 2,
                   "CapsLock? %s K within 2 s to engage the kill switch",
                   left == 2 ? "two more" : "one more");
    } else {
        state_note(state, world->now_ns, ROLE_HIGH, 2,
                   "K once more within 2 s engages the kill switch");
    }
    return typed_field(state) == NULL;
}

/* A paste types into a text field and presses no keys. Returns true when the key is used up. */
static bool paste_press(struct state *state, const struct world *world, uint32_t key)
{
    if (state->pasting && (key == PRESS_CONTROL('c') || key == PRESS_PASTE_END ||
                           world->now_ns - state->pasted_ns > PASTE_SILENCE_NS)) {
        state->pasting = false;
        return key == PRESS_PASTE_END;
    }
    if (key == PRESS_PASTE_START) {
        state->pasting = true;
        state->pasted_ns = world->now_ns;
        return true;
    }
    if (!state->pasting) {
        return key == PRESS_PASTE_END;
    }
    state->pasted_ns = world->now_ns;
    struct field *field = typed_field(state);
    if (field != NULL) {
        field_add(field, key);
    } else {
        state_note(state, world->now_ns, ROLE_MED, 6,
                   "a paste was dropped: it presses no keys");
    }
    return true;
}

void state_press(struct state *state, const struct world *world, uint32_t key,
                 struct outbox *outbox)
{
    if (paste_press(state, world, key) || kill_press(state, world, key, outbox)) {
        return;
    }
    const enum action here = browse_key(state, key);
    const enum action action = here != ACTION_NONE ? here : action_of_key(key);
    if (action == ACTION_INTERRUPT || action == ACTION_REDRAW || action == ACTION_SUSPEND) {
        state_act(state, world, action, "", false, outbox);
    } else if (state->dialog.kind != DIALOG_NONE) {
        dialog_press(state, world, key, outbox);
    } else if (form_is_shown(state) && form_press(state, world, key)) {
        return;
    } else if (action != ACTION_NONE) {
        state_act(state, world, action, "", false, outbox);
    }
}

static void tick_freeze(struct state *state, const struct world *world)
{
    if (!state->frozen || world->newest == NULL) {
        return;
    }
    const int32_t high = world->newest->alerts_high_unacked;
    if (high > state->frozen_high) {
        state->frozen = false;
        state_note(state, world->now_ns, ROLE_HIGH, NOTICE_DONE_S,
                   "view thawed: a new HIGH alarm");
    } else if (world->now_ns - state->frozen_ns >= FREEZE_S_MAX * NS_PER_S) {
        state->frozen = false;
        state_note(state, world->now_ns, ROLE_NORMAL, NOTICE_DONE_S,
                   "view thawed by itself after %d s", FREEZE_S_MAX);
    }
    state->frozen_high = high;
}

void state_ask_desk(struct outbox *outbox, const struct desk_query *query)
{
    assert(outbox->desk_queries_count < OUTBOX_QUERIES_MAX);
    outbox->desk_queries[outbox->desk_queries_count++] = *query;
}

static void tick_page(struct state *state, const struct world *world, struct outbox *outbox)
{
    const int kind = screen_page(state->screen);
    if (kind < 0 || (state->asked_ns != 0 && world->now_ns - state->asked_ns < ASK_PERIOD_NS)) {
        return;
    }
    state->asked_ns = world->now_ns;
    outbox->asks = true;
    outbox->query = (struct page_query){
        .kind = (enum page_kind)kind,
        .offset = kind == PAGE_TRADES ? state->offset : 0,
        .count = PAGE_ROWS_MAX,
        .id = kind == PAGE_TRADES && state->detail ? state->trade_id : 0,
    };
}

void state_tick(struct state *state, const struct world *world, struct outbox *outbox)
{
    dialog_tick(state, world, outbox);
    tick_freeze(state, world);
    tick_page(state, world, outbox);
    browse_tick(state, world, outbox);
    form_tick(state, world, outbox);
    if (world->newest != NULL) {
        const int32_t high = world->newest->alerts_high_unacked;
        outbox->bell = outbox->bell || high > state->rung_high;
        state->rung_high = high;
        if (state->pair >= world->newest->pairs_count) {
            state->pair = 0;
        }
    }
    if (world->now_ns >= state->notice.until_ns) {
        state->notice.text[0] = '\0';
    }
}

void state_desk_answer(struct state *state, const struct command_result *result, int64_t now_ns)
{
    char safe[NOTICE_SIZE];
    safe_text(safe, sizeof safe, result->text, strnlen(result->text, sizeof result->text));
    state_note(state, now_ns, result->done ? ROLE_STRONG : ROLE_MED,
               result->done ? NOTICE_DONE_S : NOTICE_FAILURE_S, "%s", safe);
}

void state_answer(struct state *state, const struct command_result *result, int64_t now_ns)
{
    char safe[NOTICE_SIZE];
    safe_text(safe, sizeof safe, result->text, strnlen(result->text, sizeof result->text));
    state->quitting = state->quitting && result->done;
    state_note(state, now_ns, result->done ? ROLE_STRONG : ROLE_MED,
               result->done ? NOTICE_DONE_S : NOTICE_FAILURE_S, "%s%s",
               result->done ? "" : "refused: ", safe);
}
