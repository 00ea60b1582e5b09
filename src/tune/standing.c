#include "standing.h"

#include <inttypes.h>
#include <string.h>

#include "base/safe.h"

enum { SHOWN_SIZE = 256 };

bool standing_next(struct standing *standing)
{
    const struct aggregate *aggregate = standing->aggregate;
    while (standing->next < aggregate->success) {
        const struct row *row = &aggregate->rows[standing->next++];
        if (!aggregate_keeps(standing->filters, row)) {
            continue;
        }
        if (standing->row == NULL || !aggregate_same_group(aggregate, standing->row, row)) {
            standing->place = 0;
        }
        standing->row = row;
        if (standing->place++ < standing->filters->results_max) {
            return true;
        }
    }
    return false;
}

bool standing_is_grouped(const struct aggregate *aggregate)
{
    return aggregate->mixed || aggregate->axes_count > 0 || aggregate->folds > 0;
}

void standing_group_json(const struct aggregate *aggregate, const struct row *row,
                         struct json *json)
{
    json_open_object(json, "group");
    if (aggregate->mixed) {
        json_add_string_or_null(json, "data_hash", row->data_hash);
        json_add_string_or_null(json, "engine_profile", row->profile);
        json_add_string_or_null(json, "pnl_model", row->pnl_model);
    }
    for (int i = 0; i < aggregate->axes_count; i++) {
        const struct param *param = aggregate->axes[i];
        param_json(param, row_param(row, param->name), json);
    }
    result_window_json(&row->window, json);
    json_close_object(json);
}

void standing_group_line(const struct aggregate *aggregate, const struct row *row,
                         struct text *out)
{
    char shown[SHOWN_SIZE];
    text_add(out, "--");
    if (aggregate->mixed) {
        const char *const names[] = {row->profile, row->pnl_model, row->data_hash};
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            text_addf(out, "  %s", safe_text(shown, sizeof shown, names[i], strlen(names[i])));
        }
    }
    for (int i = 0; i < aggregate->axes_count; i++) {
        char value[PARAM_TEXT_SIZE];
        const struct param *param = aggregate->axes[i];
        text_addf(out, "  %s %s", param->name,
                  param_text(param, row_param(row, param->name), value));
    }
    text_add_char(out, '\n');
}
