#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "run/json.h"
#include "tune/aggregate.h"

/* standing: the rows of a ranking that are shown, one after the other, with their places. */

struct standing {
    const struct aggregate *aggregate;
    const struct aggregate_filters *filters;
    int64_t next;
    int64_t place; /* of the row in its group, from 1 */
    const struct row *row;
};

bool standing_next(struct standing *standing);

/* Is there more than one group, so that a reader must be told of it? */
bool standing_is_grouped(const struct aggregate *aggregate);
/* The members "group" of a row: what it shares with those it ranks among. */
void standing_group_json(const struct aggregate *aggregate, const struct row *row,
                         struct json *json);
void standing_group_line(const struct aggregate *aggregate, const struct row *row,
                         struct text *out);
