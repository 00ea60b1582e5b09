#include <assert.h>
#include <string.h>

#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* Whatever comes: a config that prints and reads back to itself, or a report and nothing
 * changed.
 */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct config config;
    struct config other;
    struct text report = text_growing();
    struct text printed = text_growing();
    struct err err = {.kind = ERR_NONE};
    config_defaults(&config);
    config_defaults(&other);
    if (config_load_text(&config, "f", (const char *)bytes, length, &report, &err)) {
        assert(report.length == 0);
        config_print(&config, &printed, false);
        const bool back =
            config_load_text(&other, "p", text_string(&printed), printed.length, &report, &err);
        assert(back);
    } else {
        assert(report.length > 0 && err.kind == ERR_INPUT);
    }
    assert(memcmp(&config, &other, sizeof config) == 0);
    text_finish(&printed);
    text_finish(&report);
    return 0;
}
