#include "base/text.h"
#include "desk_parts.h"

void desk_answer_heat(struct desk_work *work, const struct desk_query *query, void *out)
{
    struct ranking_heat *heat = out;
    heat->query = query->ranking;
    text_cut(heat->error, sizeof heat->error, "no result was read");
}
