#include <string.h>

#include "base/log.h"
#include "feeds.h"

/* What venues take of the pairs' symbols, told when it is other than before. */

static bool same_terms(const struct instrument *a, const struct instrument *b)
{
    return a->tick_units == b->tick_units && a->lot_units == b->lot_units &&
           a->minimum_notional_units == b->minimum_notional_units && a->trading == b->trading;
}

static void tell(struct feeds *feeds, int32_t index, enum venue venue)
{
    const struct feed *feed = &feeds->pairs[index].feeds[venue];
    const bool trading = feed->terms.trading && !feed->halted && !feed->gone;
    if (!trading) {
        feeds_count(feeds, venue, REASON_SYMBOL_HALTED);
        log_warn("market", "%s does not trade %s", venue_name(venue),
                 feeds_symbol(&feeds->pairs[index], venue));
    }
    struct event *event = feeds_add(feeds, EVENT_INSTRUMENT, index);
    event->instrument.venue = venue;
    event->instrument.tick_units = feed->terms.tick_units;
    event->instrument.lot_units = feed->terms.lot_units;
    event->instrument.minimum_notional_units = feed->terms.minimum_notional_units;
    event->instrument.trading = trading;
}

static void take_terms(struct feeds *feeds, int32_t index, enum venue venue,
                       const struct instrument *found)
{
    struct feed *feed = &feeds->pairs[index].feeds[venue];
    struct instrument terms = feed->terms;
    if (found != NULL) {
        terms = *found;
    } else {
        terms.lot_units = terms.lot_units > 0 ? terms.lot_units : 1;
        terms.trading = false;
    }
    if (feed->told && same_terms(&feed->terms, &terms)) {
        return;
    }
    feed->told = true;
    feed->terms = terms;
    tell(feeds, index, venue);
}

void feeds_halt(struct feeds *feeds, int32_t index, enum venue venue, bool halted)
{
    struct feed *feed = &feeds->pairs[index].feeds[venue];
    const bool is_news = feed->halted != halted;
    feed->halted = halted;
    if (is_news && feed->told) {
        tell(feeds, index, venue);
    }
}

static void note_cautions(struct feed *feed, const char *symbol, const char *cautions)
{
    if (strcmp(feed->cautions, cautions) != 0) {
        memcpy(feed->cautions, cautions, strlen(cautions) + 1);
        log_warn("market", "upbit warns of %s: %s", symbol,
                 cautions[0] != '\0' ? cautions : "no more");
    }
}

void feeds_listings(struct feeds *feeds, const struct listing_list *list)
{
    for (int32_t i = 0; i < feeds->pairs_count; i++) {
        struct feed *feed = &feeds->pairs[i].feeds[VENUE_A];
        const struct listing *found = listings_find(list, feeds->pairs[i].symbol_a);
        const bool is_news = feed->gone != (found == NULL);
        feed->gone = found == NULL;
        note_cautions(feed, feeds->pairs[i].symbol_a, found != NULL ? found->cautions : "");
        if (is_news && feed->told) {
            tell(feeds, i, VENUE_A);
        } else if (is_news) {
            take_terms(feeds, i, VENUE_A, NULL);
        }
    }
}

void feeds_instruments(struct feeds *feeds, enum venue venue, const char *symbol,
                       const struct instrument_list *list)
{
    for (int32_t i = 0; i < feeds->pairs_count; i++) {
        const char *name = feeds_symbol(&feeds->pairs[i], venue);
        if (symbol[0] == '\0' || strcmp(symbol, name) == 0) {
            take_terms(feeds, i, venue, instruments_find(list, name));
        }
    }
}
