#pragma once
#include <stddef.h>
#include <stdint.h>

/* books: what venues say of their books, made up: Upbit's order book of 15 levels and Binance's
 * depth20 in its envelope, as long as real ones and never twice the same. */

enum { BOOKS_PAIRS_MAX = 512, BOOKS_MESSAGE_SIZE = 4096 };
#define BOOKS_START_MS INT64_C(1790134742106) /* of the first pair; the next 100 ms later */

struct books_message {
    size_t length;
    char bytes[BOOKS_MESSAGE_SIZE];
};

struct books {
    struct books_message upbit[BOOKS_PAIRS_MAX], binance[BOOKS_PAIRS_MAX];
};

struct books *books_make(void);

/* The rate without which nothing is decided. */
extern const char BOOKS_FX[];
