#include "sessions.h"

#include "base/mem.h"
#include "tui/news.h"

static void expect(struct news *news, const struct tuning *tuning, const char *want)
{
    struct line line;
    char got[1024] = "";
    if (news_next(news, tuning, &line)) {
        for (int i = 0; i < line.count; i++) {
            strncat(got, line.spans[i].text, sizeof got - strlen(got) - 1);
        }
    }
    assert_string_equal(got, want);
}

/* Goal: beginning and end of a session are said once each, and what was over before is not. */
static void tells_what_begins_and_ends(void **state)
{
    struct hand *hand = mem_zalloc(sizeof *hand);
    hand_init(hand, FIXTURE_NORMAL);
    struct sessions *sessions = sessions_create(hand, SESSIONS_RUNNING);
    struct tuning *tuning = &sessions->tuning;
    struct news news = {.begun = false};
    expect(&news, tuning, "21:24:07  tuning thousand: running, 1,000 jobs");
    expect(&news, tuning, "");
    expect(&news, tuning, "");
    tuning->sessions[0].done = 1000;
    tuning->sessions[0].state = TUNING_DONE;
    expect(&news, tuning,
           "21:24:07  tuning thousand: done, 1,000 of 1,000 jobs, 12 failed: max_open_trades "
           "must be at least 1, best +312.50 USD by job_0417");
    expect(&news, tuning, "");
    /* The one that was interrupted goes on, and its runner dies again. */
    tuning->sessions[1].state = TUNING_RUNNING;
    tuning->sessions[1].started_wall_ns++;
    expect(&news, tuning, "21:24:07  tuning overnight: running, 27,300 jobs");
    tuning->sessions[1].state = TUNING_INTERRUPTED;
    expect(&news, tuning,
           "21:24:07  tuning overnight: interrupted, 3,072 of 27,300 jobs, best -5.17 USD by "
           "job_2651");
    /* Run anew and through between two looks. */
    tuning->sessions[2].started_wall_ns++;
    expect(&news, tuning,
           "21:24:07  tuning quick: done, 24 of 24 jobs, best +8.57 USD by job_0017");
    expect(&news, tuning, "");
    mem_free(sessions);
    mem_free(hand);
}

/* Goal: a list that could not be read is no first look; nothing old is told after it. */
static void an_unreadable_list_begins_nothing(void **state)
{
    struct hand *hand = mem_zalloc(sizeof *hand);
    hand_init(hand, FIXTURE_NORMAL);
    struct sessions *sessions = sessions_create(hand, SESSIONS_ERROR);
    struct sessions *later = sessions_create(hand, SESSIONS_DONE);
    struct news news = {.begun = false};
    expect(&news, &sessions->tuning, "");
    expect(&news, &later->tuning, "");
    later->tuning.sessions[0].state = TUNING_FAILED;
    expect(&news, &later->tuning,
           "21:24:07  tuning halving: FAILED, 1,000 of 1,000 jobs, best +312.50 USD by "
           "job_0417");
    mem_free(sessions);
    mem_free(later);
    mem_free(hand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_begins_and_ends),
        cmocka_unit_test(an_unreadable_list_begins_nothing),
    };
    return cmocka_run_group_tests_name("tui/news", tests, NULL, NULL);
}
