#include "script_desk.h"

#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "support/check.h"

static struct script_desk *script_of(struct desk *desk)
{
    return (struct script_desk *)desk; /* the first member */
}

static int desk_fd(struct desk *desk)
{
    return script_of(desk)->news_fd;
}

static void desk_pump(struct desk *desk)
{
    uint64_t times;
    (void)!read(script_of(desk)->news_fd, &times, sizeof times);
}

static void desk_ask(struct desk *desk, const struct desk_query *query)
{
    script_of(desk)->asked[query->kind] = *query;
    script_of(desk)->asked_count[query->kind]++;
}

static const struct tuning *desk_sessions(struct desk *desk)
{
    return script_of(desk)->tuning;
}

static const struct tuning_form *desk_form(struct desk *desk)
{
    return script_of(desk)->form;
}

static const struct ranking *desk_ranking(struct desk *desk)
{
    return script_of(desk)->ranking;
}

static const struct ranking_result *desk_result(struct desk *desk)
{
    return script_of(desk)->result;
}

static const struct ranking_heat *desk_heat(struct desk *desk)
{
    return script_of(desk)->heat;
}

static void desk_order(struct desk *desk, const struct desk_order *order)
{
    struct script_desk *script = script_of(desk);
    assert_true((size_t)script->orders_count < LEN(script->orders));
    script->orders[script->orders_count++] = *order;
    script_desk_ring(script);
}

static bool desk_take_result(struct desk *desk, struct command_result *out)
{
    struct script_desk *script = script_of(desk);
    if (script->answered == script->orders_count) {
        return false;
    }
    *out = (struct command_result){.done = true};
    snprintf(out->text, sizeof out->text, "%s: done",
             desk_verb_name(script->orders[script->answered++].verb));
    return true;
}

static void desk_close(struct desk *desk)
{
    script_desk_close(script_of(desk));
}

void script_desk_open(struct script_desk *script)
{
    static const struct desk_ops OPS = {
        .fd = desk_fd,
        .pump = desk_pump,
        .ask = desk_ask,
        .sessions = desk_sessions,
        .form = desk_form,
        .ranking = desk_ranking,
        .result = desk_result,
        .heat = desk_heat,
        .order = desk_order,
        .take_result = desk_take_result,
        .close = desk_close,
    };
    memset(script, 0, sizeof *script);
    script->desk.ops = &OPS;
    script->news_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

void script_desk_ring(struct script_desk *script)
{
    const uint64_t one = 1;
    (void)!write(script->news_fd, &one, sizeof one);
}

void script_desk_close(struct script_desk *script)
{
    close(script->news_fd);
}
