#include "base/text.h"
#include "desk_parts.h"

struct desk_shelf *desk_shelf_create(void)
{
    return NULL;
}

void desk_shelf_destroy(struct desk_shelf *shelf)
{
}

void desk_answer_ranking(struct desk_work *work, const struct desk_query *query, void *out)
{
    struct ranking *ranking = out;
    ranking->query = query->ranking;
    text_cut(ranking->error, sizeof ranking->error, "no ranking was read");
}

bool desk_export(struct desk_work *work, const struct desk_order *order,
                 struct command_result *out)
{
    text_cut(out->text, sizeof out->text, "no ranking was read");
    return false;
}
