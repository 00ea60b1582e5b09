#include "tune/param.h"
#include "tune/row.h"

/* Of a result's own JSON; what is no plain value does not belong there. */
static void add_value(struct json *json, const char *key, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        json_add_string(json, key, json_string_value(value));
        break;
    case JSON_INTEGER:
        json_add_integer(json, key, json_integer_value(value));
        break;
    case JSON_REAL:
        json_add_number(json, key, json_real_value(value));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        json_add_bool(json, key, json_is_true(value));
        break;
    case JSON_NULL:
        json_add_null(json, key);
        break;
    case JSON_OBJECT:
    case JSON_ARRAY:
        break;
    }
}

static void add_members(const struct row *row, const char *group, bool params_only,
                        struct json *json)
{
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(row->root, group), key, value)
    {
        if (!params_only || param_find(key) != NULL) {
            add_value(json, key, value);
        }
    }
}

void row_config_json(const struct row *row, struct json *json)
{
    json_open_object(json, "config");
    add_members(row, "config", false, json);
    add_members(row, "config_summary", true, json);
    result_window_json(&row->window, json);
    json_close_object(json);
}

void row_metrics_json(const struct row *row, struct json *json)
{
    json_open_object(json, "metrics");
    add_members(row, "metrics", false, json);
    json_close_object(json);
}

void row_remarks_json(const struct row *row, struct json *json)
{
    size_t i;
    json_t *remark;
    json_open_array(json, "remarks");
    json_array_foreach(json_object_get(row->root, "remarks"), i, remark)
    {
        if (json_is_string(remark)) {
            json_add_string(json, NULL, json_string_value(remark));
        }
    }
    json_close_array(json);
}
