/* paired: times two commands in turn and prints what their times are to each other.
 *
 *   paired [-n PAIRS] [-s SCALE] [-g] NAME COMMAND [ARGUMENT]... -- NAME COMMAND [ARGUMENT]...
 *
 * A B A B ...: each pair gives a ratio of the second to the first; median and range of the
 * ratios are printed, so that what slows the machine down slows both. A warm-up pair is not
 * counted. Time is that of the whole process, output thrown away, on the wall and in
 * processors, which tells more where others work too; memory the most that was resident in
 * one. -s multiplies the time of the second, which is a sample of more work; -g
 * prints the exponent of growth where the second has four times the data. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAIRS_MAX = 99, PAIRS_USUAL = 7 };

struct side {
    const char *name;
    char **command; /* NULL at its end */
    double scale;
    double wall_s[PAIRS_MAX], busy_s[PAIRS_MAX]; /* sorted in the end */
    long peak_kib;
};

struct plan {
    struct side sides[2];
    int pairs;
    int growth;
};

_Noreturn static void usage(void)
{
    fprintf(stderr, "usage: paired [-n PAIRS] [-s SCALE] [-g] NAME COMMAND... -- NAME "
                    "COMMAND...\n");
    exit(2);
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

_Noreturn static void become(char **command)
{
    const int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere >= 0) {
        dup2(nowhere, STDOUT_FILENO);
    }
    execvp(command[0], command);
    fprintf(stderr, "%s: %s\n", command[0], strerror(errno));
    _exit(127);
}

static double seconds_of(const struct timeval *time)
{
    return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

static void run(struct side *side, int pair)
{
    struct rusage used;
    int status;
    const double start_s = now_s();
    const pid_t child = fork();
    if (child == 0) {
        become(side->command);
    }
    if (child < 0 || wait4(child, &status, 0, &used) != child) {
        perror("paired");
        exit(1);
    }
    const double taken_s = now_s() - start_s;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "%s failed\n", side->name);
        exit(1);
    }
    side->peak_kib = used.ru_maxrss > side->peak_kib ? used.ru_maxrss : side->peak_kib;
    side->wall_s[pair] = taken_s * side->scale;
    side->busy_s[pair] =
        (seconds_of(&used.ru_utime) + seconds_of(&used.ru_stime)) * side->scale;
}

static int by_value(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Sorts in place. */
static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, by_value);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

static void print_ratio(const char *of, double *ratios, const struct plan *plan)
{
    const double middle = median(ratios, plan->pairs);
    printf("    ratio of %s: %.2f [%.2f .. %.2f]", of, middle, ratios[0],
           ratios[plan->pairs - 1]);
    if (plan->growth) {
        printf(", exponent %.3f", log(middle) / log(4));
    }
    printf("\n");
}

static void measure(struct plan *plan)
{
    double walls[PAIRS_MAX], busies[PAIRS_MAX];
    struct side *first = &plan->sides[0];
    struct side *second = &plan->sides[1];
    run(first, 0);
    run(second, 0);
    for (int pair = 0; pair < plan->pairs; pair++) {
        run(first, pair);
        run(second, pair);
        walls[pair] = second->wall_s[pair] / first->wall_s[pair];
        busies[pair] = second->busy_s[pair] / first->busy_s[pair];
    }
    for (int i = 0; i < 2; i++) {
        struct side *side = &plan->sides[i];
        const double wall_s = median(side->wall_s, plan->pairs);
        printf("    %-40s %8.1f ms [%.1f .. %.1f], busy %.1f ms, %.1f MiB\n", side->name,
               wall_s * 1e3, side->wall_s[0] * 1e3, side->wall_s[plan->pairs - 1] * 1e3,
               median(side->busy_s, plan->pairs) * 1e3, (double)side->peak_kib / 1024);
    }
    print_ratio("wall time", walls, plan);
    print_ratio("processor time", busies, plan);
}

int main(int argc, char **argv)
{
    struct plan plan = {.pairs = PAIRS_USUAL, .sides = {{.scale = 1}, {.scale = 1}}};
    int option;
    while ((option = getopt(argc, argv, "+n:s:g")) != -1) {
        if (option == 'n') {
            plan.pairs = atoi(optarg);
        } else if (option == 's') {
            plan.sides[1].scale = atof(optarg);
        } else if (option == 'g') {
            plan.growth = 1;
        } else {
            usage();
        }
    }
    int border = optind;
    while (border < argc && strcmp(argv[border], "--") != 0) {
        border++;
    }
    if (border - optind < 2 || argc - border < 3 || plan.pairs < 1 || plan.pairs > PAIRS_MAX) {
        usage();
    }
    argv[border] = NULL;
    plan.sides[0].name = argv[optind];
    plan.sides[0].command = &argv[optind + 1];
    plan.sides[1].name = argv[border + 1];
    plan.sides[1].command = &argv[border + 2];
    measure(&plan);
    return 0;
}
