#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "core/engine.h"
#include "core/spread.h"
#include "market/scenario.h"

/* scenario_file: a scenario's YAML to its rows, worked out in advance. The format is described
 * in configs/scenarios/README.md. */

enum { SCENARIO_ROWS_MAX = 100000, SCENARIO_NAME_SIZE = 64 };

struct scenario_file {
    char name[SCENARIO_NAME_SIZE];
    int64_t start_ns, step_ns;
    struct engine_params engine;
    struct scenario_expected expected;
    int32_t rows_count;
    struct tick *rows; /* owned */
};

/* `engine` is what the scenario's engine section is laid over. */
bool scenario_file_load(struct scenario_file *out, const char *path,
                        const struct engine_params *engine, struct err *err);
void scenario_file_finish(struct scenario_file *file); /* accepts zeroed */
