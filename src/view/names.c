#include <stddef.h>

#include "view/command.h"
#include "view/desk.h"
#include "view/ranking.h"

static const char *const COMMANDS[] = {
    [COMMAND_KILL] = "kill",
    [COMMAND_RELEASE] = "release",
    [COMMAND_ARM] = "arm",
    [COMMAND_DISARM] = "disarm",
    [COMMAND_PAUSE] = "pause",
    [COMMAND_RESUME] = "resume",
    [COMMAND_CLOSE] = "close",
    [COMMAND_FLATTEN] = "flatten",
    [COMMAND_ACK] = "ack",
    [COMMAND_ACK_ALL] = "ack-all",
    [COMMAND_SHELVE] = "shelve",
    [COMMAND_SPEED] = "speed",
    [COMMAND_PLAYBACK_PAUSE] = "hold",
    [COMMAND_PLAYBACK_RUN] = "play",
    [COMMAND_STEP] = "step",
    [COMMAND_QUIT] = "quit",
    [COMMAND_DRILL] = "drill",
    [COMMAND_USE] = "use",
};
_Static_assert(sizeof COMMANDS / sizeof COMMANDS[0] == COMMAND_KIND_LAST + 1,
               "a name per command");

const char *command_kind_name(enum command_kind kind)
{
    const size_t index = (size_t)kind;
    return index <= COMMAND_KIND_LAST ? COMMANDS[index] : "?";
}

static const char *const PARAMS[] = {
    "min_spread_bps",    "exit_spread_bps", "take_profit_bps",  "stop_loss_bps",
    "max_hold_s",        "cooldown_s",      "baseline_bps",     "baseline_tau_s",
    "baseline_warmup_s", "baseline_gap_s",  "max_position_usd", "max_open_trades",
};

const char *command_param_name(size_t index)
{
    return index < sizeof PARAMS / sizeof PARAMS[0] ? PARAMS[index] : NULL;
}

static const char *const VERBS[] = {
    [DESK_START] = "start",
    [DESK_STOP] = "stop",
    [DESK_RESUME] = "resume",
    [DESK_EXPORT] = "export",
};
_Static_assert(sizeof VERBS / sizeof VERBS[0] == DESK_VERB_LAST + 1, "a name per verb");

const char *desk_verb_name(enum desk_verb verb)
{
    const size_t index = (size_t)verb;
    return index <= DESK_VERB_LAST ? VERBS[index] : "?";
}

static const char *const SORTS[] = {
    [RANKING_BY_PNL] = "PnL",         [RANKING_BY_DRAWDOWN] = "drawdown",
    [RANKING_BY_TRADES] = "trades",   [RANKING_BY_WIN_RATE] = "win rate",
    [RANKING_BY_PLATEAU] = "plateau", [RANKING_BY_BPS] = "bps",
    [RANKING_BY_JOB] = "job",
};
_Static_assert(sizeof SORTS / sizeof SORTS[0] == RANKING_SORT_LAST + 1, "a name per order");

const char *ranking_sort_name(enum ranking_sort sort)
{
    const size_t index = (size_t)sort;
    return index <= RANKING_SORT_LAST ? SORTS[index] : "?";
}
