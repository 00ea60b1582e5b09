#include "script_port.h"

#include <stdio.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "fixtures.h"

static struct script_port *script_of(struct port *port)
{
    return (struct script_port *)port; /* the first member */
}

static uint64_t next(struct script_port *script)
{
    script->seed = script->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return script->seed >> 33;
}

/* A touch of the book: a size changes somewhere near the top, now and then the price moves. */
static void touch_book(struct script_port *script, struct snapshot_book *book, double tick)
{
    struct snapshot_level *side = next(script) % 2 ? book->bids : book->asks;
    side[next(script) % 8].size *= 0.5 + (double)(next(script) % 1000) / 1000.0;
    side[next(script) % 8].size += 0.05;
    if (next(script) % 12 == 0) {
        const double step = next(script) % 2 ? tick : -tick;
        for (int i = 0; i < SNAPSHOT_LEVELS_MAX; i++) {
            book->bids[i].price += step;
            book->asks[i].price += step;
        }
        book->last_price = book->bids[0].price;
        book->last_direction = step > 0.0 ? 1 : -1;
    }
    book->heard_ns = script->snapshot.time_ns;
    book->messages++;
}

static void move(struct script_port *script, int events)
{
    struct snapshot *snapshot = &script->snapshot;
    for (int i = 0; i < events; i++) {
        struct snapshot_pair *pair = &snapshot->pairs[0];
        if (next(script) % 2) {
            touch_book(script, &pair->a, 1000);
        } else {
            touch_book(script, &pair->b, 0.1);
        }
        pair->premium_bps += ((double)(next(script) % 200) - 99.5) / 400.0;
    }
    snapshot->fx_heard_ns = snapshot->time_ns - (int64_t)(next(script) % 900) * 1000000;
    snapshot->sequence += (uint64_t)events;
}

static int port_fd(struct port *port)
{
    return script_of(port)->timer_fd;
}

static void answer_kill(struct script_port *script, const struct command *command)
{
    struct snapshot *snapshot = &script->snapshot;
    if (command->kind == COMMAND_KILL || command->kind == COMMAND_RELEASE) {
        snapshot->killed = command->kind == COMMAND_KILL;
        snapshot->entries_open = false;
        snapshot->entries_reason = snapshot->killed ? REASON_GATE_KILL : REASON_GATE_DISARMED;
        snapshot->killed_wall_ns = clock_wall_ns();
        snprintf(snapshot->killed_by, sizeof snapshot->killed_by, "%s", command->operator_name);
        snprintf(snapshot->killed_reason, sizeof snapshot->killed_reason, "at the console");
    }
    script->quit = script->quit || command->kind == COMMAND_QUIT;
    script->gone = script->gone || script->quit;
}

static bool port_pump(struct port *port, struct err *err)
{
    struct script_port *script = script_of(port);
    uint64_t times = 0;
    if (script->gone) {
        return script->quit ? err_set(err, ERR_ENDED, "the script was ended")
                            : err_set(err, ERR_IO, "the session has gone");
    }
    if (read(script->timer_fd, &times, sizeof times) != (ssize_t)sizeof times ||
        script->silent) {
        return true;
    }
    struct snapshot *snapshot = &script->snapshot;
    if (script->killed_at > 0 && script->pumps >= script->killed_at && !snapshot->killed) {
        const struct command kill = {.kind = COMMAND_KILL, .operator_name = "night shift"};
        answer_kill(script, &kill);
    }
    const int64_t now_ns = clock_monotonic_ns();
    script->pumps += times;
    script->gone = script->pumps_max > 0 && script->pumps >= script->pumps_max;
    if (script->moving) {
        snapshot->time_ns += now_ns - snapshot->made_mono_ns;
        move(script, (int)(4 * times));
    }
    snapshot->made_mono_ns = now_ns;
    return true;
}

static const struct snapshot *port_snapshot(struct port *port)
{
    return &script_of(port)->snapshot;
}

static bool port_send(struct port *port, const struct command *command, struct err *err)
{
    struct script_port *script = script_of(port);
    if (script->commands_count == 16) {
        return err_set(err, ERR_IO, "the script takes no more commands");
    }
    script->commands[script->commands_count++] = *command;
    answer_kill(script, command);
    return true;
}

static bool port_take_result(struct port *port, struct command_result *out)
{
    struct script_port *script = script_of(port);
    if (script->answered == script->commands_count) {
        return false;
    }
    *out = (struct command_result){.done = true};
    snprintf(out->text, sizeof out->text, "%s: done",
             command_kind_name(script->commands[script->answered++].kind));
    return true;
}

static bool port_ask(struct port *port, const struct page_query *query, struct err *err)
{
    struct script_port *script = script_of(port);
    if (query->kind == PAGE_TRADES) {
        fixture_trades(&script->page);
        script->page.query = *query;
    }
    return true;
}

static const struct page *port_page(struct port *port, enum page_kind kind)
{
    struct script_port *script = script_of(port);
    return kind == PAGE_TRADES && script->page.total > 0 ? &script->page : NULL;
}

static void port_close(struct port *port)
{
    script_port_close(script_of(port));
}

static const struct port_ops OPS = {port_fd,          port_pump, port_snapshot, port_send,
                                    port_take_result, port_ask,  port_page,     port_close};

void script_port_open(struct script_port *script, bool moving, int period_ms)
{
    memset(script, 0, sizeof *script);
    script->port.ops = &OPS;
    script->moving = moving;
    script->seed = 1;
    fixture_fill(&script->snapshot, FIXTURE_NORMAL);
    script->snapshot.made_mono_ns = clock_monotonic_ns();
    script->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    const struct itimerspec period = {
        .it_interval = {period_ms / 1000, period_ms % 1000 * 1000000},
        .it_value = {period_ms / 1000, period_ms % 1000 * 1000000},
    };
    timerfd_settime(script->timer_fd, 0, &period, NULL);
}

void script_port_close(struct script_port *script)
{
    close(script->timer_fd);
}
