#include <math.h>

#include "base/text.h"
#include "doctor.h"

/* From what level of the premium a session would trade, and since when. */
void doctor_baseline(const struct doctor *doctor, struct finding *out)
{
    const struct engine_params *engine = &doctor->config->engine;
    const bool moves = engine->baseline_tau_s > 0.0;
    const double warmup_s =
        isnan(engine->baseline_warmup_s) ? engine->baseline_tau_s : engine->baseline_warmup_s;
    char wait[64] = "no warm-up";
    if (warmup_s > 0.0) {
        text_cut(wait, sizeof wait, "no entry in its first %.0f s", warmup_s);
    }
    if (moves) {
        finding_set(
            out, FINDING_OK, "",
            "the level of the premium moves, with a memory of %.0f s; %s (a live session "
            "begins with both venues' candles of the last hours)",
            engine->baseline_tau_s, wait);
    } else {
        finding_set(out, FINDING_WARN,
                    "set engine.baseline_tau_s (14400 is usual), unless the level is known",
                    "the level of the premium is engine.baseline_bps, %g, always; %s",
                    engine->baseline_bps, wait);
    }
}
