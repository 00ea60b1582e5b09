#include "core/order.h"

#include <assert.h>

const char *venue_name(enum venue venue)
{
    static const char *const names[] = {
        [VENUE_A] = "upbit",
        [VENUE_B] = "binance",
    };
    _Static_assert(sizeof names / sizeof names[0] == VENUE_LAST + 1, "a name per venue");
    assert(venue >= VENUE_A && venue <= VENUE_LAST);
    return names[venue];
}

const char *venue_error_name(enum venue_error error)
{
    static const char *const names[] = {
        [VENUE_ERROR_NONE] = "None",
        [VENUE_ERROR_NETWORK] = "Network",
        [VENUE_ERROR_AUTHENTICATION] = "Authentication",
        [VENUE_ERROR_INSUFFICIENT_BALANCE] = "InsufficientBalance",
        [VENUE_ERROR_ORDER_NOT_FOUND] = "OrderNotFound",
        [VENUE_ERROR_INVALID_ORDER] = "InvalidOrder",
        [VENUE_ERROR_SYMBOL_NOT_FOUND] = "SymbolNotFound",
        [VENUE_ERROR_RATE_LIMITED] = "RateLimited",
        [VENUE_ERROR_UNKNOWN] = "Unknown",
    };
    _Static_assert(sizeof names / sizeof names[0] == VENUE_ERROR_LAST + 1, "a name per error");
    assert(error >= VENUE_ERROR_NONE && error <= VENUE_ERROR_LAST);
    return names[error];
}
