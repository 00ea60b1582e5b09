#include "tui/form.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/safe.h"
#include "base/text.h"
#include "tui/dialog.h"
#include "tui/press.h"
#include "tui/units.h"

#define ASK_PERIOD_NS INT64_C(1000000000)

enum { SETTINGS_BEFORE = 1, SETTINGS_BEHIND = 2, PARALLEL_MAX = 256, WHY_SIZE = 120 };

static bool edits_equal(const struct tuning_edits *a, const struct tuning_edits *b)
{
    bool equal =
        strcmp(a->path, b->path) == 0 && strcmp(a->name, b->name) == 0 && a->count == b->count;
    for (int32_t i = 0; equal && i < a->count; i++) {
        equal = strcmp(a->axes[i].axis, b->axes[i].axis) == 0 &&
                strcmp(a->axes[i].values, b->axes[i].values) == 0;
    }
    return equal;
}

const struct tuning_form *form_answer(const struct form *form, const struct world *world)
{
    const struct tuning_form *answer = world->form;
    return answer != NULL && strcmp(answer->edits.path, form->edits.path) == 0 ? answer : NULL;
}

bool form_is_answered(const struct form *form, const struct world *world)
{
    return world->form != NULL && edits_equal(&world->form->edits, &form->edits);
}

int form_rows(const struct form *form, const struct world *world)
{
    const struct tuning_form *answer = form_answer(form, world);
    if (!form->chosen) {
        return (answer != NULL ? answer->files_count : 0) + 1;
    }
    return SETTINGS_BEFORE + (answer != NULL ? answer->axes_count : 0) + SETTINGS_BEHIND;
}

struct form_place form_place(const struct form *form, const struct world *world, int row)
{
    const int behind = form_rows(form, world) - row; /* 1: the last */
    if (!form->chosen) {
        return (struct form_place){behind == 1 ? FORM_PATH : FORM_FILE, row};
    }
    if (row < SETTINGS_BEFORE) {
        return (struct form_place){FORM_NAME, 0};
    }
    if (behind <= SETTINGS_BEHIND) {
        return (struct form_place){behind == 1 ? FORM_PRUNE : FORM_PARALLEL, 0};
    }
    return (struct form_place){FORM_AXIS, row - SETTINGS_BEFORE};
}

int form_row(const struct form *form, const struct world *world)
{
    const int rows = form_rows(form, world);
    return form->row < rows ? form->row : rows - 1;
}

static int32_t edit_of(const struct tuning_edits *edits, const char *axis)
{
    int32_t i = 0;
    while (i < edits->count && strcmp(edits->axes[i].axis, axis) != 0) {
        i++;
    }
    return i;
}

const char *form_values(const struct form *form, const struct tuning_form *answer, int32_t axis,
                        bool *edited)
{
    const int32_t edit = edit_of(&form->edits, answer->axes[axis].axis);
    *edited = edit < form->edits.count;
    return *edited ? form->edits.axes[edit].values : answer->axes[axis].values;
}

static void choose(struct form *form, const char *path)
{
    const int32_t parallel = form->edits.parallel;
    form->edits = (struct tuning_edits){.parallel = parallel};
    text_cut(form->edits.path, sizeof form->edits.path, "%s", path);
    form->chosen = path[0] != '\0';
    form->row = 0;
    form->asked_ns = 0;
}

void form_open(struct state *state, const struct world *world, const char *path)
{
    if (!world->has_desk) {
        state_note(state, world->now_ns, ROLE_MED, 6, "this console has no desk");
        return;
    }
    if (!state->form.open || path[0] != '\0') {
        state->form = (struct form){.open = true};
        choose(&state->form, path);
    }
}

bool form_is_shown(const struct state *state)
{
    return state->screen == SCREEN_TUNING && state->form.open;
}

/* Bound to what the row was when typing began. */
static void type(struct form *form, enum form_row row, const char *axis, const char *text)
{
    form->typing = true;
    form->typed = row;
    text_cut(form->typed_axis, sizeof form->typed_axis, "%s", axis);
    field_set(&form->field, text);
}

static void open_row(struct state *state, const struct world *world)
{
    struct form *form = &state->form;
    const struct tuning_form *answer = form_answer(form, world);
    const struct form_place place = form_place(form, world, form_row(form, world));
    char number[16];
    bool edited;
    switch (place.row) {
    case FORM_FILE:
        choose(form, answer->files[place.index]);
        break;
    case FORM_PATH:
        type(form, place.row, "", "");
        break;
    case FORM_NAME:
        type(form, place.row, "",
             form->edits.name[0] != '\0' || answer == NULL ? form->edits.name : answer->name);
        break;
    case FORM_AXIS:
        if (answer->axes[place.index].cut &&
            edit_of(&form->edits, answer->axes[place.index].axis) == form->edits.count) {
            state_note(state, world->now_ns, ROLE_MED, 6,
                       "too many values to edit here; edit the file");
        } else {
            type(form, place.row, answer->axes[place.index].axis,
                 form_values(form, answer, place.index, &edited));
        }
        break;
    case FORM_PARALLEL:
        snprintf(number, sizeof number, "%d", (int)form->edits.parallel);
        type(form, place.row, "", form->edits.parallel > 0 ? number : "");
        break;
    case FORM_PRUNE:
        form->edits.prune = !form->edits.prune;
        break;
    }
}

/* What is typed for an axis; nothing typed is what the file says. */
static void set_axis(struct form *form, const char *axis, const char *values)
{
    struct tuning_edits *edits = &form->edits;
    const int32_t i = edit_of(edits, axis);
    if (values[strspn(values, " ")] == '\0') {
        if (i < edits->count) {
            edits->count--;
            memmove(&edits->axes[i], &edits->axes[i + 1],
                    (size_t)(edits->count - i) * sizeof edits->axes[0]);
        }
        return;
    }
    if (i == TUNING_AXES_MAX) {
        return;
    }
    edits->count += i == edits->count;
    text_cut(edits->axes[i].axis, sizeof edits->axes[i].axis, "%s", axis);
    text_cut(edits->axes[i].values, sizeof edits->axes[i].values, "%s", values);
}

static void set_parallel(struct state *state, const struct world *world, const char *text)
{
    uint64_t count = 0;
    if (text[0] != '\0' &&
        (!num_parse_uint64(text, strlen(text), &count) || count < 1 || count > PARALLEL_MAX)) {
        state_note(state, world->now_ns, ROLE_MED, 6, "jobs at once: 1 to %d, or nothing",
                   PARALLEL_MAX);
        return;
    }
    state->form.edits.parallel = (int32_t)count;
}

static void take_typed(struct state *state, const struct world *world)
{
    struct form *form = &state->form;
    const struct tuning_form *answer = form_answer(form, world);
    char text[FIELD_SIZE];
    text_cut(text, sizeof text, "%s", form->field.text);
    form->typing = false;
    form->asked_ns = 0;
    if (form->typed == FORM_PATH && text[0] != '\0') {
        choose(form, text);
    } else if (form->typed == FORM_NAME) {
        const bool own =
            form->edits.name[0] == '\0' && answer != NULL && strcmp(text, answer->name) == 0;
        text_cut(form->edits.name, sizeof form->edits.name, "%s", own ? "" : text);
    } else if (form->typed == FORM_AXIS) {
        set_axis(form, form->typed_axis, text);
    } else if (form->typed == FORM_PARALLEL) {
        set_parallel(state, world, text);
    }
}

static void type_press(struct state *state, const struct world *world, uint32_t key)
{
    struct form *form = &state->form;
    if (key == PRESS_ENTER) {
        take_typed(state, world);
    } else if (key == PRESS_ESCAPE) {
        form->typing = false;
    } else {
        field_press(&form->field, key);
    }
}

/* From the settings back to the files, at the one that was chosen; from there out of the form.
 */
static void leave(struct form *form, const struct world *world)
{
    const struct tuning_form *answer = form_answer(form, world);
    int32_t row = 0;
    if (!form->chosen) {
        form->open = false;
        return;
    }
    for (int32_t i = 0; answer != NULL && i < answer->files_count; i++) {
        row = strcmp(answer->files[i], form->edits.path) == 0 ? i : row;
    }
    choose(form, "");
    form->row = row;
}

static void move(struct form *form, const struct world *world, int rows)
{
    const int row = form_row(form, world) + rows, last = form_rows(form, world) - 1;
    form->row = row < 0 ? 0 : row > last ? last : row;
}

void form_start(struct state *state, const struct world *world)
{
    const struct form *form = &state->form;
    char question[QUESTION_SIZE], name[WHY_SIZE], why[WHY_SIZE], jobs[UNITS_SIZE];
    const struct tuning_form *answer = form_answer(form, world);
    if (!form->open || !form->chosen) {
        state_note(state, world->now_ns, ROLE_MED, 6, "choose a session file first");
        return;
    }
    if (!form_is_answered(form, world)) {
        state_note(state, world->now_ns, ROLE_MED, 3, "its jobs are being counted; once more");
        return;
    }
    if (answer->error[0] != '\0') {
        safe_text(why, sizeof why, answer->error, strlen(answer->error));
        state_note(state, world->now_ns, ROLE_MED, 10, "not started: %s", why);
        return;
    }
    const struct desk_order order = {.verb = DESK_START, .edits = form->edits};
    safe_text(name, sizeof name, answer->name, strlen(answer->name));
    text_cut(question, sizeof question, "Start session %s: %s job%s?", name,
             units_number(jobs, (double)answer->jobs, 0), answer->jobs == 1 ? "" : "s");
    dialog_order(state, world, answer->note[0] != '\0' ? ACTION_COSTS : ACTION_REVERSIBLE,
                 &order, question);
    safe_text(state->dialog.detail, sizeof state->dialog.detail, answer->note,
              strlen(answer->note));
}

static bool list_press(struct state *state, const struct world *world, uint32_t key)
{
    struct form *form = &state->form;
    switch (key) {
    case 'j':
    case PRESS_DOWN:
    case PRESS_TAB:
        move(form, world, 1);
        return true;
    case 'k':
    case PRESS_UP:
    case PRESS_BACKTAB:
        move(form, world, -1);
        return true;
    case 'g':
    case PRESS_HOME:
        form->row = 0;
        return true;
    case 'G':
    case PRESS_END:
        move(form, world, form_rows(form, world));
        return true;
    case PRESS_ENTER:
        open_row(state, world);
        return true;
    case 's':
        form_start(state, world);
        return true;
    case 'q':
    case PRESS_ESCAPE:
        leave(form, world);
        return true;
    default:
        return false;
    }
}

bool form_press(struct state *state, const struct world *world, uint32_t key)
{
    if (state->form.typing) {
        type_press(state, world, key);
        return true;
    }
    return list_press(state, world, key);
}

void form_tick(struct state *state, const struct world *world, struct outbox *outbox)
{
    struct form *form = &state->form;
    if (!form_is_shown(state) ||
        (form->asked_ns != 0 && world->now_ns - form->asked_ns < ASK_PERIOD_NS)) {
        return;
    }
    const struct desk_query query = {.kind = DESK_FORM, .edits = form->edits};
    form->asked_ns = world->now_ns;
    state_ask_desk(outbox, &query);
}
