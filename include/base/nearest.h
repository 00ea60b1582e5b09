#pragma once

/* nearest: which known word did they mean?
 *
 * Offer the known words one by one; the closest that is close enough to be a slip of the
 * fingers is the answer. Distance counts insertions, deletions, replacements and swaps of
 * neighbours; case and which of '_', '-' and '.' it is are free, and so is a unit left out. */

struct nearest {
    const char *given;
    const char *found; /* NULL: nothing close enough */
    int distance;      /* of found; else one more than would do */
};

/* All words are borrowed for as long as the value is used. */
struct nearest nearest_to(const char *given);
void nearest_offer(struct nearest *nearest, const char *known);
