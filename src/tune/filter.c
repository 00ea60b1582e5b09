#include "tune/filter.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/num.h"
#include "base/text.h"

/* Values that went through a file and back are equal when they are this close. */
#define SAME_SHARE 1e-9

static const char OFF[] = "off";

/* The first name is the one that is told; the second is a shorter or another spelling. */
static const char *const FIGURES[][2] = {
    [FILTER_PNL] = {"pnl", "pnl"},
    [FILTER_REALIZED] = {"realized", "realised"},
    [FILTER_OPEN_PNL] = {"unrealized", "unrealised"},
    [FILTER_DRAWDOWN] = {"dd", "drawdown"},
    [FILTER_TRADES] = {"trades", "closed"},
    [FILTER_OPEN] = {"open", "open"},
    [FILTER_WIN] = {"win", "win_rate"},
    [FILTER_BPS] = {"bps", "bps"},
    [FILTER_PLATEAU] = {"plateau", "plateau"},
    [FILTER_PLACE] = {"place", "rank"},
    [FILTER_GROUP] = {"group", "group"},
};
_Static_assert(sizeof FIGURES / sizeof FIGURES[0] == FILTER_FIGURE_LAST + 1, "a name a figure");

const char *filter_figure_name(enum filter_figure figure)
{
    return FIGURES[figure][0];
}

static void to_lower(char *out, size_t size, const char *text, size_t length)
{
    const size_t taken = length < size - 1 ? length : size - 1;
    for (size_t i = 0; i < taken; i++) {
        out[i] = (char)tolower((unsigned char)text[i]);
    }
    out[taken] = '\0';
}

static bool find_figure(const char *name, enum filter_figure *out)
{
    for (int i = 0; i <= FILTER_FIGURE_LAST; i++) {
        if (strcmp(name, FIGURES[i][0]) == 0 || strcmp(name, FIGURES[i][1]) == 0) {
            *out = (enum filter_figure)i;
            return true;
        }
    }
    return false;
}

/* Words are no values of a result's configuration, and equal within a ranking. */
static bool is_word(const struct param *param)
{
    return param->kind == PARAM_PROFILE || param->kind == PARAM_MODEL;
}

/* By its whole name, or by a part that only one has. */
static const struct param *find_param(const char *name, struct err *err)
{
    const struct param *found = NULL;
    for (size_t i = 0; i < param_count(); i++) {
        const struct param *param = param_at(i);
        if (strcmp(param->name, name) == 0 && !is_word(param)) {
            return param;
        }
        if (is_word(param) || strstr(param->name, name) == NULL) {
            continue;
        }
        if (found != NULL) {
            err_set(err, ERR_INPUT, "'%s' may be %s or %s", name, found->name, param->name);
            return NULL;
        }
        found = param;
    }
    if (found == NULL) {
        err_set(err, ERR_INPUT,
                "'%s' is neither a figure (pnl, dd, trades, ...) nor a parameter", name);
    }
    return found;
}

static bool take_value(struct filter_term *term, const char *text, struct err *err)
{
    const bool compares_size = term->test != FILTER_EQUAL && term->test != FILTER_UNEQUAL;
    const char *why = NULL;
    if (term->param != NULL && !compares_size && strcmp(text, OFF) == 0) {
        term->value = NAN;
        return true;
    }
    if (term->param != NULL && !compares_size &&
        param_parse(term->param, text, false, &term->value, &why)) {
        return true;
    }
    return num_parse_double(text, strlen(text), &term->value) ||
           err_set(err, ERR_INPUT, "'%s' is not %s", text, why != NULL ? why : "a number");
}

static const struct {
    const char *sign;
    enum filter_test test;
} TESTS[] = {
    {"<=", FILTER_AT_MOST}, {">=", FILTER_AT_LEAST}, {"!=", FILTER_UNEQUAL},
    {"==", FILTER_EQUAL},   {"<", FILTER_LESS},      {">", FILTER_MORE},
    {"=", FILTER_EQUAL},
};

/* The operator that begins at `text`; 0: none does. */
static size_t read_test(const char *text, enum filter_test *out)
{
    for (size_t i = 0; i < sizeof TESTS / sizeof TESTS[0]; i++) {
        const size_t length = strlen(TESTS[i].sign);
        if (strncmp(text, TESTS[i].sign, length) == 0) {
            *out = TESTS[i].test;
            return length;
        }
    }
    return 0;
}

static bool parse_term(struct filter_term *term, const char *word, struct err *err)
{
    *term = (struct filter_term){.test = word[0] == '!' ? FILTER_HAS_NOT : FILTER_HAS};
    const size_t name_length = strcspn(word, "<>=");
    if (word[name_length] == '\0') {
        const size_t skipped = term->test == FILTER_HAS_NOT ? 1 : 0;
        text_cut(term->word, sizeof term->word, "%s", word + skipped);
        return term->word[0] != '\0' || err_set(err, ERR_INPUT, "'!' wants a word behind it");
    }
    /* The '!' of "!=" stands before the sign that ended the name. */
    const bool negated = name_length > 0 && word[name_length - 1] == '!';
    const char *sign = word + name_length - (negated ? 1 : 0);
    const size_t length = read_test(sign, &term->test);
    char name[FILTER_WORD_SIZE];
    text_cut(name, sizeof name, "%.*s", (int)(sign - word), word);
    if (length == 0 || name[0] == '\0') {
        return err_set(err, ERR_INPUT, "'%s' makes no sense (pnl>0 does)", word);
    }
    if (!find_figure(name, &term->figure)) {
        term->param = find_param(name, err);
        if (term->param == NULL) {
            return false;
        }
    }
    return take_value(term, sign + length, err);
}

bool filter_parse(struct filter *filter, const char *text, struct err *err)
{
    static const char BLANKS[] = " \t";
    struct filter made = {.count = 0};
    text += strspn(text, BLANKS);
    while (*text != '\0') {
        char word[FILTER_WORD_SIZE];
        const size_t length = strcspn(text, BLANKS);
        if (length >= sizeof word || made.count == FILTER_TERMS_MAX) {
            return err_set(err, ERR_INPUT, "the filter is too long (at most %d terms)",
                           FILTER_TERMS_MAX);
        }
        to_lower(word, sizeof word, text, length);
        if (!parse_term(&made.terms[made.count], word, err)) {
            return false;
        }
        made.count++;
        text += length;
        text += strspn(text, BLANKS);
    }
    *filter = made;
    return true;
}

static bool stands_in(const char *text, const char *word)
{
    const size_t length = strlen(word);
    for (; text != NULL && *text != '\0'; text++) {
        size_t same = 0;
        while (same < length && tolower((unsigned char)text[same]) == word[same]) {
            same++;
        }
        if (same == length) {
            return true;
        }
    }
    return false;
}

static bool is_equal(double value, double wanted)
{
    if (isnan(wanted) || isnan(value)) {
        return isnan(wanted) && isnan(value);
    }
    return fabs(value - wanted) <= SAME_SHARE * fmax(1.0, fabs(wanted));
}

/* NAN is neither less nor more than anything. */
static bool compare(const struct filter_term *term, double value)
{
    switch (term->test) {
    case FILTER_LESS:
        return value < term->value;
    case FILTER_AT_MOST:
        return value <= term->value;
    case FILTER_MORE:
        return value > term->value;
    case FILTER_AT_LEAST:
        return value >= term->value;
    case FILTER_EQUAL:
        return is_equal(value, term->value);
    case FILTER_UNEQUAL:
        return !is_equal(value, term->value);
    case FILTER_HAS:
    case FILTER_HAS_NOT:
        break;
    }
    return false;
}

static bool holds(const struct filter_term *term, const struct row *row, const double *figures)
{
    if (term->test == FILTER_HAS || term->test == FILTER_HAS_NOT) {
        const bool found = stands_in(row->job_id, term->word) ||
                           stands_in(row->tag, term->word) || stands_in(row->error, term->word);
        return found == (term->test == FILTER_HAS);
    }
    /* A row that failed ran with no figures and may not have its parameters either. */
    return row->success && compare(term, term->param != NULL ? row_param(row, term->param->name)
                                                             : figures[term->figure]);
}

bool filter_keeps(const struct filter *filter, const struct row *row, const double *figures)
{
    for (int i = 0; i < filter->count; i++) {
        if (!holds(&filter->terms[i], row, figures)) {
            return false;
        }
    }
    return true;
}
