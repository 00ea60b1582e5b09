#pragma once
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "io/loop.h"

/* scrape: a page of numbers for Prometheus, at http://127.0.0.1:PORT/metrics.
 *
 * libmicrohttpd underneath, on the caller's loop and thread. Only this machine can ask, and
 * only GET and HEAD that one path. It never waits for who asks: at most SCRAPE_CLIENTS_MAX
 * connections are taken, each for one answer. It lives for SCRAPE_LIFE_MS, or for
 * SCRAPE_CROWDED_MS when all places are taken, whether it is silent, slow or deaf. */

enum { SCRAPE_CLIENTS_MAX = 8, SCRAPE_LIFE_MS = 2000, SCRAPE_CROWDED_MS = 200 };

struct scrape;

/* Writes the page, text format 0.0.4, to an empty text. */
typedef void scrape_page_fn(void *context, struct text *out);

/* `port` 0: any. Errors: the port is taken. The loop and the context outlive it. */
bool scrape_open(struct scrape **out, struct loop *loop, uint16_t port, scrape_page_fn *page,
                 void *context, struct err *err);
void scrape_close(struct scrape *scrape); /* accepts NULL */
uint16_t scrape_port(const struct scrape *scrape);
