#include <stdbool.h>

static const int FINE = 1;
static const char *const fine_names[] = {"a", "b"};
static int counter;
static const char *pointer = "mutable";
static struct {
    int open;
} session;
int shared = 3;

static int count(void)
{
    static int calls;
    static const double step = 1.0;
    return calls++ + (int)step;
}

static bool (*const checks[])(void) = {0};
