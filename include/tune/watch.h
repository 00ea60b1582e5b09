#pragma once
#include "view/tuning.h"

/* watch: the tuning sessions of a state folder, as its tuning journal has them. */

/* Fills all but the times of making. A journal that cannot be read is an error in the answer;
 * one that is not there is no session. A runner that died without a word still runs. */
void watch_read(struct tuning *tuning, const char *state_dir);

/* The same for one who looks but once: sessions whose runner is not there are interrupted. */
void watch_look(struct tuning *tuning, const char *state_dir);

/* Says of a session that its runner died. */
void watch_bury(struct tuning_session *session);
