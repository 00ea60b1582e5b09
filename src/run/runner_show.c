#include "base/clock.h"
#include "runner_state.h"
#include "venue/paper.h"

/* What the market shows, before the core sees it: to the venue, and to the meters. */

static void show_row(struct runner *runner, const struct event *event)
{
    const struct tick *tick = &event->row.tick;
    struct book a = book_of_quote(&(struct quote){event->time_ns, tick->bid_a, tick->ask_a});
    struct book b = book_of_quote(&(struct quote){event->time_ns, tick->bid_b, tick->ask_b});
    a.bids[0].size = event->row.bid_size_a;
    a.asks[0].size = event->row.ask_size_a;
    b.bids[0].size = event->row.bid_size_b;
    b.asks[0].size = event->row.ask_size_b;
    venue_paper_show_fx(runner->venue, tick->krw_per_usd);
    venue_paper_show_book(runner->venue, event->pair, VENUE_A, &a, event->time_ns);
    venue_paper_show_book(runner->venue, event->pair, VENUE_B, &b, event->time_ns);
}

static void count_message(struct runner_meter *meter, int64_t time_ns)
{
    const int64_t second = time_ns / CLOCK_NS_PER_S;
    if (second != meter->second) {
        meter->last = second == meter->second + 1 ? meter->now : 0;
        meter->now = 0;
        meter->second = second;
    }
    meter->now++;
    meter->messages++;
}

static void take_print(struct runner_meter *meter, const struct event *event)
{
    if (meter->last_price > 0.0 && event->print.price != meter->last_price) {
        meter->last_direction = event->print.price > meter->last_price ? 1 : -1;
    }
    meter->last_price = event->print.price;
    meter->last_print_ns = event->time_ns;
}

/* The venue and the meters see what the market shows before the core does. */
void runner_show(struct runner *runner, const struct event *event)
{
    switch (event->kind) {
    case EVENT_ROW:
        show_row(runner, event);
        count_message(&runner->meters[event->pair][VENUE_A], event->time_ns);
        count_message(&runner->meters[event->pair][VENUE_B], event->time_ns);
        break;
    case EVENT_BOOK:
        venue_paper_show_book(runner->venue, event->pair, event->book.venue, &event->book.book,
                              event->time_ns);
        count_message(&runner->meters[event->pair][event->book.venue], event->time_ns);
        break;
    case EVENT_FX:
        venue_paper_show_fx(runner->venue, event->fx.krw_per_usd);
        runner->fx_bid = event->fx.bid;
        runner->fx_ask = event->fx.ask;
        break;
    case EVENT_MARK:
        venue_paper_show_mark(runner->venue, event->pair, event->mark.price);
        runner->meters[event->pair][VENUE_B].mark_ns = event->time_ns;
        break;
    case EVENT_INSTRUMENT:
        venue_paper_show_instrument(runner->venue, event);
        break;
    case EVENT_FAULT:
        venue_paper_fault(runner->venue, event->pair, event->fault.venue, event->fault.kind,
                          event->fault.delay_ns);
        break;
    case EVENT_PRINT:
        take_print(&runner->meters[event->pair][event->print.venue], event);
        break;
    case EVENT_HISTORY:
        runner->history++;
        break;
    case EVENT_CLOCK:
        if (event->clock.reason == REASON_CLOCK_STEP) {
            runner->clock_step_s = (double)event->clock.off_ms / 1e3;
        }
        break;
    case EVENT_FUNDING: /* booked in take_source() */
    case EVENT_FEED:
    case EVENT_REPORT:
    case EVENT_TIMER:
    case EVENT_COMMAND:
    case EVENT_REVISION:
        break;
    }
}
