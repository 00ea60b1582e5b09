#include "golden.h"

#include <stdlib.h>

#include "support/check.h"

enum { SCREEN_BYTES_MAX = 256 * 1024 };

void golden_compare(const char *name, const struct text *got)
{
    static char want[SCREEN_BYTES_MAX];
    char path[512];
    snprintf(path, sizeof path, "%s/%s.screen", GOLDEN_DIR, name);
    if (getenv("UPDATE_GOLDEN") != NULL) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fwrite(got->data, 1, got->length, file);
        assert_int_equal(fclose(file), 0);
        return;
    }
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        print_error("%s is missing\n", path);
        fail();
    }
    const size_t length = fread(want, 1, sizeof want - 1, file);
    fclose(file);
    want[length] = '\0';
    if (strcmp(want, text_string(got)) != 0) {
        print_error("%s: got\n%s\nwant\n%s\n", name, text_string(got), want);
        fail();
    }
}
