#include "base/text.h"
#include "desk_parts.h"

void desk_answer_form(struct desk_work *work, const struct desk_query *query, void *out)
{
    struct tuning_form *form = out;
    form->edits = query->edits;
    text_cut(form->error, sizeof form->error, "no session file was read");
}
