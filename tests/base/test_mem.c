#include "support/check.h"

#include <signal.h>
#include <stdint.h>
#include <unistd.h>

#include <sys/resource.h>
#include <sys/wait.h>

#include "base/mem.h"

static void gives_zeroed_memory(void **state)
{
    char *memory = mem_array(1000, 7);
    for (size_t i = 0; i < 7000; i++) {
        assert_int_equal(memory[i], 0);
    }
    mem_free(memory);
    mem_free(NULL);
}

static void keeps_the_old_part_when_it_grows(void **state)
{
    int *numbers = mem_grow(NULL, 2, sizeof(int));
    numbers[0] = 7;
    numbers[1] = 8;
    numbers = mem_grow(numbers, 10000, sizeof(int));
    assert_int_equal(numbers[0], 7);
    assert_int_equal(numbers[1], 8);
    mem_free(numbers);
}

static void copies_a_string(void **state)
{
    char original[] = "abc";
    char *copy = mem_copy_string(original);
    original[0] = 'x';
    assert_string_equal(copy, "abc");
    mem_free(copy);
}

static void gives_even_nothing_an_address(void **state)
{
    void *memory = mem_zalloc(0);
    assert_non_null(memory);
    memory = mem_grow(memory, 0, 8);
    assert_non_null(memory);
    mem_free(memory);
}

static void want_too_much(void)
{
    mem_free(mem_array(SIZE_MAX / 2, 3));
}

static void want_a_negative_size(void)
{
    mem_free(mem_grow(NULL, (size_t)-8, 1));
}

/* The signal that ended a child running `call`, and what it wrote to stderr. */
static int signal_of(void (*call)(void), char *said, size_t size)
{
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    const pid_t child = fork();
    if (child == 0) {
        const struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        signal(SIGABRT, SIG_DFL);
        dup2(fds[1], STDERR_FILENO);
        call();
        _exit(0);
    }
    close(fds[1]);
    const ssize_t got = read(fds[0], said, size - 1);
    said[got > 0 ? got : 0] = '\0';
    close(fds[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void aborts_with_one_line_on_impossible_sizes(void **state)
{
    char said[200];
    assert_int_equal(signal_of(want_too_much, said, sizeof(said)), SIGABRT);
    assert_string_equal(said, "arblite: out of memory (9223372036854775807 x 3 bytes)\n");
    assert_int_equal(signal_of(want_a_negative_size, said, sizeof(said)), SIGABRT);
    assert_string_equal(said, "arblite: out of memory (18446744073709551608 x 1 bytes)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_zeroed_memory),
        cmocka_unit_test(keeps_the_old_part_when_it_grows),
        cmocka_unit_test(copies_a_string),
        cmocka_unit_test(gives_even_nothing_an_address),
        cmocka_unit_test(aborts_with_one_line_on_impossible_sizes),
    };
    return cmocka_run_group_tests_name("base/mem", tests, NULL, NULL);
}
