#include "doctor.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "store/journal.h"
#include "store/state_dir.h"

static bool find(const struct doctor *doctor, struct state_dir *dir, struct finding *out)
{
    struct err err = {.kind = ERR_NONE};
    if (state_dir_find(dir, doctor->state_dir, &err)) {
        return true;
    }
    finding_set(out, FINDING_FAIL, "pass --state-dir DIR", "%s", err.text);
    return false;
}

/* The folder, or the nearest one above it that is there. */
static void nearest_existing(const struct state_dir *dir, char path[STATE_DIR_PATH_SIZE])
{
    struct stat status;
    memcpy(path, dir->path, STATE_DIR_PATH_SIZE);
    while (stat(path, &status) != 0) {
        char *slash = strrchr(path, '/');
        assert(slash != NULL); /* the path is absolute */
        if (slash == path) {
            slash++;
        }
        *slash = '\0';
    }
}

void doctor_state_dir(const struct doctor *doctor, struct finding *out)
{
    struct state_dir dir;
    struct stat status;
    char above[STATE_DIR_PATH_SIZE];
    if (!find(doctor, &dir, out)) {
        return;
    }
    nearest_existing(&dir, above);
    if (strcmp(above, dir.path) != 0) {
        const bool fine = access(above, W_OK | X_OK) == 0;
        finding_set(out, fine ? FINDING_OK : FINDING_FAIL,
                    fine ? "" : "make it writable, or pass --state-dir DIR", "%s %s", dir.path,
                    fine ? "will be made" : "cannot be made");
    } else if (stat(dir.path, &status) != 0 || !S_ISDIR(status.st_mode)) {
        finding_set(out, FINDING_FAIL, "move it away, or pass --state-dir DIR",
                    "%s is not a folder", dir.path);
    } else if (status.st_uid != geteuid()) {
        finding_set(out, FINDING_FAIL, "pass --state-dir DIR", "%s belongs to uid %u", dir.path,
                    (unsigned)status.st_uid);
    } else if (access(dir.path, R_OK | W_OK | X_OK) != 0) {
        finding_set(out, FINDING_FAIL, "make it writable", "%s: %s", dir.path, strerror(errno));
    } else if ((status.st_mode & 077) != 0) {
        finding_set(out, FINDING_WARN, "run chmod 700 on it", "%s is open to others", dir.path);
    } else {
        finding_set(out, FINDING_OK, "", "%s", dir.path);
    }
}

void doctor_disk(const struct doctor *doctor, struct finding *out)
{
    const struct config_alarm *rule = &doctor->config->alerts.rules[CONFIG_ALARM_JOURNAL];
    struct state_dir dir;
    struct statvfs status;
    char above[STATE_DIR_PATH_SIZE];
    if (!find(doctor, &dir, out)) {
        return;
    }
    nearest_existing(&dir, above);
    if (statvfs(above, &status) != 0) {
        finding_set(out, FINDING_WARN, "", "%s: %s", above, strerror(errno));
        return;
    }
    const double free_mib = (double)status.f_bavail * (double)status.f_frsize / (1 << 20);
    const enum finding_state state = free_mib < rule->second_high ? FINDING_FAIL
                                     : free_mib < rule->second    ? FINDING_WARN
                                                                  : FINDING_OK;
    finding_set(out, state, state == FINDING_OK ? "" : "make room: a full disk stops a session",
                "%.0f MiB at %s", free_mib, above);
}

void doctor_journal(const struct doctor *doctor, struct finding *out)
{
    struct state_dir dir;
    struct journal *journal = NULL;
    struct journal_session session;
    struct err err = {.kind = ERR_NONE};
    bool found = false;
    if (!find(doctor, &dir, out)) {
        return;
    }
    if (access(dir.journal, F_OK) != 0) {
        finding_set(out, FINDING_OK, "", "none yet");
        return;
    }
    if (!journal_open_readonly(&journal, dir.journal, &err) ||
        !journal_last_session(journal, &session, &found, &err)) {
        finding_set(out, FINDING_FAIL, "restore a backup, or start with another --state-dir",
                    "%s", err.text);
    } else {
        finding_set(out, FINDING_OK, "", "%s%s%s", found ? "last session '" : "no session",
                    found ? session.name : "",
                    !found                       ? ""
                    : session.ended_wall_ns != 0 ? "', ended"
                                                 : "', not ended: a start resumes it");
    }
    journal_close(journal);
}

void doctor_session(const struct doctor *doctor, struct finding *out)
{
    struct state_dir dir;
    if (!find(doctor, &dir, out)) {
        return;
    }
    const int pid = state_dir_holder(&dir);
    if (pid != 0) {
        finding_set(out, FINDING_OK, "", "running, pid %d", pid);
    } else {
        finding_set(out, FINDING_OK, "", "none running");
    }
}

void doctor_kill(const struct doctor *doctor, struct finding *out)
{
    struct state_dir dir;
    if (!find(doctor, &dir, out)) {
        return;
    }
    const bool on = state_dir_kill_engaged(&dir);
    finding_set(out, on ? FINDING_WARN : FINDING_OK,
                on ? "'arblite release' when the reason is gone" : "", "%s",
                on ? "on: a session here opens nothing" : "off");
}
