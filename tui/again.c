#include "tui/again.h"

#include <math.h>

#include "base/num.h"
#include "base/text.h"

const char *again_command(char buffer[AGAIN_SIZE], const char *command,
                          const struct snapshot *newest)
{
    char number[NUM_TEXT_SIZE];
    const double speed = newest != NULL ? newest->speed : 1.0;
    struct text text = text_fixed(buffer, AGAIN_SIZE);
    text_add(&text, command != NULL ? command : "arblite console");
    if (isinf(speed)) {
        text_add(&text, " --speed max");
    } else if (speed > 0.0 && fabs(speed - 1.0) > 1e-9) {
        text_addf(&text, " --speed %s", num_format_shortest(number, speed));
    }
    return buffer;
}
