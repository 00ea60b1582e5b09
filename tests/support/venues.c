#include "support/venues.h"

#include "base/clock.h"

enum { SAYS_MS = 60 * 1000, REST_MS = 100 };

void venues_open(struct venues *venues, const struct desk *desk, const char *words,
                 const char *more)
{
    char command[2 * DESK_PATH_SIZE];
    memset(venues, 0, sizeof *venues);
    snprintf(command, sizeof command, "venue-sim %s", words);
    program_start(&venues->sim, command);
    if (!program_says(&venues->sim, PROGRAM_OUT, "binance_market_url", SAYS_MS)) {
        fail_msg("no venues: %s", program_said(&venues->sim, PROGRAM_MESSAGES));
    }
    program_listen(&venues->sim, REST_MS * CLOCK_NS_PER_MS); /* of that line */
    const char *live = strstr(program_said(&venues->sim, PROGRAM_OUT), "live:\n");
    assert_non_null(live);
    struct text config = text_growing();
    text_addf(&config, "%s%s", live, more);
    desk_file(desk, venues->config, "live.yaml", text_string(&config));
    text_finish(&config);
}

void venues_close(struct venues *venues)
{
    program_finish(&venues->sim);
}
