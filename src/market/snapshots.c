#include "market/snapshots.h"

#include <assert.h>
#include <string.h>

#include "base/calendar.h"
#include "base/num.h"

enum { MILLISECOND_DIGITS = 3 };

void snapshots_init(struct snapshots *snapshots, int32_t pair, int64_t start_ns,
                    int64_t step_ns)
{
    assert(step_ns > 0);
    memset(snapshots, 0, sizeof *snapshots);
    snapshots->pair = pair;
    snapshots->step_ns = step_ns;
    snapshots->due_ns = start_ns + step_ns;
}

void snapshots_header(struct text *out)
{
    text_add(out, "timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b,fx_rate,"
                  "bid_size_a,ask_size_a,bid_size_b,ask_size_b\n");
}

static void add_number(struct text *out, double value)
{
    char buffer[NUM_TEXT_SIZE];
    text_add_char(out, ',');
    text_add(out, num_format_shortest(buffer, value));
}

static void add_row(const struct snapshots *snapshots, struct text *out)
{
    char buffer[CALENDAR_TEXT_SIZE];
    const struct snapshots_touch *a = &snapshots->touches[VENUE_A];
    const struct snapshots_touch *b = &snapshots->touches[VENUE_B];
    const double values[] = {
        a->bid,      a->ask,      b->bid,      b->ask,     snapshots->krw_per_usd,
        a->bid_size, a->ask_size, b->bid_size, b->ask_size};
    text_add(out, calendar_format(buffer, snapshots->due_ns, MILLISECOND_DIGITS));
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        add_number(out, values[i]);
    }
    text_add_char(out, '\n');
}

static bool is_known(const struct snapshots *snapshots)
{
    return snapshots->touches[VENUE_A].known && snapshots->touches[VENUE_B].known &&
           snapshots->krw_per_usd > 0.0;
}

void snapshots_until(struct snapshots *snapshots, int64_t until_ns, struct text *out)
{
    for (; snapshots->due_ns <= until_ns; snapshots->due_ns += snapshots->step_ns) {
        if (is_known(snapshots)) {
            add_row(snapshots, out);
            snapshots->rows++;
        }
    }
}

/* A side that is missing is a price of 0, which makes the row an invalid snapshot. */
static struct snapshots_touch touch_of(const struct book *book)
{
    const struct quote quote = book_quote(book);
    return (struct snapshots_touch){
        .known = true,
        .bid = quote.bid,
        .ask = quote.ask,
        .bid_size = book->bids_count > 0 ? book->bids[0].size : 0.0,
        .ask_size = book->asks_count > 0 ? book->asks[0].size : 0.0,
    };
}

void snapshots_take(struct snapshots *snapshots, const struct event *event, struct text *out)
{
    snapshots_until(snapshots, event->time_ns - 1, out);
    if (event->kind == EVENT_FX) {
        snapshots->krw_per_usd = event->fx.krw_per_usd;
    } else if (event->kind == EVENT_BOOK && event->pair == snapshots->pair) {
        snapshots->touches[event->book.venue] = touch_of(&event->book.book);
    }
}
