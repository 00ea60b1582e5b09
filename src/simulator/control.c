#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/num.h"
#include "numbers.h"
#include "say.h"
#include "venue_sim_parts.h"

/* What the simulator says about itself, and what it can be told, under /sim/. */

enum { WORD_SIZE = 64, QUIET_MS_MAX = 3600000 };

static void say_faults(struct text *out, const struct mischief *mischief)
{
    say_object(out, "faults");
    for (int i = 0; i < MISCHIEF_KINDS; i++) {
        const enum mischief_kind kind = (enum mischief_kind)i;
        say_object(out, mischief_name(kind));
        say_text(out, "reason", reason_code(mischief_reason(kind)));
        say_id(out, "ordered", mischief->counts[i].ordered);
        say_id(out, "happened", mischief->counts[i].happened);
        text_add_char(out, '}');
    }
    text_add_char(out, '}');
}

static void say_wire(struct text *out, const struct wire_stats *stats)
{
    say_id(out, "connections", stats->connections);
    say_id(out, "sockets", stats->sockets);
    say_id(out, "accepted", stats->accepted);
    say_id(out, "turned_away", stats->turned_away);
    say_id(out, "requests", stats->requests);
    say_id(out, "answers", stats->answers);
    say_id(out, "messages_in", stats->messages_in);
    say_id(out, "messages_out", stats->messages_out);
    say_id(out, "bytes_in", stats->bytes_in);
    say_id(out, "bytes_out", stats->bytes_out);
    say_id(out, "rubbish", stats->rubbish);
    say_id(out, "too_slow", stats->too_slow);
    say_id(out, "timeouts", stats->timeouts);
    say_id(out, "tls_failed", stats->tls_failed);
    say_object(out, "wire_faults");
    for (int i = WIRE_FAULT_NONE + 1; i < WIRE_FAULT_COUNT; i++) {
        say_id(out, wire_fault_name((enum wire_fault_kind)i), stats->faults[i]);
    }
    text_add_char(out, '}');
}

void venue_sim_status(const struct venue_sim *sim, struct text *out)
{
    const int64_t now_ns = stage_now_ns(&sim->stage);
    text_add_char(out, '{');
    say_integer(out, "elapsed_ms", (now_ns - sim->stage.wall_ns) / CLOCK_NS_PER_MS);
    say_bool(out, "quiet", sim->quiet_since_ns > 0);
    say_text(out, "market", sim->player != NULL ? "frames" : sim->options.preset);
    say_id(out, "seed", sim->options.seed);
    say_object(out, "venues");
    for (int i = VENUE_A; i <= VENUE_LAST; i++) {
        const enum venue venue = (enum venue)i;
        say_object(out, venue_name(venue));
        say_integer(out, "port", venue_sim_port(sim, venue));
        say_wire(out, wire_stats(venue_sim_wire(sim, venue)));
        say_faults(out, &sim->stage.venues[venue].mischief);
        text_add_char(out, '}');
    }
    text_add(out, "}}");
}

static void say_levels(struct text *out, const char *name, const struct book_level *levels,
                       int32_t count, int64_t limit)
{
    say_list(out, name);
    for (int32_t i = 0; i < count && i < limit; i++) {
        say_list(out, NULL);
        number_plain(out, levels[i].price);
        text_add_char(out, ',');
        number_plain(out, levels[i].size);
        text_add_char(out, ']');
    }
    text_add_char(out, ']');
}

static void say_tall(struct text *out, const char *name, const struct tall_units *units,
                     const struct tall_side *side, int64_t limit)
{
    say_list(out, name);
    for (int32_t i = 0; i < side->count && i < limit; i++) {
        say_list(out, NULL);
        number_fixed(out, side->levels[i].price, units->price_decimals);
        text_add_char(out, ',');
        number_fixed(out, side->levels[i].size, units->size_decimals);
        text_add_char(out, ']');
    }
    text_add_char(out, ']');
}

static void say_books(const struct venue_sim *sim, int64_t limit, struct text *out)
{
    const struct bourse *bourse = &sim->stage.bourse;
    const int32_t markets = sim->player != NULL ? 0 : bourse_markets(bourse);
    text_add_char(out, '{');
    say_bool(out, "quiet", sim->quiet_since_ns > 0);
    say_object(out, "upbit");
    for (int32_t i = 0; i < markets; i++) {
        const struct upbit_market *market = &bourse->markets[i];
        say_object(out, market->code);
        say_integer(out, "timestamp", market->book_ms);
        say_levels(out, "bids", market->book.bids, market->book.bids_count, limit);
        say_levels(out, "asks", market->book.asks, market->book.asks_count, limit);
        text_add_char(out, '}');
    }
    text_add_char(out, '}');
    say_object(out, "binance");
    for (int32_t i = 0; i < bourse->pairs_count; i++) {
        const struct binance_symbol *symbol = &bourse->symbols[i];
        const struct tall_book *book = &symbol->book;
        say_object(out, symbol->symbol);
        say_id(out, "lastUpdateId", book->last_id);
        say_integer(out, "timestamp", book->time_ms);
        say_tall(out, "bids", &book->units, &book->bids, limit);
        say_tall(out, "asks", &book->units, &book->asks, limit);
        text_add_char(out, '}');
    }
    text_add(out, "}}");
}

/* Does "|kind|venue|" have the name? */
static bool is_among(const char *names, const char *name, size_t length)
{
    for (const char *at = names; *at == '|' && at[1] != '\0'; at += 1 + strcspn(at + 1, "|")) {
        if (strcspn(at + 1, "|") == length && memcmp(at + 1, name, length) == 0) {
            return true;
        }
    }
    return false;
}

static bool stands_before(const char *query, const char *field, size_t length)
{
    for (const char *at = query; at < field; at += strcspn(at, "&") + 1) {
        if (strcspn(at, "=&") == length && memcmp(at, field, length) == 0) {
            return true;
        }
    }
    return false;
}

/* What an order does not know, says twice or cannot read it must not pass by. */
static bool check_fields(const char *query, const char *names, struct err *err)
{
    char name[WORD_SIZE], value[WORD_SIZE];
    for (const char *at = query; *at != '\0';) {
        const size_t field = strcspn(at, "&");
        const size_t length = strcspn(at, "=&");
        text_cut(name, sizeof(name), "%.*s", (int)fmin((double)length, WORD_SIZE), at);
        if (!is_among(names, at, length)) {
            return err_set(err, ERR_INPUT, "'%s' is no parameter (expected %.*s)", name,
                           (int)strlen(names) - 2, names + 1);
        }
        if (stands_before(query, at, length)) {
            return err_set(err, ERR_INPUT, "'%s' is said twice", name);
        }
        if (!wire_form(query, name, value, sizeof(value))) {
            return err_set(err, ERR_INPUT, "'%s' has no readable value", name);
        }
        at += field + (at[field] == '&');
    }
    return true;
}

/* A word of the query; `usual` without it. */
static const char *word(const char *query, const char *name, const char *usual,
                        char buffer[WORD_SIZE])
{
    return wire_form(query, name, buffer, WORD_SIZE) ? buffer : usual;
}

static bool read_number(const char *query, const char *name, double *out, struct err *err)
{
    char buffer[WORD_SIZE];
    if (!wire_form(query, name, buffer, sizeof(buffer))) {
        return true;
    }
    return num_parse_double(buffer, strlen(buffer), out) ||
           err_set(err, ERR_INPUT, "%s is not a number", name);
}

/* One of two words, the first without it. */
static bool read_either(const char *query, const char *name, const char *no, const char *yes,
                        bool *out, struct err *err)
{
    char buffer[WORD_SIZE];
    const char *said = word(query, name, no, buffer);
    *out = strcmp(said, yes) == 0;
    return *out || strcmp(said, no) == 0 ||
           err_set(err, ERR_INPUT, "%s: '%s' is neither %s nor %s", name, said, no, yes);
}

static bool read_order(const struct venue_sim *sim, const char *query,
                       struct mischief_order *out, struct err *err)
{
    char buffer[WORD_SIZE];
    enum mischief_kind kind;
    if (!check_fields(query, "|kind|venue|pair|amount|for_s|on|reset|", err)) {
        return false;
    }
    if (!mischief_find(word(query, "kind", "", buffer), &kind)) {
        return err_set(err, ERR_INPUT, "kind is not a fault");
    }
    *out = mischief_usual(kind);
    double amount = (double)out->amount;
    double for_s = (double)out->for_ns / 1e9;
    if (!chaos_find_venue(word(query, "venue", "both", buffer), out->hits, err) ||
        !chaos_find_pair(sim->options.coins, sim->options.pairs_count,
                         word(query, "pair", "", buffer), &out->pair, err) ||
        !read_number(query, "amount", &amount, err) ||
        !read_number(query, "for_s", &for_s, err) ||
        !read_either(query, "on", "socket", "rest", &out->rest, err) ||
        !read_either(query, "reset", "0", "1", &out->reset, err)) {
        return false;
    }
    if (!(fabs(amount) < 1e15) || !(for_s >= 0.0 && for_s < 1e7)) {
        return err_set(err, ERR_INPUT, "amount or for_s is out of range");
    }
    out->amount = (int64_t)amount;
    out->for_ns = (int64_t)(for_s * 1e9);
    if (!mischief_check(out, sim->options.pairs_count + 1, err)) {
        return false;
    }
    return kind != MISCHIEF_IDENTITY || sim->options.tls_folder != NULL ||
           err_set(err, ERR_INPUT, "identity: needs --tls, here is nothing to identify");
}

static bool order_fault(struct venue_sim *sim, const char *query, struct text *out,
                        struct err *err)
{
    struct mischief_order order;
    if (!read_order(sim, query, &order, err)) {
        return false;
    }
    venue_sim_order(sim, &order);
    text_add_char(out, '{');
    say_text(out, "kind", mischief_name(order.kind));
    say_text(out, "reason", reason_code(mischief_reason(order.kind)));
    text_add_char(out, '}');
    return true;
}

static bool order_quiet(struct venue_sim *sim, const char *query, struct text *out,
                        struct err *err)
{
    double quiet_ms = 1000.0;
    if (!check_fields(query, "|ms|", err) || !read_number(query, "ms", &quiet_ms, err)) {
        return false;
    }
    if (!(quiet_ms >= 0.0 && quiet_ms <= QUIET_MS_MAX)) {
        return err_set(err, ERR_INPUT, "ms is out of range (expected 0 to %d)", QUIET_MS_MAX);
    }
    venue_sim_quiet(sim, (int64_t)(quiet_ms * 1e6));
    text_add_char(out, '{');
    say_integer(out, "quiet_ms", (int64_t)quiet_ms);
    text_add_char(out, '}');
    return true;
}

/* The status of the answer in *out. */
static int32_t answer(struct venue_sim *sim, const struct wire_request *request,
                      struct text *out, struct err *err)
{
    double levels = TALL_LEVELS_MAX;
    const bool post = strcmp(request->method, "POST") == 0;
    if (strcmp(request->path, "/sim/status") == 0 && !post) {
        venue_sim_status(sim, out);
        return 200;
    }
    if (strcmp(request->path, "/sim/books") == 0 && !post) {
        if (!check_fields(request->query, "|levels|", err) ||
            !read_number(request->query, "levels", &levels, err)) {
            return 400;
        }
        if (!(levels >= 0.0)) {
            err_set(err, ERR_INPUT, "levels is not a number");
            return 400;
        }
        say_books(sim, (int64_t)fmin(levels, TALL_LEVELS_MAX), out);
        return 200;
    }
    if (strcmp(request->path, "/sim/fault") == 0 && post) {
        return order_fault(sim, request->query, out, err) ? 200 : 400;
    }
    if (strcmp(request->path, "/sim/quiet") == 0 && post) {
        return order_quiet(sim, request->query, out, err) ? 200 : 400;
    }
    err_set(err, ERR_INPUT,
            "expected GET /sim/status, GET /sim/books, POST /sim/quiet or "
            "POST /sim/fault");
    return 404;
}

/* Foreign words in a message of ours must not break the JSON. */
static void say_safely(struct text *out, const char *name, const char *message)
{
    say_name(out, name);
    text_add_char(out, '"');
    for (; *message != '\0'; message++) {
        const bool plain = *message >= ' ' && *message != '"' && *message != '\\';
        text_add_char(out, plain ? *message : '?');
    }
    text_add_char(out, '"');
}

void venue_sim_control(void *context, struct wire *wire, wire_exchange exchange,
                       const struct wire_request *request)
{
    struct venue_sim *sim = context;
    struct text body = text_growing();
    struct err err;
    const int32_t status = answer(sim, request, &body, &err);
    if (status != 200) {
        text_clear(&body);
        text_add_char(&body, '{');
        say_safely(&body, "error", err.text);
        text_add_char(&body, '}');
    }
    static const char *const TYPE[] = {"Content-Type: application/json"};
    const struct wire_answer said = {
        .status = status,
        .headers = TYPE,
        .headers_count = 1,
        .body = text_string(&body),
        .body_size = body.length,
    };
    wire_answer(wire, exchange, &said, NULL);
    text_finish(&body);
}
