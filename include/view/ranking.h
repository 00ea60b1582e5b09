#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "core/summary.h"
#include "core/trade.h"
#include "view/command.h"
#include "view/snapshot.h"
#include "view/tuning.h"

/* ranking: what a face may see of the results of a tuning session, by value.
 *
 * Text in here is raw; faces put it through base/safe. */

enum {
    RANKING_ROWS_MAX = 200,
    RANKING_PARAMS_MAX = 32,
    RANKING_INERT_MAX = 8,
    RANKING_APART_MAX = 8,
    RANKING_HEAT_MAX = 32, /* cells along an axis */
    RANKING_TRADES_MAX = 200,
    RANKING_SENSITIVITY_MAX = 8,
    RANKING_EVIDENCE_MAX = 40,
    RANKING_FILTER_SIZE = 160,
    RANKING_JOB_SIZE = 100, /* an id is whole or it is of no use */
};

enum ranking_sort {
    RANKING_BY_PNL, /* the ranking itself */
    RANKING_BY_DRAWDOWN,
    RANKING_BY_TRADES,
    RANKING_BY_WIN_RATE,
    RANKING_BY_PLATEAU,
    RANKING_BY_BPS, /* PnL per traded notional */
    RANKING_BY_JOB,
    RANKING_SORT_LAST = RANKING_BY_JOB,
};
const char *ranking_sort_name(enum ranking_sort sort); /* "PnL", "drawdown", ... */

struct ranking_query {
    int64_t session; /* 0: the last one started */
    enum ranking_sort sort;
    bool backwards;
    char filter[RANKING_FILTER_SIZE]; /* as tune/filter.h has it; "": none */
    double drawdown_pct_max;          /* NAN: none */
    int64_t trades_min;
    int32_t offset, count;
    char job[RANKING_JOB_SIZE];   /* RESULT */
    char other[RANKING_JOB_SIZE]; /* RESULT: to compare with; "": none */
    bool with_size; /* RESULT: to be used with its max_position_usd and max_open_trades */
    char x[TUNING_NAME_SIZE], y[TUNING_NAME_SIZE]; /* HEAT: axes; "": the first two that vary */
    int32_t third; /* HEAT: value of the third axis, from 1; 0: as the best has it */
};

struct ranking_param {
    char name[TUNING_NAME_SIZE];
    char value[TUNING_NAME_SIZE];
};

struct ranking_row {
    char job[RANKING_JOB_SIZE];
    bool failed, stopped; /* neither: ran to its end */
    int64_t place;        /* in its group, from 1; 0: not ranked */
    int32_t group;        /* from 1: rows rank within equal assumptions and scale */
    double pnl_usd, realized_usd, unrealized_usd, drawdown_pct;
    double win_rate, bps, plateau_usd; /* NAN: not known */
    int64_t closed, open;
    int32_t params_count; /* the parameters that vary */
    struct ranking_param params[TUNING_AXES_MAX];
    char error[TUNING_TEXT_SIZE];
};

/* What the best of a group is worth; NAN: not told, and note says why. */
struct ranking_trust {
    char job[RANKING_JOB_SIZE];
    int64_t trials, distinct;
    double sharpe, psr, dsr, track_needed, pbo, p_loss;
    bool fx_moved; /* more than half of its PnL is the movement of fx */
    bool doubtful;
    char note[TUNING_TEXT_SIZE];
};

struct ranking {
    struct ranking_query query;
    char error[TUNING_TEXT_SIZE];        /* why there is no ranking; "": there is */
    char filter_error[TUNING_TEXT_SIZE]; /* the filter makes no sense and was left out */
    int64_t session_id;
    char session[TUNING_NAME_SIZE];
    bool running;         /* more results are to come */
    int64_t read_wall_ns; /* when the files were last seen to say this */
    int64_t read_mono_ns;
    int64_t total, success, failed, stopped;
    int64_t jobs; /* of the session, those that have no result among them */
    int64_t kept; /* rows the filters let through, failed ones behind the others */
    bool mixed;   /* of different data, profile or model */
    char profile[16], pnl_model[16]; /* of the first row */
    int32_t groups;
    int32_t apart_count; /* what sets the groups apart */
    char apart[RANKING_APART_MAX][TUNING_NAME_SIZE];
    struct ranking_trust trust; /* of the best of the first row's group */
    struct {
        int32_t folds, lost; /* told of; 0: the session was no walk-forward */
        double out_usd;      /* earned out of sample by the best of each training */
        double ratio;        /* a second, against the training; NAN: it gained nothing */
    } walk;
    int32_t inert_count;
    char inert[RANKING_INERT_MAX][TUNING_NAME_SIZE];
    int32_t count;
    struct ranking_row rows[RANKING_ROWS_MAX];
};

/* One run, as it ended. */
struct ranking_run {
    struct ranking_row row;
    int32_t params_count; /* all of them */
    struct ranking_param params[RANKING_PARAMS_MAX];
    char data_file[TUNING_PATH_SIZE], data_hash[48], profile[16], pnl_model[16];
    int64_t snapshots;
    double final_usd, initial_usd, avg_pnl_usd, avg_hold_s, profit_factor, sharpe_per_trade,
        sqn, exposure_pct;
    double price_usd, fees_usd, slippage_usd, fx_usd, fx_cost_usd, funding_usd;
    bool has_equity;
    double equity_change_usd[SUMMARY_BUCKETS];
    struct ranking_trust trust; /* of this row */
};

/* A run's money, once by the rules of its PnL model and once by the other (SPEC.md 3.5). */
struct ranking_truth {
    char model[16];
    double pnl_usd, win_rate, drawdown_pct;
};

struct ranking_sensitivity {
    char change[TUNING_NAME_SIZE]; /* "fees +1 bp" */
    double pnl_usd;                /* NAN: cannot be told, and note says why */
    int64_t closed;
    char note[TUNING_TEXT_SIZE];
};

/* What a session that runs has to say about parameters that are to be used in it. */
struct ranking_session {
    char name[SNAPSHOT_TEXT_SIZE]; /* "": none runs */
    char source_kind[16];
    struct engine_params params;
    struct guard_limits guard_limits;
    double krw_trades_left, usdt_trades_left; /* as in struct snapshot */
    double coin_trades_left;                  /* of the pair that has least; NAN unknown */
    double width_bps;                         /* of the pair that has most */
};
struct ranking_session ranking_session_of(const struct snapshot *snapshot);

/* A parameter that the session would take, or not. */
struct ranking_change {
    char name[TUNING_NAME_SIZE];
    char now[TUNING_NAME_SIZE], then[TUNING_NAME_SIZE];
    bool taken; /* else it stays: it is a size */
};

/* One thing to know before these parameters are used (MARKET.md F). */
struct ranking_evidence {
    char name[TUNING_NAME_SIZE];
    char text[TUNING_TEXT_SIZE];
    bool doubtful; /* speaks against it */
    bool decisive; /* so much that a reason is asked for */
};

struct ranking_result {
    struct ranking_query query;
    char error[TUNING_TEXT_SIZE];
    char session[TUNING_NAME_SIZE];
    int64_t read_wall_ns, read_mono_ns;
    struct ranking_run run;
    bool has_other;
    struct ranking_run other;
    bool working; /* what stands below is still being worked out */
    int32_t truth_count;
    struct ranking_truth truth[2];
    int32_t sensitivity_count;
    struct ranking_sensitivity sensitivity[RANKING_SENSITIVITY_MAX];
    char here[SNAPSHOT_TEXT_SIZE];  /* the session that what follows is about; "": none runs */
    char refused[TUNING_TEXT_SIZE]; /* why it cannot take them; "": it can */
    int32_t changes_count;
    struct ranking_change changes[RANKING_PARAMS_MAX];
    char params[COMMAND_PARAMS_SIZE], origin[COMMAND_ORIGIN_SIZE]; /* of COMMAND_USE */
    int32_t evidence_count;
    struct ranking_evidence evidence[RANKING_EVIDENCE_MAX];
    int64_t trades_total;
    int32_t trades_count; /* below, in opening order from query.offset */
    struct {
        struct trade trade;
        struct trade_result result; /* zeros while open */
    } trades[RANKING_TRADES_MAX];
    char note[TUNING_TEXT_SIZE]; /* why there are no trades, or other data than then */
};

struct ranking_heat {
    struct ranking_query query;
    char error[TUNING_TEXT_SIZE];
    char session[TUNING_NAME_SIZE];
    int64_t read_wall_ns, read_mono_ns;
    int32_t axes_count; /* that vary, the ones to choose x and y from */
    char axes[TUNING_AXES_MAX][TUNING_NAME_SIZE];
    char x[TUNING_NAME_SIZE], y[TUNING_NAME_SIZE], third[TUNING_NAME_SIZE];
    char third_value[TUNING_NAME_SIZE];
    int32_t thirds;              /* values the third axis has; 0: there is none */
    int32_t third_place;         /* which of them, from 0 */
    char held[TUNING_TEXT_SIZE]; /* "name value ...": where the other axes are held; "": none */
    bool x_inert, y_inert;
    bool cut; /* there are more values than fit here */
    int32_t cols, rows;
    char x_values[RANKING_HEAT_MAX][TUNING_NAME_SIZE];
    char y_values[RANKING_HEAT_MAX][TUNING_NAME_SIZE];
    double pnl_usd[RANKING_HEAT_MAX][RANKING_HEAT_MAX]; /* [row][col]; NAN: no result there */
    bool stopped[RANKING_HEAT_MAX][RANKING_HEAT_MAX];   /* early: of a part of the data */
    char jobs[RANKING_HEAT_MAX][RANKING_HEAT_MAX][RANKING_JOB_SIZE];
};
