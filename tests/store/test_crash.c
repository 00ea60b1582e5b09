#include "fixture.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "base/mem.h"
#include "base/rng.h"
#include "store/state_dir.h"

enum { KILLS = 50, LIFE_MS_MAX = 30 };

/* Writes trade n and state n in one transaction, n from `next` on, and says so after each
 * commit, until it is killed. */
static void write_until_killed(int64_t next, int acknowledge_fd)
{
    struct journal *mine;
    if (!journal_open(&mine, path, &err)) {
        _exit(1);
    }
    for (uint64_t n = (uint64_t)next;; n++) {
        const struct trade trade = a_trade(n, TRADE_OPEN);
        const struct journal_state now = {
            .sequence = n, .killed = n % 2 == 1, .core = &n, .core_size = sizeof(n)};
        if (!journal_begin(mine, &err) ||
            !journal_put_trade(mine, 1, &trade, NULL, "BTC", &err) ||
            !journal_put_state(mine, 1, &now, &err) || !journal_commit(mine, &err) ||
            write(acknowledge_fd, &n, sizeof(n)) != sizeof(n)) {
            _exit(1);
        }
    }
}

/* One life of a writer. Returns the last number it acknowledged, or `last` when none. */
static uint64_t live_and_die(uint64_t last, int64_t life_ns)
{
    int pipe_fds[2];
    uint64_t n;
    int status = 0;
    assert_int_equal(pipe(pipe_fds), 0);
    const pid_t child = fork();
    if (child == 0) {
        close(pipe_fds[0]);
        write_until_killed((int64_t)last + 1, pipe_fds[1]);
    }
    close(pipe_fds[1]);
    const struct timespec life = {.tv_nsec = life_ns};
    nanosleep(&life, NULL);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status)); /* it was well until then */
    while (read(pipe_fds[0], &n, sizeof(n)) == sizeof(n)) {
        last = n;
    }
    close(pipe_fds[0]);
    return last;
}

/* The number of trades and the state belong together, and nothing acknowledged is missing.
 * Returns the newest number on disk: a commit may be there whose word did not get out. */
static uint64_t check_survivors(uint64_t acknowledged)
{
    struct journal_state got = {0};
    bool found = false;
    reopen();
    assert_true(journal_get_state(journal, 1, &got, &found, &err));
    if (!found) {
        assert_int_equal(acknowledged, 0);
        return 0;
    }
    assert_true(got.sequence >= acknowledged && got.sequence <= acknowledged + 1);
    assert_int_equal(got.killed, got.sequence % 2);
    assert_memory_equal(got.core, &got.sequence, sizeof(got.sequence));
    mem_free((void *)got.core);
    mem_free((void *)got.venue);
    assert_int_equal(count_of("SELECT count(*) FROM trade"), got.sequence);
    assert_int_equal(count_of("SELECT max(id) FROM trade"), got.sequence);
    return got.sequence;
}

/* Goal: SIGKILL at random moments loses nothing that was acknowledged and leaves no half
 * transaction. What a power cut does is a matter of synchronous=FULL, tested elsewhere. */
static void survives_sigkill_at_any_moment(void **state)
{
    struct rng rng;
    uint64_t last = 0;
    rng_seed(&rng, 20261120, 0);
    int kills = 0;
    /* On a busy machine most lives are too short to commit anything: they go on until enough
     * did. */
    for (; kills < KILLS || last <= 2 * KILLS; kills++) {
        assert_true(kills < 50 * KILLS);
        journal_close(journal); /* no SQLite handle crosses the fork */
        journal = NULL;
        last = live_and_die(last, (int64_t)rng_below(&rng, LIFE_MS_MAX * 1000000));
        last = check_survivors(last);
    }
    print_message("# %d kills, %llu transactions\n", kills, (unsigned long long)last);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(survives_sigkill_at_any_moment, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("store/crash", tests, NULL, NULL);
}
