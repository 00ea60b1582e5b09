#include "io/net.h"

#include <assert.h>

static const char *const NAMES[] = {
    [NET_NONE] = "none",
    [NET_DNS] = "dns",
    [NET_CONNECT] = "connect",
    [NET_RESET] = "reset",
    [NET_TLS] = "tls",
    [NET_TIMEOUT] = "timeout",
    [NET_SLOW] = "slow",
    [NET_TRUNCATED] = "truncated",
    [NET_OVERSIZE] = "oversize",
    [NET_GARBAGE] = "garbage",
    [NET_PROXY] = "proxy",
    [NET_REFUSED] = "refused",
    [NET_SILENT] = "silent",
    [NET_CLOSED] = "closed",
    [NET_CANCELLED] = "cancelled",
};
_Static_assert(sizeof(NAMES) / sizeof(NAMES[0]) == NET_FAULT_LAST + 1, "a name for each");

const char *net_fault_name(enum net_fault fault)
{
    assert(fault >= NET_NONE && fault <= NET_FAULT_LAST);
    return NAMES[fault];
}
