#include "market/frame_lines.h"

#include <string.h>

#include "base/num.h"
#include "base/safe.h"

enum { CULPRIT_SIZE = 48 };

struct span {
    const char *bytes;
    size_t length;
};

struct culprit {
    char text[CULPRIT_SIZE];
};

static struct culprit culprit_of(struct span span)
{
    struct culprit culprit;
    safe_text(culprit.text, sizeof(culprit.text), span.bytes, span.length);
    return culprit;
}

/* Cuts what stands in front of the next tab off *rest. */
static bool cut(struct span *rest, struct span *out)
{
    const char *tab = memchr(rest->bytes, '\t', rest->length);
    if (tab == NULL) {
        return false;
    }
    *out = (struct span){rest->bytes, (size_t)(tab - rest->bytes)};
    *rest = (struct span){tab + 1, rest->length - out->length - 1};
    return true;
}

static bool read_venue(struct span span, enum venue *out, struct err *err)
{
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        const char *name = venue_name(venue);
        if (span.length == strlen(name) && memcmp(span.bytes, name, span.length) == 0) {
            *out = venue;
            return true;
        }
    }
    return err_set(err, ERR_INPUT, "venue: '%s' is unknown (expected %s or %s)",
                   culprit_of(span).text, venue_name(VENUE_A), venue_name(VENUE_B));
}

static bool copy_span(struct span span, char *out, size_t size)
{
    if (span.length == 0 || span.length >= size || memchr(span.bytes, '\0', span.length)) {
        return false;
    }
    memcpy(out, span.bytes, span.length);
    out[span.length] = '\0';
    return true;
}

static bool read_channel(struct span span, struct frame *frame, struct err *err)
{
    const char *colon = memchr(span.bytes, ':', span.length);
    struct span name = span;
    frame->symbol[0] = '\0';
    if (colon != NULL) {
        name.length = (size_t)(colon - span.bytes);
        const struct span symbol = {colon + 1, span.length - name.length - 1};
        if (!copy_span(symbol, frame->symbol, sizeof(frame->symbol))) {
            return err_set(err, ERR_INPUT, "channel: '%s' has no symbol behind the colon",
                           culprit_of(span).text);
        }
    }
    if (!copy_span(name, frame->channel, sizeof(frame->channel))) {
        return err_set(err, ERR_INPUT,
                       "channel: '%s' is not a channel (expected ws, rest.depth)",
                       culprit_of(span).text);
    }
    return true;
}

static bool read_time(struct span span, int64_t *out, struct err *err)
{
    int64_t receive_ns;
    if (!num_parse_int64(span.bytes, span.length, &receive_ns) || receive_ns < 0) {
        return err_set(err, ERR_INPUT,
                       "recv_ns: '%s' is not a time (expected nanoseconds since 1970)",
                       culprit_of(span).text);
    }
    *out = receive_ns;
    return true;
}

bool frame_line_parse(const char *line, size_t length, struct frame *out, struct err *err)
{
    struct span rest = {line, length};
    struct span time;
    struct span venue;
    struct span channel;
    struct frame frame;
    if (!cut(&rest, &time) || !cut(&rest, &venue) || !cut(&rest, &channel)) {
        return err_set(err, ERR_INPUT,
                       "not a frame (expected recv_ns TAB venue TAB channel[:SYMBOL] TAB "
                       "message)");
    }
    if (!read_time(time, &frame.receive_ns, err) || !read_venue(venue, &frame.venue, err) ||
        !read_channel(channel, &frame, err)) {
        return false;
    }
    frame.raw = rest.bytes;
    frame.raw_length = rest.length;
    *out = frame;
    return true;
}
