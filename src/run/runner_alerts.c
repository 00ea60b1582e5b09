#include <stdio.h>
#include <sys/statvfs.h>

#include "base/clock.h"
#include "runner_state.h"

/* The alarms' view of the session: once a second of event time. */

static int64_t free_disk_bytes(const struct runner *runner)
{
    struct statvfs disk;
    if (statvfs(runner->dir->path, &disk) != 0) {
        return -1;
    }
    return (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
}

static bool keep_alert(struct runner *runner, int32_t index)
{
    const struct snapshot_alert *row = alert_table_row(runner->alerts, index);
    runner->dirty = true;
    return runner_begin(runner) &&
           (journal_put_alert(runner->journal, runner->record.id, row, &runner->failure) ||
            runner_fail(runner));
}

void runner_look_at_alerts(struct runner *runner)
{
    const int64_t now_ns = session_time_ns(runner->session);
    if (now_ns - runner->alerts_ns < CLOCK_NS_PER_S || now_ns == 0) {
        return;
    }
    runner->alerts_ns = now_ns;
    runner_snapshot(runner, runner->wall_ns, 0, &runner->photo);
    double last_ms = 0.0;
    struct alert_input input = {
        .snapshot = &runner->photo,
        .free_disk_bytes = free_disk_bytes(runner),
        .unknown_orders = session_orders_unknown(runner->session, &input.unknown_since_ns),
    };
    journal_commit_ms(runner->journal, &last_ms, &input.journal_p99_ms);
    int32_t changed[ALERT_ROWS_MAX];
    int32_t count = 0;
    alert_table_step(runner->alerts, &runner->setup.config, &input, changed, &count);
    for (int32_t i = 0; i < count && keep_alert(runner, changed[i]); i++) {
    }
    if (!runner->failed) {
        (void)runner_commit(runner);
    }
}
