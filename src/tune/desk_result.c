#include "base/text.h"
#include "desk_parts.h"

void desk_answer_result(struct desk_work *work, const struct desk_query *query, void *out)
{
    struct ranking_result *result = out;
    result->query = query->ranking;
    text_cut(result->error, sizeof result->error, "no result was read");
}
