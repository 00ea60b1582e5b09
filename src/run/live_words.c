#include "live_words.h"

#include "base/text.h"
#include "market/live.h"

bool live_words_past(struct live_words *words, const struct source *source, bool resumed,
                     char *line, size_t size)
{
    char text[LIVE_TEXT_SIZE];
    if (words->told_past || !live_past(source, text)) {
        return false;
    }
    words->told_past = true;
    text_cut(line, size, "%s%s", text,
             resumed ? " (a kept one takes in what is newer than itself)" : "");
    return true;
}

bool live_words_next(struct live_words *words, const struct source *source, enum venue venue,
                     char *line, size_t size)
{
    struct live_status status;
    live_status(source, venue, &status);
    if (status.reached && !words->reached[venue]) {
        words->reached[venue] = true;
        words->told[venue] = REASON_NONE;
        text_cut(line, size, "%s: connected", venue_name(venue));
        return true;
    }
    words->reached[venue] = status.reached;
    if (status.reached && status.reason == REASON_NONE) {
        words->told[venue] = REASON_NONE;
        return false;
    }
    if (status.reason == REASON_NONE || status.reason == words->told[venue]) {
        return false;
    }
    words->told[venue] = status.reason;
    text_copy(line, size, status.text);
    return true;
}
