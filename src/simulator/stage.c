#include "stage.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/clock.h"

enum { HEADERS_MAX = 8, OWN_HEADERS = 2, DATE_SIZE = 48 };

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

/* `Date: Sun, 09 Sep 2001 01:46:40 GMT`: whole seconds of the venue's own clock. */
static void write_date(char out[DATE_SIZE], int64_t time_ns)
{
    static const char *const DAYS[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    enum { THURSDAY = 4, MONTH = 5, DAY = 8, TIME = 11 };
    char iso[CALENDAR_TEXT_SIZE];
    calendar_format(iso, time_ns, 0);
    const int month = (iso[MONTH] - '0') * 10 + (iso[MONTH + 1] - '0') - 1;
    snprintf(out, DATE_SIZE, "Date: %s, %.2s %.3s %.4s %.8s GMT",
             DAYS[(calendar_utc_day(time_ns) + THURSDAY) % 7], iso + DAY,
             MONTHS + 3 * (ptrdiff_t)month, iso, iso + TIME);
}

void stage_answer(struct stage *stage, wire_exchange exchange,
                  const struct stage_answer *answer)
{
    char date[DATE_SIZE];
    const char *headers[HEADERS_MAX + OWN_HEADERS] = {
        "Content-Type: application/json;charset=UTF-8", date};
    struct stage_venue *venue = &stage->venues[answer->venue];
    struct mischief_order order;
    struct wire_fault fault = WIRE_NO_FAULT;
    assert(answer->headers_count <= HEADERS_MAX);
    for (int32_t i = 0; i < answer->headers_count; i++) {
        headers[i + OWN_HEADERS] = answer->headers[i];
    }
    write_date(date,
               stage_now_ns(stage) + stage_skew_ms(stage, answer->venue) * CLOCK_NS_PER_MS);
    if (mischief_next_answer(&venue->mischief, stage_now_ns(stage), &order)) {
        fault = mischief_wire_fault(&order);
        mischief_rewrite(&order, answer->body);
    }
    const struct wire_answer sent = {
        .status = answer->status,
        .headers = headers,
        .headers_count = answer->headers_count + OWN_HEADERS,
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
