#include <string.h>

#include "base/tens.h"
#include "private_parts.h"
#include "say.h"
#include "venue_sim_parts.h"

/* The private half behind the counter of the two simulated venues. */

enum { WORD_SIZE = 64, COUNT_MAX = 1000000, DECIMALS = 8 };

#define KRW_OPENING  (INT64_C(100000000) * UNITS_PER_ONE)
#define USDT_OPENING (INT64_C(100000) * UNITS_PER_ONE)
#define FEE_BPS      5.0
#define LEVERAGE     5.0
#define MAINTENANCE  0.004
#define MINIMUM_KRW  (5000 * UNITS_PER_ONE)
#define MINIMUM_USDT (5 * UNITS_PER_ONE)

static void tell(struct private_visit *visit)
{
    const struct private_stats *stats = &visit->venue->stats;
    struct text *out = visit->body;
    text_add_char(out, '{');
    say_id(out, "requests", stats->requests);
    say_id(out, "refused", stats->refused);
    say_id(out, "creates", stats->creates);
    say_object(out, "faults");
    for (int i = 0; i < PRIVATE_FAULT_COUNT; i++) {
        say_id(out, private_fault_name((enum private_fault)i), stats->faults[i]);
    }
    text_add(out, "}}");
}

static bool read_call(const char *word, enum private_call *out)
{
    static const char *const NAMES[] = {"create", "cancel", "status", "other"};
    for (int i = 0; i <= PRIVATE_OTHER; i++) {
        if (strcmp(word, NAMES[i]) == 0) {
            *out = (enum private_call)i;
            return true;
        }
    }
    return false;
}

static bool obey(struct private_visit *visit)
{
    char word[WORD_SIZE];
    enum private_call call;
    enum private_fault fault;
    int64_t count = 1;
    const char *query = visit->request->query;
    if (!wire_form(query, "call", word, sizeof(word)) || !read_call(word, &call) ||
        !wire_form(query, "fault", word, sizeof(word)) || !private_fault_find(word, &fault)) {
        return false;
    }
    if (!wire_form_integer(query, "count", &count) || count < 1 || count > COUNT_MAX) {
        return false;
    }
    private_break(visit->venue, visit->which, call, fault, (int32_t)count);
    text_add(visit->body, "{}");
    return true;
}

bool private_control(struct private_visit *visit)
{
    if (strcmp(visit->request->path, "/sim/private") != 0) {
        return false;
    }
    if (strcmp(visit->request->method, "POST") != 0) {
        tell(visit);
    } else if (!obey(visit)) {
        visit->status = 400;
        text_add(visit->body, "{\"error\":\"expected call, fault and perhaps count\"}");
    }
    return true;
}

static bool answer(void *context, enum venue venue, struct wire *wire, wire_exchange exchange,
                   const struct wire_request *request, int64_t now_ns, int64_t skew_ms)
{
    struct private_venue *private = context;
    private_set_skew(private, skew_ms);
    return private_answer(private, venue, wire, exchange, request, now_ns);
}

static void show(void *context, int32_t pair, enum venue venue, const struct book *book,
                 int64_t now_ns)
{
    private_show_book(context, pair, venue, book, now_ns);
}

static int64_t units_of(int64_t value, int decimals)
{
    return value * (int64_t)TENS_WHOLE[DECIMALS - decimals];
}

static void describe(const struct bourse *bourse, int32_t pair, struct private_options *out)
{
    struct venue_paper_config *account = &out->account;
    const struct binance_symbol *symbol = &bourse->symbols[pair];
    const struct tall_units *units = &symbol->book.units;
    account->lot_a_units[pair] = 1;
    account->lot_b_units[pair] = units_of(units->lot, units->size_decimals);
    account->tick_b_units[pair] = units_of(units->tick, units->price_decimals);
    account->minimum_a_units[pair] = MINIMUM_KRW;
    account->minimum_b_units[pair] = MINIMUM_USDT;
    account->maintenance_rate[pair] = MAINTENANCE;
    text_cut(account->names[pair], sizeof(account->names[pair]), "%s", symbol->base);
    text_cut(out->symbols[pair][VENUE_A], sizeof(out->symbols[pair][VENUE_A]), "%s",
             bourse->markets[pair].code);
    text_cut(out->symbols[pair][VENUE_B], sizeof(out->symbols[pair][VENUE_B]), "%s",
             symbol->symbol);
}

struct private_venue *private_attach(struct venue_sim *sim)
{
    const struct bourse *bourse = &sim->stage.bourse;
    const struct quote rate = book_quote(&bourse->markets[bourse->pairs_count].book);
    struct private_options options = {
        .account = {.pairs_count = bourse->pairs_count,
                    .tick_a_by_price = true,
                    .fee_a_bps = FEE_BPS,
                    .fee_b_bps = FEE_BPS,
                    .leverage = LEVERAGE,
                    .krw_units = KRW_OPENING,
                    .usdt_units = USDT_OPENING},
        .krw_per_usd = (rate.bid + rate.ask) / 2.0,
        .access_keys = {PRIVATE_ACCESS_KEY, PRIVATE_ACCESS_KEY},
        .secret_keys = {PRIVATE_SECRET_KEY, PRIVATE_SECRET_KEY},
    };
    for (int32_t pair = 0; pair < bourse->pairs_count; pair++) {
        describe(bourse, pair, &options);
    }
    struct private_venue *private = private_open(&options);
    const struct venue_sim_office office = {.answer = answer, .show = show, .context = private};
    venue_sim_set_office(sim, &office);
    return private;
}
