#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/safe.h"
#include "base/text.h"
#include "desk_shelf.h"
#include "io/draft.h"
#include "run/json.h"

/* The rows of a question into a new file, all of its pages. */

static const char *const FIGURES[] = {
    [FILTER_PNL] = "pnl_usd",
    [FILTER_REALIZED] = "realized_pnl_usd",
    [FILTER_OPEN_PNL] = "unrealized_pnl_usd",
    [FILTER_DRAWDOWN] = "max_drawdown_pct",
    [FILTER_TRADES] = "closed_trades",
    [FILTER_OPEN] = "open_trades",
    [FILTER_WIN] = "win_pct",
    [FILTER_BPS] = "pnl_per_traded_bps",
    [FILTER_PLATEAU] = "plateau_usd",
    [FILTER_PLACE] = "place",
    [FILTER_GROUP] = "group",
};
_Static_assert(sizeof FIGURES / sizeof FIGURES[0] == FILTER_FIGURE_LAST + 1, "a name a figure");

static const char *status_of(const struct row *row)
{
    return row->success ? "success" : row->stopped ? "stopped" : "error";
}

/* Foreign text as one field: nothing in it ends the field, and no spreadsheet takes it for a
 * formula. */
static void add_field(struct text *out, const char *text)
{
    char safe[TUNING_TEXT_SIZE * 2];
    safe_text(safe, sizeof safe, text, strlen(text));
    text_add_char(out, '"');
    if (safe[0] != '\0' && strchr("=+-@", safe[0]) != NULL) {
        text_add_char(out, '\'');
    }
    for (const char *at = safe; *at != '\0'; at++) {
        text_add(out, *at == '"' ? "\"" : "");
        text_add_char(out, *at);
    }
    text_add_char(out, '"');
}

static void add_number(struct text *out, double value)
{
    char number[NUM_TEXT_SIZE];
    text_add_char(out, ',');
    /* What is not known, or off, is empty. */
    text_add(out, value - value == 0 ? num_format_shortest(number, value) : "");
}

/* Words stand beside the numbers of a configuration, not among them. */
static void add_param(struct text *out, const struct row *row, const struct param *param)
{
    switch (param->kind) {
    case PARAM_PROFILE:
        text_add_char(out, ',');
        add_field(out, row->profile);
        return;
    case PARAM_MODEL:
        text_add_char(out, ',');
        add_field(out, row->pnl_model);
        return;
    case PARAM_NUMBER:
    case PARAM_COUNT:
    case PARAM_FLAG:
        break;
    }
    add_number(out, row_param(row, param->name));
}

/* Of a walk-forward; empty elsewhere. */
static void add_window(struct text *out, const struct result_window *window)
{
    if (window->fold > 0) {
        text_addf(out, ",%d,%s", (int)window->fold, result_part_name(window));
    } else {
        text_add(out, ",,");
    }
}

static void write_csv(const struct desk_shelf *shelf, const struct shelf_row *const *rows,
                      int64_t count, struct text *out)
{
    text_add(out, "job_id,status");
    for (int i = 0; i <= FILTER_FIGURE_LAST; i++) {
        text_addf(out, ",%s", FIGURES[i]);
    }
    for (size_t i = 0; i < param_count(); i++) {
        text_addf(out, ",%s", param_at(i)->name);
    }
    text_add(out, ",fold,part,data_hash,error\n");
    for (int64_t i = 0; i < count; i++) {
        const struct row *row = rows[i]->row;
        add_field(out, row->job_id);
        text_addf(out, ",%s", status_of(row));
        for (int figure = 0; figure <= FILTER_FIGURE_LAST; figure++) {
            add_number(out, rows[i]->figures[figure]);
        }
        for (size_t j = 0; j < param_count(); j++) {
            add_param(out, row, param_at(j));
        }
        add_window(out, &row->window);
        text_add_char(out, ',');
        add_field(out, row->data_hash);
        text_add_char(out, ',');
        add_field(out, row->error != NULL ? row->error : "");
        text_add_char(out, '\n');
    }
}

static void add_row(struct json *json, const struct shelf_row *from)
{
    const struct row *row = from->row;
    json_open_object(json, NULL);
    json_add_string(json, "job_id", row->job_id);
    json_add_string(json, "status", status_of(row));
    for (int figure = 0; figure <= FILTER_FIGURE_LAST; figure++) {
        json_add_number(json, FIGURES[figure], from->figures[figure]);
    }
    row_config_json(row, json);
    json_add_string_or_null(json, "profile", row->profile);
    json_add_string_or_null(json, "pnl_model", row->pnl_model);
    json_add_string_or_null(json, "data_hash", row->data_hash);
    json_add_string_or_null(json, "error", row->error != NULL ? row->error : "");
    json_close_object(json);
}

static void write_json(const struct desk_shelf *shelf, const struct ranking_query *query,
                       const struct shelf_row *const *rows, int64_t count, struct text *out)
{
    struct json json;
    json_begin(&json, out);
    json_open_object(&json, NULL);
    json_add_string(&json, "session", shelf->name);
    json_add_string_or_null(&json, "filter", query->filter);
    json_add_string(&json, "order", ranking_sort_name(query->sort));
    json_open_array(&json, "rows");
    for (int64_t i = 0; i < count; i++) {
        add_row(&json, rows[i]);
    }
    json_close_array(&json);
    json_close_object(&json);
    text_add_char(out, '\n');
}

static bool ends_with(const char *path, const char *suffix)
{
    const size_t length = strlen(path);
    const size_t tail = strlen(suffix);
    return length > tail && strcmp(path + length - tail, suffix) == 0;
}

static bool write_new(const char *path, const struct text *content, struct err *err)
{
    struct draft *draft = NULL;
    if (!draft_open(&draft, path, err)) {
        return false;
    }
    if (!draft_add(draft, content->data, content->length, err)) {
        draft_drop(draft);
        return false;
    }
    return draft_publish(draft, false, err);
}

static bool make(struct desk_shelf *shelf, const struct desk_order *order, int64_t *count,
                 struct err *err)
{
    char filter_error[TUNING_TEXT_SIZE];
    const bool as_csv = ends_with(order->path, ".csv");
    if (!as_csv && !ends_with(order->path, ".json")) {
        return err_set(err, ERR_INPUT, "'%s' ends neither in .csv nor in .json", order->path);
    }
    struct text content = text_growing();
    const struct shelf_row **rows =
        desk_shelf_select(shelf, &order->ranking, count, filter_error);
    if (as_csv) {
        write_csv(shelf, rows, *count, &content);
    } else {
        write_json(shelf, &order->ranking, rows, *count, &content);
    }
    const bool done = filter_error[0] == '\0'
                          ? write_new(order->path, &content, err)
                          : err_set(err, ERR_INPUT, "the filter: %s", filter_error);
    mem_free(rows);
    text_finish(&content);
    return done;
}

bool desk_export(struct desk_work *work, const struct desk_order *order,
                 struct command_result *out)
{
    struct err err = {.kind = ERR_NONE};
    int64_t count = 0;
    if (!desk_shelf_take(work, order->session, &err) ||
        !make(work->shelf, order, &count, &err)) {
        text_cut(out->text, sizeof out->text, "not written: %s", err.text);
        return false;
    }
    text_cut(out->text, sizeof out->text, "%" PRId64 " rows written: %s", count, order->path);
    return true;
}
