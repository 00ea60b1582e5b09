#include "stage.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"

enum { HEADERS_MAX = 8 };

int64_t stage_now_ns(const struct stage *stage)
{
    return stage->wall_ns + (clock_monotonic_ns() - stage->mono_ns);
}

int64_t stage_now_ms(const struct stage *stage)
{
    return stage_now_ns(stage) / CLOCK_NS_PER_MS;
}

int64_t stage_skew_ms(const struct stage *stage, enum venue venue)
{
    const struct mischief_order *order =
        mischief_on(&stage->venues[venue].mischief, MISCHIEF_CLOCK_SKEW, MISCHIEF_ALL_PAIRS,
                    stage_now_ns(stage));
    return order != NULL ? order->amount : 0;
}

void stage_answer(struct stage *stage, wire_exchange exchange,
                  const struct stage_answer *answer)
{
    const char *headers[HEADERS_MAX + 1] = {"Content-Type: application/json;charset=UTF-8"};
    struct stage_venue *venue = &stage->venues[answer->venue];
    struct mischief_order order;
    struct wire_fault fault = {WIRE_FAULT_NONE, 0, false};
    assert(answer->headers_count <= HEADERS_MAX);
    for (int32_t i = 0; i < answer->headers_count; i++) {
        headers[i + 1] = answer->headers[i];
    }
    if (mischief_next_answer(&venue->mischief, stage_now_ns(stage), &order)) {
        fault = mischief_wire_fault(&order);
        mischief_rewrite(&order, answer->body);
    }
    const struct wire_answer sent = {
        .status = answer->status,
        .headers = headers,
        .headers_count = answer->headers_count + 1,
        .body = text_string(answer->body),
        .body_size = answer->body->length,
    };
    wire_answer(venue->wire, exchange, &sent, &fault);
}

bool stage_ask_office(const struct stage *stage, enum venue venue, wire_exchange exchange,
                      const struct wire_request *request)
{
    const struct venue_sim_office *office = &stage->office;
    return office->answer != NULL &&
           office->answer(office->context, venue, stage->venues[venue].wire, exchange, request,
                          stage_now_ns(stage), stage_skew_ms(stage, venue));
}

bool stage_control(const struct stage *stage, enum venue venue, wire_exchange exchange,
                   const struct wire_request *request)
{
    if (strncmp(request->path, "/sim/", 5) != 0) {
        return false;
    }
    if (!stage_ask_office(stage, venue, exchange, request)) {
        stage->control(stage->context, stage->venues[venue].wire, exchange, request);
    }
    return true;
}
