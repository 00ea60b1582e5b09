#include "cli/args.h"

#include <stdio.h>
#include <string.h>

enum {
    USAGE_WIDTH = 80,
    NAME_INDENT = 2,
    NAME_WIDTH_MAX = 30, /* a longer name has its help on the next line */
};

/* Appends words, broken so that no line passes the edge; `column` is where the text stands and
 * `indent` where later lines begin. */
static void add_wrapped(struct text *out, const char *words, int column, int indent)
{
    bool line_start = true;
    while (*words != '\0') {
        const int length = (int)strcspn(words, " ");
        if (!line_start && column + 1 + length > USAGE_WIDTH) {
            text_addf(out, "\n%*s", indent, "");
            column = indent;
            line_start = true;
        }
        text_addf(out, "%s%.*s", line_start ? "" : " ", length, words);
        column += length + !line_start;
        line_start = false;
        words += length;
        words += strspn(words, " ");
    }
    text_add_char(out, '\n');
}

static int option_width(const struct arg_option *option)
{
    const int value = option->type == ARG_FLAG ? 0 : 1 + (int)strlen(option->value);
    return 2 + (int)strlen(option->name) + value;
}

static int names_width(const struct arg_spec *spec)
{
    int widest = (int)strlen("--help");
    for (size_t i = 0; i < spec->options_count; i++) {
        const int width = option_width(&spec->options[i]);
        if (width > widest && width <= NAME_WIDTH_MAX) {
            widest = width;
        }
    }
    return widest;
}

static void add_option(struct text *out, const struct arg_option *option, int width)
{
    const bool valued = option->type != ARG_FLAG;
    const int own = option_width(option);
    const int indent = NAME_INDENT + width + 2;
    text_addf(out, "%*s--%s%s%s", NAME_INDENT, "", option->name, valued ? " " : "",
              valued ? option->value : "");
    if (own > width) {
        text_addf(out, "\n%*s", indent, "");
    } else {
        text_addf(out, "%*s", width - own + 2, "");
    }
    struct text help = text_growing();
    text_add(&help, option->help);
    if (option->type == ARG_LIST) {
        text_add(&help, " (may stand many times)");
    }
    add_wrapped(out, text_string(&help), indent, indent);
    text_finish(&help);
}

void args_format_usage(const struct arg_spec *spec, struct text *out)
{
    text_addf(out, "usage: arblite %s [OPTION]...%s%s\n\n", spec->command,
              spec->operands[0] != '\0' ? " " : "", spec->operands);
    add_wrapped(out, spec->summary, 0, 0);
    text_add_char(out, '\n');
    const int width = names_width(spec);
    for (size_t i = 0; i < spec->options_count; i++) {
        add_option(out, &spec->options[i], width);
    }
    const struct arg_option help = {.name = "help", .type = ARG_FLAG, .help = "print this"};
    add_option(out, &help, width);
}

void args_print_usage(const struct arg_spec *spec)
{
    struct text text = text_growing();
    args_format_usage(spec, &text);
    fputs(text_string(&text), stdout);
    text_finish(&text);
}
