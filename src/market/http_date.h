#pragma once
#include <stdbool.h>
#include <stdint.h>

/* http_date: "Wed, 23 Sep 2026 03:39:02 GMT", as every server says it, to ns since 1970. */

bool http_date_parse(const char *text, int64_t *out_ns);
