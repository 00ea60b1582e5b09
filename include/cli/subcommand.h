#pragma once
#include <stddef.h>

/* subcommand: one subcommand of the program, and how the right one is found.
 *
 * Global options may stand in front of the command: `arblite --state-dir D paper ...` is
 * `arblite paper --state-dir D ...`. */

struct subcommand {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv); /* argv[0] is the command; returns the exit code */
};

/* Runs the command that argv names, or the one called "console" when it names none. Lists all
 * for --help; an unknown one is a usage error with the nearest known. */
int subcommand_dispatch(const struct subcommand *commands, size_t count, int argc, char **argv);

int cmd_alerts(int argc, char **argv);
int cmd_audit(int argc, char **argv);
int cmd_backtest(int argc, char **argv);
int cmd_config(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_tune(int argc, char **argv);
int cmd_session(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_version(int argc, char **argv);
int cmd_console(int argc, char **argv);
int cmd_attach(int argc, char **argv);
int cmd_paper(int argc, char **argv);
int cmd_record(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_kill(int argc, char **argv);
int cmd_release(int argc, char **argv);
int cmd_arm(int argc, char **argv);
int cmd_disarm(int argc, char **argv);
int cmd_pause(int argc, char **argv);
int cmd_resume(int argc, char **argv);
int cmd_close(int argc, char **argv);
int cmd_flatten(int argc, char **argv);
int cmd_quit(int argc, char **argv);
int cmd_use(int argc, char **argv);
int cmd_venue_sim(int argc, char **argv);
