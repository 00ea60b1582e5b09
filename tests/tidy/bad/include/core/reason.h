#pragma once

#define REASON_TABLE(X)                                                                        \
    X(FEED_SILENT, 302, "FEED.SILENT", "")                                                     \
    X(FEED_STALE, 303, "FEED.STALE", "")
