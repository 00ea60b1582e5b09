#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "core/order.h"
#include "core/reason.h"

struct source;

/* live_words: what is worth a line about the connections to the venues? A venue that is lost,
 * for another reason than before, or back. A plain value, zeroed to begin with. */

struct live_words {
    enum reason told[VENUE_LAST + 1];
    bool reached[VENUE_LAST + 1];
    bool told_past;
};

/* Where the baseline comes from, once; false: not known yet, or told. One that a resumed
 * session kept takes in only what is newer than itself. */
bool live_words_past(struct live_words *words, const struct source *source, bool resumed,
                     char *line, size_t size);

/* The next line about a venue of a source that live_open() made; false: nothing new. */
bool live_words_next(struct live_words *words, const struct source *source, enum venue venue,
                     char *line, size_t size);
