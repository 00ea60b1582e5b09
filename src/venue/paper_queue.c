#include <assert.h>
#include <string.h>

#include "paper_state.h"

/* Requests on the wire and reports on their way back, both served by time, then by sequence. */

bool paper_request(struct venue_paper *paper, enum paper_request_kind kind, uint64_t client_id,
                   int64_t arrive_ns)
{
    struct paper_state *state = &paper->state;
    if (state->requests_count == PAPER_REQUESTS_MAX) {
        return false;
    }
    state->requests[state->requests_count++] = (struct paper_request){
        .client_id = client_id,
        .arrive_ns = arrive_ns,
        .sequence = ++state->last_sequence,
        .kind = kind,
    };
    return true;
}

/* The first request; -1: none. */
static int32_t first_request(const struct paper_state *state)
{
    int32_t first = -1;
    for (int32_t i = 0; i < state->requests_count; i++) {
        const struct paper_request *one = &state->requests[i];
        const struct paper_request *best = first < 0 ? NULL : &state->requests[first];
        if (best == NULL || one->arrive_ns < best->arrive_ns ||
            (one->arrive_ns == best->arrive_ns && one->sequence < best->sequence)) {
            first = i;
        }
    }
    return first;
}

static int32_t first_report(const struct paper_state *state)
{
    int32_t first = -1;
    for (int32_t i = 0; i < state->reports_count; i++) {
        const struct paper_report *one = &state->reports[i];
        const struct paper_report *best = first < 0 ? NULL : &state->reports[first];
        if (best == NULL || one->due_ns < best->due_ns ||
            (one->due_ns == best->due_ns && one->sequence < best->sequence)) {
            first = i;
        }
    }
    return first;
}

bool paper_has_report_room(const struct venue_paper *paper)
{
    return paper->state.reports_count <= PAPER_REPORTS_MAX - PAPER_REPORTS_SPARE;
}

bool paper_take_request(struct venue_paper *paper, int64_t now_ns, struct paper_request *out)
{
    struct paper_state *state = &paper->state;
    const int32_t i = first_request(state);
    if (i < 0 || state->requests[i].arrive_ns > now_ns || !paper_has_report_room(paper)) {
        return false;
    }
    *out = state->requests[i];
    state->requests[i] = state->requests[--state->requests_count];
    return true;
}

void paper_say(struct venue_paper *paper, const struct order_report *report, int64_t at_ns)
{
    struct paper_state *state = &paper->state;
    if (state->reports_count == PAPER_REPORTS_MAX) {
        return; /* only an answer told again can come here; it can be asked for again */
    }
    struct paper_report *place = &state->reports[state->reports_count++];
    place->due_ns = at_ns;
    place->sequence = ++state->last_sequence;
    place->report = *report;
}

void paper_say_kind(struct venue_paper *paper, uint64_t client_id, enum report_kind kind,
                    enum venue_error error, int64_t at_ns)
{
    struct order_report report;
    memset(&report, 0, sizeof report);
    report.client_id = client_id;
    report.kind = kind;
    report.error = error;
    paper_say(paper, &report, at_ns);
}

void paper_say_end(struct venue_paper *paper, const struct paper_order *order, int64_t at_ns)
{
    assert(order->state == PAPER_DONE || order->state == PAPER_REJECTED);
    struct order_report report;
    memset(&report, 0, sizeof report);
    report.client_id = order->order.client_id;
    report.kind = order->state == PAPER_DONE ? REPORT_DONE : REPORT_REJECTED;
    report.error = order->error;
    report.quantity_units = order->filled_units;
    paper_say(paper, &report, at_ns);
}

bool paper_take_report(struct venue_paper *paper, int64_t now_ns, struct order_report *out,
                       int64_t *time_ns)
{
    struct paper_state *state = &paper->state;
    const int32_t i = first_report(state);
    if (i < 0 || state->reports[i].due_ns > now_ns) {
        return false;
    }
    *out = state->reports[i].report;
    *time_ns = state->reports[i].due_ns;
    state->reports[i] = state->reports[--state->reports_count];
    return true;
}

int64_t paper_next_due(const struct venue_paper *paper)
{
    const struct paper_state *state = &paper->state;
    const int32_t request = first_request(state);
    const int32_t report = first_report(state);
    const int64_t request_ns = request < 0 ? INT64_MAX : state->requests[request].arrive_ns;
    const int64_t report_ns = report < 0 ? INT64_MAX : state->reports[report].due_ns;
    return request_ns < report_ns ? request_ns : report_ns;
}
