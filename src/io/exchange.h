#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

#include "base/text.h"
#include "io/http.h"

/* exchange: one request and what comes of it, on a handle of libcurl. Knows nothing of loops
 * and queues; those are http's. */

struct exchange {
    uint64_t id; /* of the request */
    struct http *http;
    CURL *easy;
    struct curl_slist *headers;
    http_done_fn *done;
    bool (*may_send)(void *context);
    void *context;

    int64_t timeout_ms, deadline_ns;
    uint64_t timer; /* of the loop */
    bool running;   /* given to libcurl, no longer waiting in the queue */

    size_t body_max, head_size;
    struct text body;
    bool sent, held, oversize; /* held back before it was sent; cut for its size */
    int64_t sent_ns;
    bool heard; /* by the last look at the pace */
    int64_t heard_size;
    char problem[CURL_ERROR_SIZE];
};

struct exchange *exchange_create(const struct http_options *options,
                                 const struct http_request *request);
void exchange_destroy(struct exchange *exchange);

/* What libcurl's result means, and a line about it. */
enum net_fault exchange_fault(const struct exchange *exchange, CURLcode result);
const char *exchange_problem(const struct exchange *exchange, CURLcode result);

/* How far it came, for somebody who has waited in vain: "no connection", "no answer". */
const char *exchange_stage(const struct exchange *exchange);

/* Fewer than `bytes_min` bytes came since the last look, and one had come before it. */
bool exchange_drips(struct exchange *exchange, int64_t bytes_min);
