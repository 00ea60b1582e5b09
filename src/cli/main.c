#include "cli/subcommand.h"

static const struct subcommand COMMANDS[] = {
    {"console", "attach to the session that runs here, or start one and attach", cmd_console},
    {"paper", "run a paper session without a screen", cmd_paper},
    {"record", "record what both venues send", cmd_record},
    {"replay", "run a recorded session once more, or with other options", cmd_replay},
    {"attach", "attach a console to the running session", cmd_attach},
    {"status", "the state of the session, once", cmd_status},
    {"kill", "engage the kill switch", cmd_kill},
    {"release", "release the kill switch; the session stays disarmed", cmd_release},
    {"arm", "let the session open trades", cmd_arm},
    {"disarm", "bar entries until armed again", cmd_disarm},
    {"pause", "turn entries off; exits go on", cmd_pause},
    {"resume", "end a pause", cmd_resume},
    {"close", "close one open trade", cmd_close},
    {"flatten", "close every open trade", cmd_flatten},
    {"use", "use a tuning result's parameters in the session", cmd_use},
    {"quit", "end the session and its host", cmd_quit},
    {"alerts", "list alarms, acknowledge or shelve one", cmd_alerts},
    {"audit", "check the chain of audit rows in the journal", cmd_audit},
    {"backtest", "run the engine over a file of snapshots", cmd_backtest},
    {"tune", "run one job of a tuning session", cmd_tune},
    {"session", "plan, run and rank a tuning session", cmd_session},
    {"export", "write a stretch of the simulated market as a file of snapshots", cmd_export},
    {"venue-sim", "both venues on this machine, for want of the real ones", cmd_venue_sim},
    {"config", "check config files, print one, explain a key", cmd_config},
    {"doctor", "would a session run well here?", cmd_doctor},
    {"version", "what build this is", cmd_version},
};

int main(int argc, char **argv)
{
    return subcommand_dispatch(COMMANDS, sizeof COMMANDS / sizeof COMMANDS[0], argc, argv);
}
