#pragma once
/* session_verbs: the commands behind `arblite session`, a file each. */

int session_plan(int argc, char **argv);
int session_run(int argc, char **argv);
int session_status(int argc, char **argv);
int session_aggregate(int argc, char **argv);
int session_rank(int argc, char **argv);
int session_heatmap(int argc, char **argv);
int session_walkforward(int argc, char **argv);
int session_show(int argc, char **argv);
