#include "io/websocket.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/text.h"
#include "channel.h"

/* A connection in use or being made. */
struct link {
    struct websocket *line;
    struct channel *channel; /* NULL: none */
    bool open;
    int64_t began_ns, opened_ns;
    int64_t data_ns; /* its first message; 0 none yet */
    int64_t ping_due_ns;
};

struct websocket {
    struct websockets *all;
    struct websocket_options options;
    struct websocket_calls calls;
    struct target target;
    char **headers;
    struct rng rng;

    struct link links[2];
    struct link *present; /* the other is its successor, if anything */
    uint32_t attempts;    /* ever */
    uint32_t failures;    /* since data came last */
    int64_t attempt_ns;   /* not before; of the successor if there is a present */
    int64_t hold_until_ns;
    uint64_t timer;
    int32_t calls_under_way; /* of the owner */
    bool closed;
    struct websocket_stats stats;
};

static struct link *successor_of(struct websocket *line)
{
    return line->present == &line->links[0] ? &line->links[1] : &line->links[0];
}

static void free_line(struct websocket *line)
{
    for (int32_t i = 0; i < line->options.headers_count; i++) {
        mem_free(line->headers[i]);
    }
    mem_free(line->headers);
    target_finish(&line->target);
    mem_free(line);
}

static void end_link(struct link *link, bool polite)
{
    channel_close(link->channel, polite);
    *link = (struct link){.line = link->line};
}

/* The owner may close the line in any of its calls; it is freed when the last has returned.
 * False: it is gone. */
static bool call_ended(struct websocket *line)
{
    line->calls_under_way--;
    if (line->closed && line->calls_under_way == 0) {
        free_line(line);
        return false;
    }
    return !line->closed;
}

static bool tell(struct websocket *line, const struct websocket_news *news)
{
    line->calls_under_way++;
    line->calls.news(line->calls.context, news);
    return call_ended(line);
}

static void look(struct websocket *line, int64_t now_ns);

static void on_timer(void *context, int64_t now_ns)
{
    struct websocket *line = context;
    line->timer = 0;
    look(line, now_ns);
}

static void look_at(struct websocket *line, int64_t due_ns)
{
    loop_remove_timer(line->all->loop, line->timer);
    line->timer = loop_add_timer(line->all->loop, due_ns, on_timer, line);
}

static void look_soon(struct websocket *line)
{
    look_at(line, clock_monotonic_ns());
}

/* Doubles with each failure in a row; the upper half of it is chance, so that many clients do
 * not come back at once. A certificate does not become good by asking again soon. */
static int64_t back_off_ns(struct websocket *line, enum net_fault fault)
{
    const int64_t max_ms = line->options.back_off_max_ms;
    int64_t wait_ms = line->options.back_off_ms;
    for (uint32_t i = 0; i < line->failures && wait_ms < max_ms; i++) {
        wait_ms *= 2;
    }
    line->failures++;
    if (fault == NET_TLS || wait_ms > max_ms) {
        wait_ms = max_ms;
    }
    if (fault == NET_TLS) {
        return wait_ms * CLOCK_NS_PER_MS;
    }
    const double share = 0.5 + 0.5 * rng_uniform(&line->rng);
    return (int64_t)((double)(wait_ms * CLOCK_NS_PER_MS) * share);
}

static void plan_attempt(struct websocket *line, const struct channel_end *end, int64_t now_ns)
{
    int64_t due_ns = now_ns + back_off_ns(line, end->fault);
    const int64_t asked_ns = now_ns + end->retry_after_ms * CLOCK_NS_PER_MS;
    due_ns = asked_ns > due_ns ? asked_ns : due_ns;
    line->attempt_ns = due_ns > line->hold_until_ns ? due_ns : line->hold_until_ns;
}

static bool tell_opened(struct websocket *line)
{
    line->stats.ping_waits_ns = 0;
    line->stats.open = true;
    return tell(line, &(struct websocket_news){.change = WEBSOCKET_OPENED, .text = ""});
}

/* The successor is all there is from now on. */
static void promote(struct websocket *line)
{
    end_link(line->present, true);
    line->present = successor_of(line);
}

static void replace(struct websocket *line)
{
    promote(line);
    line->stats.replaced++;
    tell(line, &(struct websocket_news){.change = WEBSOCKET_REPLACED, .text = ""});
}

/* The present connection is gone, or an attempt at one was in vain. */
static void lose(struct websocket *line, const struct channel_end *end)
{
    const int64_t now_ns = clock_monotonic_ns();
    struct link *successor = successor_of(line);
    look_soon(line);
    if (successor->data_ns > 0) {
        replace(line);
        return;
    }
    const bool follows = successor->channel != NULL;
    line->stats.losses++;
    line->stats.open = false;
    if (follows) {
        promote(line);
    } else {
        plan_attempt(line, end, now_ns);
    }
    const struct websocket_news news = {
        .change = WEBSOCKET_LOST,
        .fault = end->fault,
        .text = end->text,
        .status = end->status,
        .retry_after_ms = end->retry_after_ms,
        .wait_ms = follows ? 0 : (line->attempt_ns - now_ns) / CLOCK_NS_PER_MS,
    };
    if (tell(line, &news) && follows && line->present->open) {
        tell_opened(line);
    }
}

static void on_ended(void *context, const struct channel_end *end)
{
    struct link *link = context;
    struct websocket *line = link->line;
    link->channel = NULL; /* it sees to itself */
    const bool is_present = link == line->present;
    end_link(link, false);
    if (is_present) {
        lose(line, end);
    } else {
        plan_attempt(line, end, clock_monotonic_ns());
        look_soon(line);
    }
}

/* Gives a link up for a reason of ours. */
static void give_up(struct link *link, enum net_fault fault, const char *what, int64_t ms,
                    bool polite)
{
    struct channel *channel = link->channel;
    struct channel_end end = {.fault = fault};
    text_cut(end.text, sizeof(end.text), "%s %lld ms", what, (long long)ms);
    channel_close(channel, polite);
    on_ended(link, &end);
}

static void on_opened(void *context)
{
    struct link *link = context;
    struct websocket *line = link->line;
    const int64_t now_ns = clock_monotonic_ns();
    link->open = true;
    link->opened_ns = now_ns;
    link->ping_due_ns = now_ns + line->options.ping_ms * CLOCK_NS_PER_MS;
    line->stats.connects++;
    line->stats.heard_mono_ns = now_ns;
    for (int32_t i = 0; i < line->options.hello_count; i++) {
        channel_send(link->channel, line->options.hello[i], strlen(line->options.hello[i]));
    }
    look_soon(line);
    if (link == line->present) {
        tell_opened(line);
    }
}

static void on_message(void *context, const char *bytes, size_t size, bool binary,
                       int64_t mono_ns)
{
    struct link *link = context;
    struct websocket *line = link->line;
    line->stats.messages++;
    line->stats.bytes += size;
    line->stats.heard_mono_ns = mono_ns;
    if (link->data_ns == 0) {
        link->data_ns = mono_ns;
        line->failures = 0;
        look_soon(line);
    }
    line->calls_under_way++;
    line->calls.message(line->calls.context, bytes, size, binary, mono_ns);
    call_ended(line);
}

static void on_pong(void *context, int64_t sent_ns)
{
    struct link *link = context;
    struct websocket *line = link->line;
    const int64_t now_ns = clock_monotonic_ns();
    line->stats.pongs++;
    line->stats.heard_mono_ns = now_ns;
    if (sent_ns > 0) {
        line->stats.ping_waits_ns = 0;
        line->stats.round_trip_ns = now_ns - sent_ns;
        line->stats.round_trip_mono_ns = now_ns;
    }
}

static void begin(struct websocket *line, struct link *link, int64_t now_ns)
{
    const struct channel_options options = {
        .target = &line->target,
        .headers = line->headers,
        .headers_count = line->options.headers_count,
        .message_size_max = line->options.message_size_max,
        .turn = line->attempts++,
    };
    const struct channel_calls calls = {.opened = on_opened,
                                        .message = on_message,
                                        .pong = on_pong,
                                        .ended = on_ended,
                                        .context = link};
    *link = (struct link){.line = line, .began_ns = now_ns};
    link->channel = channel_open(line->all, &options, &calls);
}

static int64_t earlier(int64_t a_ns, int64_t b_ns)
{
    return a_ns < b_ns ? a_ns : b_ns;
}

/* Pings, and deadlines of a connection. Returns when to look again; 0: it was given up, and
 * what follows is under way. */
static int64_t tend(struct link *link, int64_t now_ns)
{
    struct websocket *line = link->line;
    const struct websocket_options *options = &line->options;
    if (!link->open) {
        const int64_t due_ns = link->began_ns + options->connect_ms * CLOCK_NS_PER_MS;
        if (now_ns < due_ns) {
            return due_ns;
        }
        give_up(link, NET_TIMEOUT, "no connection within", options->connect_ms, false);
        return 0;
    }
    int64_t due_ns = INT64_MAX;
    if (options->silence_ms > 0) {
        const int64_t heard_ns = channel_heard_ns(link->channel, now_ns);
        due_ns = heard_ns + options->silence_ms * CLOCK_NS_PER_MS;
        if (now_ns >= due_ns) {
            give_up(link, NET_SILENT, "not a byte for", options->silence_ms, false);
            return 0;
        }
        line->stats.heard_mono_ns = heard_ns;
    }
    if (options->ping_ms > 0) {
        if (now_ns >= link->ping_due_ns) {
            channel_ping(link->channel, now_ns);
            line->stats.pings++;
            if (line->stats.ping_waits_ns == 0) {
                line->stats.ping_waits_ns = now_ns;
            }
            link->ping_due_ns = now_ns + options->ping_ms * CLOCK_NS_PER_MS;
        }
        due_ns = earlier(due_ns, link->ping_due_ns);
    }
    return due_ns;
}

/* Whether it is time for another connection beside the present one, or for the end of that.
 * Returns when to look again; 0: the line has changed. */
static int64_t follow(struct websocket *line, int64_t now_ns)
{
    const struct websocket_options *options = &line->options;
    struct link *successor = successor_of(line);
    if (options->lifetime_ms == 0 || !line->present->open) {
        return INT64_MAX;
    }
    if (successor->channel == NULL) {
        int64_t due_ns = line->present->opened_ns + options->lifetime_ms * CLOCK_NS_PER_MS;
        due_ns = due_ns > line->attempt_ns ? due_ns : line->attempt_ns;
        if (now_ns < due_ns) {
            return due_ns;
        }
        begin(line, successor, now_ns);
        return now_ns;
    }
    if (successor->data_ns == 0) {
        return INT64_MAX;
    }
    const int64_t due_ns = successor->data_ns + options->overlap_ms * CLOCK_NS_PER_MS;
    if (now_ns < due_ns) {
        return due_ns;
    }
    look_soon(line);
    replace(line);
    return 0;
}

static void look(struct websocket *line, int64_t now_ns)
{
    int64_t due_ns = INT64_MAX;
    if (line->present->channel == NULL) {
        if (now_ns >= line->attempt_ns) {
            begin(line, line->present, now_ns);
            look_soon(line);
        } else {
            look_at(line, line->attempt_ns);
        }
        return;
    }
    for (size_t i = 0; i < sizeof(line->links) / sizeof(line->links[0]); i++) {
        if (line->links[i].channel != NULL) {
            due_ns = earlier(due_ns, tend(&line->links[i], now_ns));
        }
        if (due_ns == 0) {
            return;
        }
    }
    due_ns = earlier(due_ns, follow(line, now_ns));
    if (due_ns > 0 && due_ns < INT64_MAX) {
        look_at(line, due_ns);
    }
}

static void copy_headers(struct websocket *line, const struct websocket_options *options)
{
    line->headers = mem_array((size_t)options->headers_count + 1, sizeof(char *));
    for (int32_t i = 0; i < options->headers_count; i++) {
        assert(strchr(options->headers[i], ':') != NULL);
        assert(strpbrk(options->headers[i], "\r\n") == NULL);
        line->headers[i] = mem_copy_string(options->headers[i]);
    }
}

bool websocket_open(struct websocket **out, struct websockets *all,
                    const struct websocket_options *options,
                    const struct websocket_calls *calls, struct err *err)
{
    assert(options->hello_count >= 0 && options->hello_count <= WEBSOCKET_HELLO_MAX);
    assert(options->message_size_max > 0 && options->connect_ms > 0);
    assert(options->back_off_ms > 0 && options->back_off_max_ms >= options->back_off_ms);
    struct target target;
    if (!target_parse(&target, options->url, err)) {
        return false;
    }
    struct websocket *line = mem_zalloc(sizeof(*line));
    *line =
        (struct websocket){.all = all, .options = *options, .calls = *calls, .target = target};
    copy_headers(line, options);
    rng_seed(&line->rng, options->seed, rng_salt(options->url));
    line->links[0].line = line->links[1].line = line;
    line->present = &line->links[0];
    all->lines++;
    look_soon(line);
    *out = line;
    return true;
}

void websocket_close(struct websocket *line)
{
    if (line == NULL) {
        return;
    }
    assert(!line->closed);
    loop_remove_timer(line->all->loop, line->timer);
    end_link(&line->links[0], true);
    end_link(&line->links[1], true);
    line->all->lines--;
    line->closed = true;
    if (line->calls_under_way == 0) {
        free_line(line);
    }
}

bool websocket_send(struct websocket *line, const char *text, size_t size)
{
    return line->present->open && channel_send(line->present->channel, text, size);
}

void websocket_renew(struct websocket *line, enum net_fault fault, int64_t since_mono_ns)
{
    if (line->present->open) {
        const int64_t quiet_ns = clock_monotonic_ns() - since_mono_ns;
        give_up(line->present, fault, "no message for", quiet_ns / CLOCK_NS_PER_MS, true);
    }
}

void websocket_hold_until(struct websocket *line, int64_t mono_ns)
{
    line->hold_until_ns = mono_ns;
    if (line->attempt_ns < mono_ns) {
        line->attempt_ns = mono_ns;
    }
}

const struct websocket_stats *websocket_stats(const struct websocket *line)
{
    return &line->stats;
}
