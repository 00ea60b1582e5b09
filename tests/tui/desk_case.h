#pragma once
#include "archive.h"

#include "base/mem.h"

/* desk_case: a console over an archive: keys go in and are answered. */

struct desk_case {
    struct hand hand;
    struct archive *archive;
};

static inline struct desk_case *begin(enum archive_kind kind, const char *keys)
{
    struct desk_case *test = mem_zalloc(sizeof *test);
    hand_init(&test->hand, FIXTURE_NORMAL);
    test->archive = archive_create(kind);
    archive_type(test->archive, &test->hand, keys);
    return test;
}

static inline void end(struct desk_case *test)
{
    mem_free(test->archive);
    mem_free(test);
}

static inline void type(struct desk_case *test, const char *keys)
{
    archive_type(test->archive, &test->hand, keys);
}

static inline const struct ranking_query *asked(const struct desk_case *test,
                                                enum desk_kind kind)
{
    return &test->hand.asked[kind].ranking;
}

static inline const char *row_job(const struct desk_case *test)
{
    const int row = browse_selected(&test->hand.state, &test->hand.world);
    return row >= 0 ? test->archive->ranking.rows[row].job : "";
}

static inline bool says(struct desk_case *test, const char *words)
{
    struct text got = text_growing();
    hand_draw(&test->hand, 120, 36, false, false, &got);
    const bool found = strstr(text_string(&got), words) != NULL;
    text_finish(&got);
    return found;
}
