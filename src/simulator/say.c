#include "say.h"

#include "base/num.h"
#include "numbers.h"

void say_next(struct text *out)
{
    const char last = out->length > 0 ? out->data[out->length - 1] : '[';
    if (last != '{' && last != '[') {
        text_add_char(out, ',');
    }
}

void say_name(struct text *out, const char *name)
{
    say_next(out);
    text_add_char(out, '"');
    text_add(out, name);
    text_add_bytes(out, "\":", 2);
}

static void open_bracket(struct text *out, const char *name, char bracket)
{
    if (name != NULL) {
        say_name(out, name);
    } else {
        say_next(out);
    }
    text_add_char(out, bracket);
}

void say_object(struct text *out, const char *name)
{
    open_bracket(out, name, '{');
}

void say_list(struct text *out, const char *name)
{
    open_bracket(out, name, '[');
}

void say_text(struct text *out, const char *name, const char *value)
{
    say_name(out, name);
    text_add_char(out, '"');
    text_add(out, value);
    text_add_char(out, '"');
}

void say_integer(struct text *out, const char *name, int64_t value)
{
    char room[NUM_TEXT_SIZE];
    say_name(out, name);
    text_add(out, num_format_int64(room, value));
}

void say_id(struct text *out, const char *name, uint64_t value)
{
    char room[NUM_TEXT_SIZE];
    say_name(out, name);
    text_add(out, num_format_uint64(room, value));
}

void say_bool(struct text *out, const char *name, bool value)
{
    say_name(out, name);
    text_add(out, value ? "true" : "false");
}

void say_fixed_text(struct text *out, const char *name, int64_t units, int decimals)
{
    say_name(out, name);
    text_add_char(out, '"');
    number_fixed(out, units, decimals);
    text_add_char(out, '"');
}
