#include "archive.h"

#include <math.h>

#include "base/mem.h"
#include "base/text.h"

#define READ_AGE_NS (12 * INT64_C(1000000000))

enum { SPREADS = 4, TAUS = 3, ROWS = SPREADS * TAUS };

static const char *const SPREAD_VALUES[SPREADS] = {"5", "10", "15", "20"};
static const char *const TAU_VALUES[TAUS] = {"900", "3600", "14400"};
/* In ranking order; the numbers are a point of the grid, spread slowest. */
static const struct {
    int point;
    double pnl_usd, open_usd, drawdown_pct, win_rate;
    int closed, open;
} RUNS[ROWS] = {
    {4, 412.07, -3.1, 0.52, 0.641, 220, 1}, {5, 371.44, 0, 0.61, 0.633, 198, 0},
    {1, 344.9, 1.25, 0.97, 0.598, 411, 1},  {7, 301.12, 0, 0.48, 0.655, 122, 0},
    {8, 266.03, 0, 0.5, 0.648, 108, 0},     {2, 250.75, 0, 1.12, 0.588, 366, 0},
    {3, 122.6, 0, 0.9, 0.571, 231, 0},      {10, 61.31, 0, 0.33, 0.7, 40, 0},
    {11, 44.98, 0, 0.35, 0.69, 36, 0},      {6, 8.2, 0, 0.81, 0.53, 130, 0},
    {9, -12.5, -4.75, 0.44, 0.455, 33, 1},  {0, -208.36, 0, 3.4, 0.467, 512, 0},
};

static void name(char *out, const char *text)
{
    text_cut(out, TUNING_NAME_SIZE, "%s", text);
}

static void set_param(struct ranking_param *param, const char *what, const char *value)
{
    name(param->name, what);
    name(param->value, value);
}

static void fill_row(struct ranking_row *row, int rank)
{
    const int point = RUNS[rank].point;
    *row = (struct ranking_row){
        .place = rank + 1,
        .group = 1,
        .pnl_usd = RUNS[rank].pnl_usd,
        .realized_usd = RUNS[rank].pnl_usd - RUNS[rank].open_usd,
        .unrealized_usd = RUNS[rank].open_usd,
        .drawdown_pct = RUNS[rank].drawdown_pct,
        .win_rate = RUNS[rank].win_rate,
        .closed = RUNS[rank].closed,
        .open = RUNS[rank].open,
        .bps = RUNS[rank].pnl_usd * 10.0 / (RUNS[rank].closed + RUNS[rank].open),
        .plateau_usd = RUNS[rank].pnl_usd * 0.75,
        .params_count = 2,
    };
    text_cut(row->job, sizeof row->job, "grid_%04d", point + 1);
    set_param(&row->params[0], "min_spread_bps", SPREAD_VALUES[point / TAUS]);
    set_param(&row->params[1], "baseline_tau_s", TAU_VALUES[point % TAUS]);
}

static void fill_trust(struct ranking_trust *trust, const char *job)
{
    *trust = (struct ranking_trust){.trials = ROWS,
                                    .distinct = ROWS,
                                    .sharpe = 0.21,
                                    .psr = 0.999,
                                    .dsr = 0.982,
                                    .track_needed = 61.2,
                                    .pbo = 0.03,
                                    .p_loss = 0.01};
    name(trust->job, job);
}

static void fill_good(struct ranking *ranking)
{
    name(ranking->session, "grid-small");
    ranking->session_id = 7;
    ranking->read_mono_ns = FIXTURE_MONO_NS - READ_AGE_NS;
    ranking->total = ranking->success = ranking->kept = ROWS;
    ranking->groups = 1;
    ranking->count = ROWS;
    for (int i = 0; i < ROWS; i++) {
        fill_row(&ranking->rows[i], i);
    }
    fill_trust(&ranking->trust, ranking->rows[0].job);
}

static void add_failed(struct ranking *ranking, const char *job, const char *error)
{
    struct ranking_row *row = &ranking->rows[ranking->count++];
    *row = (struct ranking_row){.failed = true,
                                .pnl_usd = NAN,
                                .drawdown_pct = NAN,
                                .win_rate = NAN,
                                .bps = NAN,
                                .plateau_usd = NAN};
    name(row->job, job);
    text_cut(row->error, sizeof row->error, "%s", error);
    ranking->failed++;
    ranking->total++;
    ranking->kept++;
}

static void fill_doubtful(struct ranking *ranking)
{
    fill_good(ranking);
    ranking->running = true;
    ranking->groups = 2;
    ranking->apart_count = 1;
    name(ranking->apart[0], "taker_fee_a_bps");
    ranking->walk.folds = 4;
    ranking->walk.lost = 1;
    ranking->walk.out_usd = -12.5;
    ranking->walk.ratio = 0.31;
    ranking->inert_count = 1;
    name(ranking->inert[0], "max_hold_s");
    ranking->trust.dsr = 0.431;
    ranking->trust.pbo = 0.552;
    ranking->trust.p_loss = 0.617;
    ranking->trust.track_needed = 402.3;
    ranking->trust.doubtful = true;
    for (int i = 0; i < ranking->count; i++) {
        ranking->rows[i].group = i < 8 ? 1 : 2;
        ranking->rows[i].place = i < 8 ? i + 1 : i - 7;
    }
    ranking->rows[11].stopped = true;
    ranking->rows[11].place = 0;
    ranking->rows[10].closed = 12;
    ranking->stopped = 1;
    add_failed(ranking, "grid_0013", "slippage_bps must be non-negative");
    add_failed(ranking, "grid_0014", "data \033[31mfile\n'x.csv' is not there");
}

static void fill_run(struct ranking_run *run, const struct ranking_row *row)
{
    static const char *const PARAMS[][2] = {
        {"taker_fee_a_bps", "5"},     {"taker_fee_b_bps", "5"}, {"slippage_bps", "2"},
        {"max_position_usd", "1000"}, {"max_open_trades", "1"}, {"exit_spread_bps", "0"},
        {"take_profit_bps", "off"},   {"stop_loss_bps", "120"}, {"max_hold_s", "7200"},
    };
    *run = (struct ranking_run){.row = *row,
                                .snapshots = 71800,
                                .final_usd = 10000 + row->realized_usd,
                                .initial_usd = 10000,
                                .avg_pnl_usd = row->realized_usd / (double)row->closed,
                                .avg_hold_s = 1830,
                                .profit_factor = 1.9,
                                .sharpe_per_trade = 0.31,
                                .sqn = 4.6,
                                .exposure_pct = 22.4,
                                .price_usd = 812.6,
                                .fees_usd = 440.1,
                                .slippage_usd = 44.2,
                                .fx_usd = 86.87,
                                .has_equity = true};
    text_cut(run->data_file, sizeof run->data_file, "data/real_two_venue_1m.csv");
    text_cut(run->data_hash, sizeof run->data_hash,
             "xxh3-128:00112233445566778899aabbccddeeff");
    text_cut(run->profile, sizeof run->profile, "exact");
    text_cut(run->pnl_model, sizeof run->pnl_model, "legs");
    run->params[0] = row->params[0];
    run->params[1] = row->params[1];
    run->params_count = 2;
    for (size_t i = 0; i < LEN(PARAMS); i++) {
        set_param(&run->params[run->params_count++], PARAMS[i][0], PARAMS[i][1]);
    }
    for (int i = 0; i < SUMMARY_BUCKETS; i++) { /* up by threes, down by one */
        run->equity_change_usd[i] = row->pnl_usd / 128.0 * (i % 4 == 3 ? -1.0 : 1.0);
    }
    fill_trust(&run->trust, row->job);
}

static void fill_trades(struct ranking_result *result)
{
    result->trades_total = 221;
    result->trades_count = 3;
    for (int i = 0; i < result->trades_count; i++) {
        struct trade *trade = &result->trades[i].trade;
        *trade =
            (struct trade){.id = (uint64_t)i + 1,
                           .side = i % 2 == 0 ? SPREAD_LONG_A_SHORT_B : SPREAD_LONG_B_SHORT_A,
                           .state = i < 2 ? TRADE_CLOSED : TRADE_OPEN,
                           .exit = i < 2 ? TRADE_EXIT_CONVERGENCE : TRADE_EXIT_NONE,
                           .open_ns = FIXTURE_TIME_NS + i * INT64_C(3600000000000),
                           .net_edge_bps = 7.5};
        trade->close_ns = i < 2 ? trade->open_ns + INT64_C(1800000000000) : 0;
        if (i < 2) {
            result->trades[i].result = (struct trade_result){.pnl_usd = i == 0 ? 2.7 : -0.9,
                                                             .pnl_bps = i == 0 ? 27.0 : -9.0,
                                                             .fees_usd = 2.0};
        }
    }
}

static void add_evidence(struct ranking_result *result, const char *what, bool doubtful,
                         bool decisive, const char *text)
{
    struct ranking_evidence *evidence = &result->evidence[result->evidence_count++];
    *evidence = (struct ranking_evidence){.doubtful = doubtful, .decisive = decisive};
    name(evidence->name, what);
    text_cut(evidence->text, sizeof evidence->text, "%s", text);
}

static void set_change(struct ranking_change *change, const char *what, const char *now,
                       const char *then, bool taken)
{
    name(change->name, what);
    name(change->now, now);
    name(change->then, then);
    change->taken = taken;
}

static void fill_result(struct ranking_result *result, const struct ranking_row *row, bool bad)
{
    static const char *const CHANGES[] = {"fees +1 bp", "slippage +5 bps", "fx cost +5 bps",
                                          "latency +200 ms"};
    *result = (struct ranking_result){.read_mono_ns = FIXTURE_MONO_NS - READ_AGE_NS};
    name(result->session, "grid-small");
    fill_run(&result->run, row);
    for (size_t i = 0; i < LEN(CHANGES); i++) {
        name(result->sensitivity[i].change, CHANGES[i]);
        result->sensitivity[i].pnl_usd = row->pnl_usd - 50.0 * (double)(i + 1);
        result->sensitivity[i].closed = row->closed - (int64_t)i;
    }
    result->sensitivity_count = LEN(CHANGES);
    fill_trades(result);
    add_evidence(result, "data", false, false, "data/real_two_venue_1m.csv, 71,800 rows");
    add_evidence(result, "trades", false, false, "220 closed, 1 open");
    add_evidence(result, "fx share", bad, bad,
                 bad ? "61 % of |PnL|; fx moved this result" : "21 % of |PnL|");
    add_evidence(
        result, "DSR", bad, false,
        "0.431: it is above what the best of so many shows by luck, which is no reason to "
        "believe in it");
    set_change(&result->changes[result->changes_count++], "min_spread_bps", "5", "10", true);
    set_change(&result->changes[result->changes_count++], "max_position_usd", "500", "1000",
               false);
    text_cut(result->here, sizeof result->here, "paper-20261120-2124");
    text_cut(result->params, sizeof result->params, "min_spread_bps=10 max_hold_s=null");
    text_cut(result->origin, sizeof result->origin, "grid-small/grid_0005 data xxh3-128:00");
    result->run.trust.fx_moved = bad;
    result->run.trust.doubtful = bad;
    result->run.trust.dsr = bad ? 0.431 : result->run.trust.dsr;
}

static void fill_heat(struct ranking_heat *heat, const struct ranking *ranking, bool bad)
{
    name(heat->session, "grid-small");
    heat->read_mono_ns = FIXTURE_MONO_NS - READ_AGE_NS;
    heat->axes_count = 3;
    name(heat->axes[0], "min_spread_bps");
    name(heat->axes[1], "baseline_tau_s");
    name(heat->axes[2], "max_hold_s");
    name(heat->y, "min_spread_bps");
    name(heat->x, "baseline_tau_s");
    name(heat->third, "max_hold_s");
    name(heat->third_value, "7200");
    heat->thirds = 2;
    heat->x_inert = bad;
    heat->cols = TAUS;
    heat->rows = SPREADS;
    text_cut(heat->held, sizeof heat->held, "taker_fee_a_bps 5");
    for (int i = 0; i < ROWS; i++) {
        const int row = RUNS[i].point / TAUS, col = RUNS[i].point % TAUS;
        name(heat->x_values[col], TAU_VALUES[col]);
        name(heat->y_values[row], SPREAD_VALUES[row]);
        heat->pnl_usd[row][col] = RUNS[i].pnl_usd;
        name(heat->jobs[row][col], ranking->rows[i].job);
    }
    heat->pnl_usd[3][2] = NAN; /* a hole */
    heat->jobs[3][2][0] = '\0';
}

struct archive *archive_create(enum archive_kind kind)
{
    struct archive *archive = mem_zalloc(sizeof *archive);
    const bool bad = kind == ARCHIVE_DOUBTFUL;
    if (kind == ARCHIVE_GOOD) {
        fill_good(&archive->ranking);
    } else if (bad) {
        fill_doubtful(&archive->ranking);
    } else {
        name(archive->ranking.session, "grid-small");
        archive->ranking.read_mono_ns = FIXTURE_MONO_NS - READ_AGE_NS;
    }
    if (kind == ARCHIVE_FAILED) {
        add_failed(&archive->ranking, "grid_0001", "min_spread_bps must be non-negative");
        add_failed(&archive->ranking, "grid_0002", "min_spread_bps must be non-negative");
    }
    if (kind == ARCHIVE_GOOD || bad) {
        fill_result(&archive->result, &archive->ranking.rows[0], bad);
        fill_heat(&archive->heat, &archive->ranking, bad);
    }
    return archive;
}

/* As a desk does it: the row that was asked for, and the one to compare with. */
static void answer_result(struct archive *archive, const struct ranking_query *query)
{
    struct ranking_result *result = &archive->result;
    result->query = *query;
    result->has_other = query->other[0] != '\0';
    for (int i = 0; i < archive->ranking.count; i++) {
        const struct ranking_row *row = &archive->ranking.rows[i];
        if (strcmp(row->job, query->job) == 0 && strcmp(result->run.row.job, row->job) != 0) {
            fill_run(&result->run, row);
        }
        if (strcmp(row->job, query->other) == 0) {
            fill_run(&result->other, row);
        }
    }
}

void archive_answer(struct archive *archive, struct hand *hand)
{
    hand->world.has_desk = true;
    if (hand->asked_count[DESK_RANKING] > 0) {
        archive->ranking.query = hand->asked[DESK_RANKING].ranking;
        hand->world.ranking = &archive->ranking;
    }
    if (hand->asked_count[DESK_RESULT] > 0) {
        answer_result(archive, &hand->asked[DESK_RESULT].ranking);
        hand->world.result = &archive->result;
    }
    if (hand->asked_count[DESK_HEAT] > 0) {
        archive->heat.query = hand->asked[DESK_HEAT].ranking;
        const int32_t third = archive->heat.query.third;
        archive->heat.third_place = third > 0 ? third - 1 : 0;
        if (archive->heat.query.x[0] != '\0') {
            name(archive->heat.x, archive->heat.query.x);
            name(archive->heat.y, archive->heat.query.y);
        }
        hand->world.heat = &archive->heat;
    }
}

void archive_type(struct archive *archive, struct hand *hand, const char *keys)
{
    hand->world.has_desk = true;
    for (; *keys != '\0'; keys++) {
        hand_press(hand, 0, (unsigned char)*keys);
        archive_answer(archive, hand);
        hand_wait(hand, 0); /* the face takes the answer in */
        archive_answer(archive, hand);
    }
}
