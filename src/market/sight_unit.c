#include "sight_unit.h"

/* Plain first. */
static const struct sight_unit UNITS[] = {
    {upbit_sight_plain, binance_sight_plain},
#ifdef __x86_64__
    {upbit_sight_avx, binance_sight_avx},
#endif
};

static size_t units_here(void)
{
#ifdef __x86_64__
    return __builtin_cpu_supports("avx") && __builtin_cpu_supports("bmi") ? 2 : 1;
#else
    return 1;
#endif
}

const struct sight_unit *sight_unit(void)
{
    return &UNITS[units_here() - 1];
}

const struct sight_unit *sight_unit_at(size_t index)
{
    return index < units_here() ? &UNITS[index] : NULL;
}
