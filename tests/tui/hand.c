#include "hand.h"

void hand_init(struct hand *hand, enum fixture fixture)
{
    memset(hand, 0, sizeof *hand);
    state_init(&hand->state, NULL, NULL, 0.0);
    fixture_fill(&hand->snapshot, fixture);
    hand->world = (struct world){
        .shown = &hand->snapshot,
        .newest = &hand->snapshot,
        .now_ns = FIXTURE_MONO_NS,
        .operator_name = "jk",
    };
}

static void gather(struct hand *hand, const struct outbox *step)
{
    struct outbox *all = &hand->outbox;
    for (int i = 0; i < step->commands_count && all->commands_count < OUTBOX_COMMANDS_MAX;
         i++) {
        all->commands[all->commands_count++] = step->commands[i];
    }
    all->detach = all->detach || step->detach;
    all->redraw = all->redraw || step->redraw;
    all->suspend = all->suspend || step->suspend;
    all->bell = all->bell || step->bell;
    if (step->snap_path[0] != '\0') {
        memcpy(all->snap_path, step->snap_path, sizeof all->snap_path);
    }
    if (step->asks) {
        all->asks = true;
        all->query = step->query;
    }
    for (int i = 0; i < step->desk_queries_count; i++) {
        hand->asked[step->desk_queries[i].kind] = step->desk_queries[i];
        hand->asked_count[step->desk_queries[i].kind]++;
    }
    if (step->orders) {
        all->orders = true;
        all->order = step->order;
        hand->ordered++;
    }
    if (step->asks && step->query.kind == PAGE_TRADES) {
        fixture_trades(&hand->page);
        hand->page.query = step->query;
        hand->world.pages[PAGE_TRADES] = &hand->page;
    }
}

void hand_wait(struct hand *hand, int wait_ms)
{
    struct outbox step = {.commands_count = 0};
    hand->world.now_ns += wait_ms * HAND_MS;
    hand->snapshot.made_mono_ns = hand->world.now_ns;
    state_tick(&hand->state, &hand->world, &step);
    gather(hand, &step);
}

void hand_press(struct hand *hand, int wait_ms, uint32_t key)
{
    hand_wait(hand, wait_ms);
    struct outbox step = {.commands_count = 0};
    state_press(&hand->state, &hand->world, key, &step);
    gather(hand, &step);
    hand_wait(hand, 0);
}

void hand_type(struct hand *hand, int wait_ms, const char *text)
{
    for (; *text != '\0'; text++) {
        hand_press(hand, wait_ms, (unsigned char)*text);
    }
}

int hand_sent(const struct hand *hand, enum command_kind kind)
{
    int count = 0;
    for (int i = 0; i < hand->outbox.commands_count; i++) {
        count += hand->outbox.commands[i].kind == kind;
    }
    return count;
}

void hand_draw(struct hand *hand, int cols, int rows, bool ascii, bool roles, struct text *out)
{
    struct frame *frame = frame_create();
    struct canvas *canvas = canvas_create(cols, rows, ascii);
    frame_draw(frame, &hand->state, &hand->world, canvas);
    canvas_print(canvas, false, out);
    if (roles) {
        canvas_print(canvas, true, out);
    }
    canvas_destroy(canvas);
    frame_destroy(frame);
}

void hand_expect(struct hand *hand, int cols, int rows, const char *words, bool there)
{
    struct text got = text_growing();
    hand_draw(hand, cols, rows, false, false, &got);
    if ((strstr(text_string(&got), words) != NULL) != there) {
        fail_msg("'%s' is %s\n%s", words, there ? "not in" : "in", text_string(&got));
    }
    text_finish(&got);
}
