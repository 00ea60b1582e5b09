#include <string.h>

#include "base/num.h"
#include "schema.h"

/* Where the host begins, or NULL when the scheme is none of "http|https". */
static const char *behind_scheme(const char *value, const char *schemes)
{
    while (*schemes != '\0') {
        const size_t size = strcspn(schemes, "|");
        if (strncmp(value, schemes, size) == 0 && strncmp(value + size, "://", 3) == 0) {
            return value + size + 3;
        }
        schemes += size + (schemes[size] == '|');
    }
    return NULL;
}

/* The bytes of a host: a name, four numbers, or an IPv6 address in brackets. */
static size_t host_size(const char *at)
{
    if (at[0] == '[') {
        const size_t inside = strspn(at + 1, "0123456789abcdefABCDEF:.");
        return inside > 0 && at[1 + inside] == ']' ? inside + 2 : 0;
    }
    return strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");
}

static bool is_port(const char *digits, size_t length)
{
    uint64_t port = 0;
    return num_parse_uint64(digits, length, &port) && port > 0 && port <= UINT16_MAX;
}

/* Paths are put behind it, so neither a query nor a fragment may end it. */
bool schema_is_address(const char *value, const char *schemes)
{
    const char *at = behind_scheme(value, schemes);
    const size_t host = at != NULL ? host_size(at) : 0;
    if (host == 0) {
        return false;
    }
    at += host;
    if (*at == ':') {
        const size_t length = strcspn(at + 1, "/");
        if (!is_port(at + 1, length)) {
            return false;
        }
        at += 1 + length;
    }
    return (*at == '\0' || *at == '/') && at[strcspn(at, " ?#\\")] == '\0';
}
