#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "config/yaml.h"
#include "scenario_file.h"

/* scenario_read: what the two readers of a scenario's YAML share. */

/* Every key of the mapping must be one of the NULL-terminated list. */
bool scenario_check_keys(const struct yaml_node *mapping, const char *const *known,
                         struct err *err);
/* The member of that name; NULL and an error when it is missing. */
const struct yaml_node *scenario_need(const struct yaml_node *mapping, const char *key,
                                      struct err *err);
/* A number in an open range. */
bool scenario_read_number(const struct yaml_node *node, double above, double below, double *out,
                          struct err *err);

/* `market` and `steps` to the file's rows; its times must be there. */
bool scenario_read_rows(struct scenario_file *file, const struct yaml_node *root,
                        struct err *err);
