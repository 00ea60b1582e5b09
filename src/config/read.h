#pragma once
#include "config/config.h"
#include "config/faults.h"
#include "config/yaml.h"

/* read: a YAML tree into a config, by the schema; every fault is told, none ends the reading.
 */

/* `named` may be NULL. What is faulty is left alone in *config. */
void config_read(struct config *config, struct config_named *named,
                 const struct yaml_node *root, struct faults *faults);

/* Notes that the operator named a known key. */
void config_note(struct config_named *named, const char *key);
