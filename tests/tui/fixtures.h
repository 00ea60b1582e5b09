#pragma once
#include "view/page.h"
#include "view/snapshot.h"

/* Hand-built moments of a session, the same at every call. */

enum fixture {
    FIXTURE_NORMAL,
    FIXTURE_STALE,
    FIXTURE_KILL,
    FIXTURE_ALARMS,
    FIXTURE_EMPTY,
    FIXTURE_LIVE, /* the venues themselves, one book crossed, the disk full */
};

#define FIXTURE_TIME_NS (INT64_C(1795209847) * 1000000000) /* 2026-11-20T21:24:07Z */
#define FIXTURE_MONO_NS (INT64_C(86400) * 1000000000)

void fixture_fill(struct snapshot *snapshot, enum fixture which);
/* Two trades: one open, one closed with an account that adds up. */
void fixture_trades(struct page *page);
