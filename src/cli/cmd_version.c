#include <stdio.h>

#include "build.h"
#include "cli/args.h"
#include "cli/global_options.h"
#include "cli/subcommand.h"
#include "run/json.h"

#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

struct version_args {
    struct global_options global;
    bool json;
};

int cmd_version(int argc, char **argv)
{
    struct arg_option options[1 + GLOBAL_OPTIONS_COUNT] = {
        {"json", ARG_FLAG, offsetof(struct version_args, json), SIZE_MAX, NULL,
         "as a JSON object"},
    };
    global_options_rows(options + 1, offsetof(struct version_args, global));
    const struct arg_spec spec = {
        .command = "version",
        .operands = "",
        .summary = "Prints what build this is.",
        .options = options,
        .options_count = sizeof options / sizeof options[0],
    };
    struct version_args args = {0};
    int code;
    if (!args_take(&spec, argc, argv, &args, NULL, NULL, &code)) {
        return code;
    }
    if (!args.json) {
        printf("arblite %s\n", build_name());
        return 0;
    }
    struct text text = text_growing();
    struct json json;
    json_begin(&json, &text);
    json_open_object(&json, NULL);
    json_add_string(&json, "version", build_name());
    json_add_string(&json, "compiler", COMPILER);
    json_close_object(&json);
    puts(text_string(&text));
    text_finish(&text);
    return 0;
}
