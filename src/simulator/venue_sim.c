#include "simulator/venue_sim.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "numbers.h"
#include "venue_sim_parts.h"

enum { HISTORY_MINUTES = 480, KEEP_MS = 50, REPEAT_MS = 300 };

#define MS_PER_S 1000.0

struct venue_sim_options venue_sim_defaults(void)
{
    static const char *const COINS[] = {"BTC", "ETH", "XRP"};
    return (struct venue_sim_options){
        .preset = "lively",
        .seed = 1,
        .speed = 1.0,
        .opening = true,
        .coins = COINS,
        .pairs_count = sizeof(COINS) / sizeof(COINS[0]),
        .chaos_per_minute = 0.2,
        .limits = true,
        .ping_s = 180.0,
        .lifetime_s = 86400.0,
        .idle_s = 60.5,
    };
}

void venue_sim_order(struct venue_sim *sim, const struct mischief_order *order)
{
    const int64_t now_ns = stage_now_ns(&sim->stage);
    for (int i = VENUE_A; i <= VENUE_LAST; i++) {
        struct stage_venue *venue = &sim->stage.venues[i];
        if (order->hits[i]) {
            mischief_take(&venue->mischief, order, now_ns);
            gate_obey(&venue->gate, order);
            crowd_obey(&venue->crowd, order);
        }
    }
}

void venue_sim_quiet(struct venue_sim *sim, int64_t quiet_ns)
{
    const int64_t now_ns = stage_now_ns(&sim->stage);
    for (int i = VENUE_A; i <= VENUE_LAST; i++) {
        mischief_end(&sim->stage.venues[i].mischief);
        crowd_heal(&sim->stage.venues[i].crowd);
    }
    upbit_desk_settle(sim->upbit);
    binance_desk_settle(sim->binance);
    sim->quiet_since_ns = sim->quiet_since_ns > 0 ? sim->quiet_since_ns : now_ns;
    sim->quiet_until_ns = now_ns + quiet_ns;
}

/* The market and the mischief go on where they stood. */
static void wake_up(struct venue_sim *sim, int64_t now_ns)
{
    const int64_t rested_ns = now_ns - sim->quiet_since_ns;
    bourse_rest(&sim->stage.bourse, rested_ns);
    sim->rested_ns += rested_ns;
    sim->quiet_since_ns = 0;
}

static int64_t elapsed_ns(const struct venue_sim *sim, int64_t now_ns)
{
    return now_ns - sim->stage.wall_ns - sim->rested_ns;
}

static void advance(struct venue_sim *sim, int64_t now_ns)
{
    struct mischief_order order;
    while (chaos_next(sim->chaos, elapsed_ns(sim, now_ns), &order)) {
        venue_sim_order(sim, &order);
    }
    if (sim->player != NULL) {
        venue_sim_play(sim, now_ns);
    } else {
        bourse_advance(&sim->stage.bourse, now_ns);
    }
}

/* When there is something to do again. */
static int64_t next_due_ns(const struct venue_sim *sim, int64_t now_ns)
{
    int64_t due_ns = sim->keep_due_ns;
    if (sim->quiet_since_ns == 0) {
        const int64_t market_ns = sim->player != NULL ? venue_sim_play_due_ns(sim)
                                                      : bourse_due_ns(&sim->stage.bourse);
        due_ns = market_ns < due_ns ? market_ns : due_ns;
    }
    return due_ns > now_ns ? due_ns : now_ns;
}

/* Is no order taken on the pair, and is that news? */
static bool halt(struct venue_sim *sim, enum venue venue, int32_t pair, bool *halted,
                 int64_t now_ns)
{
    struct mischief *mischief = &sim->stage.venues[venue].mischief;
    const bool is = mischief_on(mischief, MISCHIEF_HALT, pair, now_ns) != NULL;
    if (is == *halted) {
        return false;
    }
    *halted = is;
    if (is) {
        mischief_happened(mischief, MISCHIEF_HALT);
    }
    return true;
}

/* Upbit says so with its tickers, Binance to whoever asks what it lists. */
static void keep_halts(struct venue_sim *sim, int64_t now_ns)
{
    struct bourse *bourse = &sim->stage.bourse;
    for (int32_t pair = 0; pair < bourse->pairs_count; pair++) {
        if (halt(sim, VENUE_A, pair, &bourse->markets[pair].halted, now_ns)) {
            upbit_desk_tell(sim->upbit, pair, UPBIT_TOPIC_TICKER);
        }
        (void)halt(sim, VENUE_B, pair, &bourse->symbols[pair].halted, now_ns);
    }
}

static void keep_house(struct venue_sim *sim, int64_t now_ns)
{
    for (int i = VENUE_A; i <= VENUE_LAST; i++) {
        struct stage_venue *venue = &sim->stage.venues[i];
        gate_keep(&venue->gate, venue->wire, &venue->mischief, now_ns);
        crowd_keep(&venue->crowd, now_ns);
    }
    keep_halts(sim, now_ns);
    upbit_desk_keep(sim->upbit);
    binance_desk_keep(sim->binance);
}

static void turn(void *context, int64_t mono_ns)
{
    struct venue_sim *sim = context;
    const int64_t now_ns = stage_now_ns(&sim->stage);
    if (sim->quiet_since_ns > 0 && now_ns >= sim->quiet_until_ns) {
        wake_up(sim, now_ns);
    }
    if (sim->quiet_since_ns == 0) {
        advance(sim, now_ns);
    }
    if (sim->quiet_since_ns > 0 && now_ns >= sim->repeat_due_ns) {
        sim->repeat_due_ns = now_ns + REPEAT_MS * CLOCK_NS_PER_MS;
        binance_desk_settle(sim->binance);
    }
    if (now_ns >= sim->keep_due_ns) {
        sim->keep_due_ns = now_ns + KEEP_MS * CLOCK_NS_PER_MS;
        keep_house(sim, now_ns);
    }
    /* A moment's pause lets what is due together go out together. */
    int64_t wait_ns = next_due_ns(sim, now_ns) - now_ns;
    wait_ns = wait_ns > CLOCK_NS_PER_MS ? wait_ns : CLOCK_NS_PER_MS;
    sim->timer = loop_add_timer(sim->stage.loop, clock_monotonic_ns() + wait_ns, turn, sim);
}

static int32_t top_of(struct book_level *out, const struct tall_units *units,
                      const struct tall_side *side)
{
    const int32_t count = side->count < BOOK_LEVELS_MAX ? side->count : BOOK_LEVELS_MAX;
    for (int32_t i = 0; i < count; i++) {
        out[i].price = number_value(side->levels[i].price, units->price_decimals);
        out[i].size = number_value(side->levels[i].size, units->size_decimals);
    }
    return count;
}

static void show_office(const struct venue_sim *sim, enum venue venue, int32_t pair)
{
    const struct bourse *bourse = &sim->stage.bourse;
    const struct venue_sim_office *office = &sim->stage.office;
    struct book book = {.bids_count = 0};
    if (office->show == NULL || pair >= bourse->pairs_count) {
        return; /* the last of Upbit's markets is the exchange rate */
    }
    if (venue == VENUE_A) {
        book = bourse->markets[pair].book;
    } else {
        const struct tall_book *tall = &bourse->symbols[pair].book;
        book.bids_count = top_of(book.bids, &tall->units, &tall->bids);
        book.asks_count = top_of(book.asks, &tall->units, &tall->asks);
    }
    office->show(office->context, pair, venue, &book, stage_now_ns(&sim->stage));
}

void venue_sim_set_office(struct venue_sim *sim, const struct venue_sim_office *office)
{
    sim->stage.office = *office;
    for (int32_t pair = 0; pair < sim->stage.bourse.pairs_count; pair++) {
        show_office(sim, VENUE_A, pair);
        show_office(sim, VENUE_B, pair);
    }
}

static void upbit_book(void *context, int32_t market)
{
    struct venue_sim *sim = context;
    upbit_desk_tell(sim->upbit, market, UPBIT_TOPIC_BOOK);
    show_office(sim, VENUE_A, market);
}

static void upbit_trade(void *context, int32_t market)
{
    struct upbit_desk *desk = ((struct venue_sim *)context)->upbit;
    upbit_desk_tell(desk, market, UPBIT_TOPIC_TRADE);
    upbit_desk_tell(desk, market, UPBIT_TOPIC_TICKER);
}

static void binance_book(void *context, int32_t pair, const struct tall_changes *changes,
                         bool touched)
{
    struct venue_sim *sim = context;
    binance_desk_tell_book(sim->binance, pair, changes, touched);
    show_office(sim, VENUE_B, pair);
}

static void binance_trade(void *context, int32_t pair)
{
    binance_desk_tell_trade(((struct venue_sim *)context)->binance, pair);
}

static void binance_mark(void *context, int32_t pair)
{
    binance_desk_tell_mark(((struct venue_sim *)context)->binance, pair);
}

static bool open_market(struct venue_sim *sim, struct err *err)
{
    const struct bourse_options options = {
        .preset = sim->options.preset,
        .seed = sim->options.seed,
        .opening = sim->options.opening,
        .speed = sim->options.speed,
        .coins = sim->options.coins,
        .pairs_count = sim->options.pairs_count,
        .history_minutes = HISTORY_MINUTES,
    };
    if (!(options.speed > 0.0 && options.speed <= 1000.0)) {
        return err_set(err, ERR_INPUT,
                       "'%g' is not a speed (expected more than 0, at most "
                       "1000)",
                       options.speed);
    }
    sim->stage.recorded = sim->options.frames != NULL;
    return bourse_open(&sim->stage.bourse, &options, sim->stage.wall_ns, err);
}

static bool open_desks(struct venue_sim *sim, struct err *err)
{
    struct wire_options wire = wire_defaults();
    wire.tls_folder = sim->options.tls_folder;
    wire.port = sim->options.port[VENUE_A];
    if (!upbit_desk_open(&sim->upbit, &sim->stage, &wire, err)) {
        return false;
    }
    wire.port = sim->options.port[VENUE_B];
    return binance_desk_open(&sim->binance, &sim->stage, &wire, err);
}

static bool open_chaos(struct venue_sim *sim, struct err *err)
{
    const struct chaos_options options = {
        .script = sim->options.script,
        .seeded = sim->options.chaos,
        .seed = sim->options.chaos_seed,
        .per_minute = sim->options.chaos_per_minute,
        .coins = sim->options.coins,
        .pairs_count = sim->options.pairs_count,
    };
    return chaos_open(&sim->chaos, &options, err);
}

static void set_stage(struct venue_sim *sim, struct loop *loop)
{
    const struct venue_sim_options *options = &sim->options;
    sim->stage.loop = loop;
    sim->stage.options = (struct stage_options){
        .idle_ms = (int64_t)(options->idle_s * MS_PER_S),
        .ping_ms = (int64_t)(options->ping_s * MS_PER_S),
        .pong_ms = (int64_t)(options->ping_s * MS_PER_S * 10.0 / 3.0),
        .lifetime_ms = (int64_t)(options->lifetime_s * MS_PER_S),
        .limits = options->limits,
    };
    sim->stage.wall_ns = clock_wall_ns();
    sim->stage.mono_ns = clock_monotonic_ns();
    sim->stage.control = venue_sim_control;
    sim->stage.context = sim;
    for (int i = VENUE_A; i <= VENUE_LAST; i++) {
        sim->stage.venues[i].crowd.mischief = &sim->stage.venues[i].mischief;
    }
}

bool venue_sim_open(struct venue_sim **out, struct loop *loop,
                    const struct venue_sim_options *options, struct err *err)
{
    struct venue_sim *sim = mem_zalloc(sizeof(*sim));
    const struct bourse_calls calls = {
        .upbit_book = upbit_book,
        .upbit_trade = upbit_trade,
        .binance_book = binance_book,
        .binance_trade = binance_trade,
        .binance_mark = binance_mark,
        .context = sim,
    };
    sim->options = *options;
    set_stage(sim, loop);
    if (!open_market(sim, err) || !open_chaos(sim, err) || !open_desks(sim, err) ||
        !venue_sim_play_open(sim, err)) {
        venue_sim_close(sim);
        return false;
    }
    bourse_listen(&sim->stage.bourse, &calls);
    sim->timer = loop_add_timer(loop, clock_monotonic_ns(), turn, sim);
    *out = sim;
    return true;
}

void venue_sim_close(struct venue_sim *sim)
{
    if (sim == NULL) {
        return;
    }
    loop_remove_timer(sim->stage.loop, sim->timer);
    upbit_desk_close(sim->upbit);
    binance_desk_close(sim->binance);
    chaos_close(sim->chaos);
    player_close(sim->player);
    if (sim->stage.bourse.source != NULL) {
        bourse_close(&sim->stage.bourse);
    }
    mem_free(sim);
}

struct wire *venue_sim_wire(const struct venue_sim *sim, enum venue venue)
{
    return sim->stage.venues[venue].wire;
}

uint16_t venue_sim_port(const struct venue_sim *sim, enum venue venue)
{
    return wire_port(venue_sim_wire(sim, venue));
}
