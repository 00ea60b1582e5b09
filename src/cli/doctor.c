#include "doctor.h"

#include <stdarg.h>
#include <string.h>

#include "base/safe.h"
#include "base/text.h"

/* Names as they are printed, in the order an operator would go. */
static const struct {
    const char *name;
    void (*look)(const struct doctor *doctor, struct finding *out);
} CHECKS[] = {
    {"libraries", doctor_libraries}, {"clock", doctor_clock},
    {"day zone", doctor_zone},       {"descriptors", doctor_descriptors},
    {"terminal", doctor_terminal},   {"locale", doctor_locale},
    {"colours", doctor_colours},     {"state folder", doctor_state_dir},
    {"free disk", doctor_disk},      {"journal", doctor_journal},
    {"session", doctor_session},     {"kill switch", doctor_kill},
    {"baseline", doctor_baseline},
};
_Static_assert(sizeof CHECKS / sizeof CHECKS[0] == DOCTOR_FINDINGS, "a finding for each check");

void finding_set(struct finding *finding, enum finding_state state, const char *advice,
                 const char *format, ...)
{
    char raw[sizeof finding->text];
    struct text text = text_fixed(raw, sizeof raw);
    va_list args;
    va_start(args, format);
    text_addv(&text, format, args);
    va_end(args);
    finding->state = state;
    safe_text(finding->text, sizeof finding->text, raw, text.length);
    safe_text(finding->advice, sizeof finding->advice, advice, strlen(advice));
}

void doctor_look(const struct doctor *doctor, struct finding out[DOCTOR_FINDINGS])
{
    for (size_t i = 0; i < DOCTOR_FINDINGS; i++) {
        out[i] = (struct finding){.name = CHECKS[i].name};
        CHECKS[i].look(doctor, &out[i]);
    }
}
