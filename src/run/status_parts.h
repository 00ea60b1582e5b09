#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "run/json.h"

/* What is said in the same words of a session with a host and of one without. */

/* null for 0. */
void status_put_time(struct json *json, const char *key, int64_t time_ns);
/* The kill switch: "off", or "ON by NAME since TIME: REASON" as far as that is known. */
void status_put_kill_line(struct text *out, bool on, const char *by, int64_t since_ns,
                          const char *reason);
