#include "judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "books.h"
#include "run/setup.h"

#define NS_PER_MS INT64_C(1000000)

void judge_check(bool done, const struct err *err)
{
    if (!done) {
        fprintf(stderr, "%s\n", err->text);
        exit(1);
    }
}

static struct session *start_session(struct action_list *actions)
{
    static const char *const pair[] = {"KRW-BTC/BTCUSDT"};
    struct config *config = mem_zalloc(sizeof(*config));
    struct setup *setup = mem_zalloc(sizeof(*setup));
    struct text report = {0};
    struct err err = {0};
    size_t length;
    const char *yaml = config_paper_yaml(&length);
    config_defaults(config);
    judge_check(config_load_text(config, "paper.yaml", yaml, length, &report, &err), &err);
    const struct setup_request request = {.source = "simulated:1",
                                          .config = config,
                                          .pairs = pair,
                                          .pairs_count = 1,
                                          .start_ns = BOOKS_START_MS * NS_PER_MS};
    judge_check(setup_make(setup, &request, &err), &err);
    actions->capacity = session_actions_max(&setup->session);
    actions->actions = mem_array(actions->capacity, sizeof(*actions->actions));
    return session_init(mem_zalloc(session_size(&setup->session)), &setup->session, 20000);
}

void judge_take(struct judge *judge, enum venue venue, const char *bytes, size_t length,
                int64_t receive_ns)
{
    struct event event;
    const struct frame frame = {.receive_ns = receive_ns,
                                .venue = venue,
                                .channel = "ws",
                                .raw = bytes,
                                .raw_length = length};
    judge_check(intake_read(&judge->intake, &frame) == REASON_NONE, &judge->intake.drop);
    while (intake_next(&judge->intake, &event)) {
        if (judge->session != NULL) {
            judge->actions.count = 0;
            session_step(judge->session, &event, &judge->actions);
        }
    }
}

/* Fx is there from the first moment, so that every pair of books is decided upon. */
void judge_open(struct judge *judge, bool decides)
{
    static const struct frames_pair pair = {"KRW-BTC", "BTCUSDT"};
    const struct frames_options options = {&pair, 1, "KRW-USDT", "micro"};
    struct err err = {0};
    *judge = (struct judge){0};
    judge->session = decides ? start_session(&judge->actions) : NULL;
    judge_check(intake_init(&judge->intake, &options, &err), &err);
    judge_take(judge, VENUE_A, BOOKS_FX, strlen(BOOKS_FX), BOOKS_START_MS * NS_PER_MS);
}

void judge_close(struct judge *judge)
{
    intake_finish(&judge->intake);
    mem_free(judge->session);
    mem_free(judge->actions.actions);
}
