#include "base/clock.h"
#include "wire_client.h"

/* What happens to a client when nothing else does: every wait has an end. */

static void time_out(struct wire_client *client)
{
    client->wire->stats.timeouts++;
    wire_client_leave(client, true, false);
}

static void time_out_request(struct wire_client *client)
{
    if (client->phase == WIRE_HTTP) {
        wire_http_refuse(client, 408);
    } else {
        time_out(client);
    }
}

static void cut_slow(struct wire_client *client)
{
    client->wire->stats.too_slow++;
    wire_client_leave(client, false, true);
}

static void end_silence(struct wire_client *client)
{
    if (client->silent_then_cut) {
        wire_client_leave(client, false, client->silent_reset);
    } else {
        wire_client_resume(client);
    }
}

static void end_wait(struct wire_client *client)
{
    client->phase = WIRE_SHAKING;
    client->silent_until_ns = 0;
    client->phase_since_ns = client->now_ns;
}

static void end_shaking(struct wire_client *client)
{
    client->wire->stats.tls_failed++;
    time_out(client);
}

static void go_on(struct wire_client *client)
{
}

static void consider(struct wire_due *due, bool applies, int64_t since_ns, int64_t wait_ms,
                     void (*act)(struct wire_client *client))
{
    const int64_t at_ns = since_ns + wait_ms * CLOCK_NS_PER_MS;
    if (applies && at_ns < due->at_ns) {
        *due = (struct wire_due){at_ns, act};
    }
}

static void consider_http(struct wire_due *due, const struct wire_client *client)
{
    const struct wire_options *options = &client->wire->options;
    const bool busy = client->exchange != 0 || client->queue.first != NULL;
    const bool begun = client->input_size > 0 || client->head_known;
    consider(due, !busy && begun && !client->refused, client->input_since_ns,
             options->request_ms, time_out_request);
    consider(due, !busy && !begun, client->phase_since_ns, options->idle_ms, time_out);
    consider(due, client->exchange != 0 && client->input_ended, client->phase_since_ns,
             options->idle_ms, time_out);
}

struct wire_due wire_client_due(const struct wire_client *client)
{
    const struct wire_options *options = &client->wire->options;
    struct wire_due due = {INT64_MAX, go_on};
    if (client->gone) {
        return due;
    }
    consider(&due, client->silent && client->silent_until_ns > 0, client->silent_until_ns, 0,
             end_silence);
    consider(&due, client->phase == WIRE_LEAVING, client->phase_since_ns, WIRE_LEAVE_MS,
             wire_client_lose);
    consider(&due, client->phase == WIRE_SHAKING, client->phase_since_ns, options->request_ms,
             end_shaking);
    consider(&due, client->phase == WIRE_WAITING && !client->silent, client->silent_until_ns, 0,
             end_wait);
    consider(&due, client->wait_ns > 0, client->wait_ns, 0, go_on);
    consider(&due, client->blocked && !client->silent, client->blocked_since_ns,
             options->stuck_ms, cut_slow);
    if (client->phase == WIRE_HTTP && !client->silent) {
        consider_http(&due, client);
    } else if (client->phase == WIRE_SOCKET && !client->silent) {
        consider(&due, client->input_size > 0, client->input_since_ns, options->request_ms,
                 time_out_request);
        consider(&due, client->socket.farewell_sent, client->phase_since_ns, WIRE_LEAVE_MS,
                 time_out);
    }
    return due;
}
