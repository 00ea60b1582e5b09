#include <math.h>

#include "status_parts.h"

/* The machinery in numbers, as a session has them that runs. */

static double age_ms(int64_t mono_ns, int64_t at_ns)
{
    return at_ns == 0 ? NAN : (double)(mono_ns - at_ns) / 1e6;
}

static void put_latency(struct json *json, const char *key,
                        const struct snapshot_latency *latency, int64_t mono_ns)
{
    if (latency->count == 0) {
        json_add_null(json, key);
        return;
    }
    json_open_object(json, key);
    json_add_unsigned(json, "count", latency->count);
    json_add_number(json, "p50", latency->p50_ms);
    json_add_number(json, "p99", latency->p99_ms);
    json_add_number(json, "max", latency->max_ms);
    json_add_number(json, "age_ms", age_ms(mono_ns, latency->last_mono_ns));
    json_close_object(json);
}

static void put_reasons(struct json *json, const struct snapshot_venue *venue)
{
    json_open_object(json, "reasons");
    for (int32_t i = 0; i < venue->happenings_count; i++) {
        json_add_unsigned(json, reason_code(venue->happenings[i].reason),
                          venue->happenings[i].count);
    }
    json_close_object(json);
}

static void put_venue(struct json *json, enum venue which, const struct snapshot_venue *venue,
                      int64_t mono_ns)
{
    json_open_object(json, NULL);
    json_add_string(json, "venue", venue_name(which));
    json_add_number(json, "heard_age_ms", age_ms(mono_ns, venue->heard_mono_ns));
    json_add_number(json, "messages", venue->messages);
    json_add_number(json, "bytes", venue->bytes);
    json_add_number(json, "messages_per_s", venue->messages_per_s);
    json_add_number(json, "bytes_per_s", venue->bytes_per_s);
    json_add_number(json, "rates_age_ms", age_ms(mono_ns, venue->rates_mono_ns));
    put_latency(json, "decode_ms", &venue->decode, mono_ns);
    put_latency(json, "decision_ms", &venue->decision, mono_ns);
    json_add_number(json, "reconnects", venue->reconnects);
    json_add_number(json, "gaps", venue->gaps);
    json_add_number(json, "resyncs", venue->resyncs);
    json_add_number(json, "dropped", venue->dropped);
    put_reasons(json, venue);
    json_add_number(json, "round_trip_ms", venue->round_trip_ms);
    json_add_number(json, "round_trip_age_ms", age_ms(mono_ns, venue->round_trip_mono_ns));
    json_add_number(json, "clock_offset_ms", venue->clock_offset_ms);
    json_add_number(json, "clock_error_ms", venue->clock_error_ms);
    json_add_number(json, "clock_age_ms", age_ms(mono_ns, venue->clock_mono_ns));
    json_add_number(json, "requests", venue->requests);
    json_add_number(json, "budget_left_pct", venue->budget_left_pct);
    json_close_object(json);
}

void status_put_metrics(struct json *json, const struct snapshot *snapshot, int64_t mono_ns)
{
    json_open_object(json, "metrics");
    put_latency(json, "cycle_ms", &snapshot->cycle, mono_ns);
    json_add_number(json, "queue_depth", snapshot->queue_depth);
    json_open_array(json, "venues");
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        put_venue(json, venue, &snapshot->venues[venue], mono_ns);
    }
    json_close_array(json);
    json_close_object(json);
}
