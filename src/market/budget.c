#include "budget.h"

#include <assert.h>
#include <string.h>

#include "base/num.h"

#define HUMBLE_NS (600 * INT64_C(1000000000))

void budget_init(struct budget *budget, int32_t limit, int64_t window_ns, double share)
{
    assert(limit > 0 && window_ns > 0 && share > 0.0 && share <= 1.0);
    *budget = (struct budget){.limit = limit, .window_ns = window_ns, .share = share};
}

static bool in_window(const struct budget *budget, int64_t now_ns)
{
    return budget->began_ns != 0 && now_ns - budget->began_ns < budget->window_ns;
}

static void begin_window(struct budget *budget, int64_t now_ns)
{
    if (!in_window(budget, now_ns)) {
        budget->began_ns = now_ns;
        budget->used = 0;
    }
}

/* At least one request may go in a window. */
static int32_t allowed(const struct budget *budget, int64_t now_ns)
{
    const double share = now_ns < budget->humbled_ns ? budget->share / 2.0 : budget->share;
    const int32_t whole = (int32_t)((double)budget->limit * share);
    return whole > 0 ? whole : 1;
}

int64_t budget_take(struct budget *budget, int32_t weight, int64_t now_ns)
{
    assert(weight > 0);
    if (now_ns < budget->closed_ns) {
        return budget->closed_ns - now_ns;
    }
    begin_window(budget, now_ns);
    /* One that is heavier than all that is allowed goes alone rather than never. */
    if (budget->used > 0 && budget->used + weight > allowed(budget, now_ns)) {
        return budget->began_ns + budget->window_ns - now_ns;
    }
    budget->used += weight;
    return 0;
}

/* The venue's window began at another time than ours: its word counts where it is the harder.
 */
void budget_hear_used(struct budget *budget, int32_t used, int64_t now_ns)
{
    begin_window(budget, now_ns);
    budget->used = used > budget->used ? used : budget->used;
}

void budget_hear_left(struct budget *budget, int32_t left, int64_t now_ns)
{
    budget_hear_used(budget, budget->limit - left, now_ns);
}

void budget_close(struct budget *budget, int64_t until_ns)
{
    if (until_ns > budget->closed_ns) {
        budget->closed_ns = until_ns;
        budget->humbled_ns = until_ns + HUMBLE_NS;
    }
}

int32_t budget_left_pct(const struct budget *budget, int64_t now_ns)
{
    if (now_ns < budget->closed_ns) {
        return 0;
    }
    if (!in_window(budget, now_ns)) {
        return 100;
    }
    const int32_t most = allowed(budget, now_ns);
    return budget->used >= most ? 0 : (most - budget->used) * 100 / most;
}

/* The value behind "name=" in a list parted by semicolons. */
static bool find_value(const char *list, const char *name, const char **value, size_t *length)
{
    const size_t name_length = strlen(name);
    for (const char *at = list; *at != '\0';) {
        at += strspn(at, " ;");
        const size_t size = strcspn(at, ";");
        if (strncmp(at, name, name_length) == 0 && at[name_length] == '=') {
            *value = at + name_length + 1;
            *length = size - name_length - 1;
            return true;
        }
        at += size;
    }
    return false;
}

bool budget_parse_left(const char *header, char group[BUDGET_GROUP_SIZE], int32_t *left)
{
    const char *name;
    const char *seconds;
    size_t name_length;
    size_t seconds_length;
    int64_t count;
    if (!find_value(header, "group", &name, &name_length) ||
        !find_value(header, "sec", &seconds, &seconds_length) ||
        !num_parse_int64(seconds, seconds_length, &count) || count < 0 || count > INT32_MAX ||
        name_length == 0 || name_length >= BUDGET_GROUP_SIZE) {
        return false;
    }
    memcpy(group, name, name_length);
    group[name_length] = '\0';
    *left = (int32_t)count;
    return true;
}
