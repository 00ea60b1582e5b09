#include "base/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Longer words are nobody's slip of the fingers, and the rows below stay on the stack. */
enum { WORD_SIZE_MAX = 64 };

static char folded(char c)
{
    return c == '-' || c == '.' ? '_' : (char)tolower((unsigned char)c);
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Optimal string alignment over three rolling rows. */
static int distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    int rows[3][WORD_SIZE_MAX + 1];
    for (size_t j = 0; j <= b_length; j++) {
        rows[0][j] = (int)j;
    }
    for (size_t i = 1; i <= a_length; i++) {
        int *now = rows[i % 3];
        const int *before = rows[(i + 2) % 3];
        const int *earlier = rows[(i + 1) % 3];
        now[0] = (int)i;
        for (size_t j = 1; j <= b_length; j++) {
            const char x = folded(a[i - 1]);
            const char y = folded(b[j - 1]);
            now[j] = least(least(before[j], now[j - 1]) + 1, before[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == folded(b[j - 2]) && folded(a[i - 2]) == y) {
                now[j] = least(now[j], earlier[j - 2] + 1);
            }
        }
    }
    return rows[a_length % 3][b_length];
}

/* A word that goes on where this one ends has only its unit left out. */
static bool lacks_unit(const char *given, const char *known)
{
    size_t i = 0;
    while (given[i] != '\0' && folded(given[i]) == folded(known[i])) {
        i++;
    }
    return given[i] == '\0' && folded(known[i]) == '_';
}

struct nearest nearest_to(const char *given)
{
    /* One slip in a short word, a quarter of a long one and one more. */
    return (struct nearest){.given = given, .distance = 2 + (int)(strlen(given) / 4)};
}

void nearest_offer(struct nearest *nearest, const char *known)
{
    const size_t given_length = strlen(nearest->given);
    const size_t known_length = strlen(known);
    if (given_length == 0 || given_length > WORD_SIZE_MAX || known_length > WORD_SIZE_MAX) {
        return;
    }
    const int apart = lacks_unit(nearest->given, known)
                          ? 1
                          : distance(nearest->given, given_length, known, known_length);
    if (apart < nearest->distance) {
        nearest->distance = apart;
        nearest->found = known;
    }
}
