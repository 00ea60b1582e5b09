#include "cli/subcommand.h"

static const struct subcommand COMMANDS[] = {
    {"backtest", "run the engine over a file of snapshots", cmd_backtest},
    {"config", "check config files, print one, explain a key", cmd_config},
    {"doctor", "would a session run well here?", cmd_doctor},
    {"version", "what build this is", cmd_version},
};

int main(int argc, char **argv)
{
    return subcommand_dispatch(COMMANDS, sizeof COMMANDS / sizeof COMMANDS[0], argc, argv);
}
