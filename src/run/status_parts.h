#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "core/engine_params.h"
#include "run/json.h"
#include "view/snapshot.h"
#include "view/tuning.h"

/* What is said in the same words of a session with a host and of one without. */

/* null for 0. */
void status_put_time(struct json *json, const char *key, int64_t time_ns);
/* What the engine goes by; NULL params: the values are not known. */
void status_put_params(struct json *json, uint64_t revision, const char *origin,
                       const struct engine_params *params);
/* Nothing while they are those the session was started with. */
void status_put_params_line(struct text *out, uint64_t revision, const char *origin);
/* The kill switch: "off", or "ON by NAME since TIME: REASON" as far as that is known. */
void status_put_kill_line(struct text *out, bool on, const char *by, int64_t since_ns,
                          const char *reason);
/* How the machinery does; ages by the monotonic clock, null for what this source has not. */
void status_put_metrics(struct json *json, const struct snapshot *snapshot, int64_t mono_ns);
/* The tuning sessions that run, and the last one; null for NULL. */
void status_put_tuning(struct json *json, const struct tuning *tuning);
/* One of them in a line; nothing when there is none. */
void status_put_tuning_line(struct text *out, const struct tuning *tuning);
