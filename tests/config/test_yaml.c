#include "support/check.h"

#include <stdlib.h>

#include "base/mem.h"
#include "config/yaml.h"

static struct yaml_tree *load(const char *yaml)
{
    struct err err = {0};
    struct yaml_tree *tree = NULL;
    if (!yaml_load_text(&tree, "t.yaml", yaml, strlen(yaml), &err)) {
        fail_msg("%s", err.text);
    }
    return tree;
}

/* Goal: shape, order, text and place survive. */
static void remembers_where_everything_stood(void **state)
{
    struct yaml_tree *tree = load("# a comment\n"
                                  "engine:\n"
                                  "  fee: 5.5 # bps\n"
                                  "  name: 'a b'\n"
                                  "pairs:\n"
                                  "  - BTC\n"
                                  "  - {name: ETH}\n");
    const struct yaml_node *root = yaml_root(tree);
    assert_int_equal(root->kind, YAML_KIND_MAPPING);
    assert_int_equal(root->count, 2);

    const struct yaml_node *fee = yaml_find(yaml_find(root, "engine"), "fee");
    assert_string_equal(fee->text, "5.5");
    assert_string_equal(fee->key, "fee");
    assert_int_equal(fee->line, 3);
    assert_int_equal(fee->column, 8);
    assert_int_equal(fee->key_line, 3);
    assert_string_equal(fee->file, "t.yaml");
    assert_false(fee->quoted);
    assert_true(fee->next->quoted);

    const struct yaml_node *pairs = yaml_find(root, "pairs");
    assert_int_equal(pairs->kind, YAML_KIND_SEQUENCE);
    assert_int_equal(pairs->count, 2);
    assert_string_equal(pairs->first->text, "BTC");
    assert_null(pairs->first->key);
    assert_int_equal(yaml_find(pairs->first->next, "name")->line, 7);
    assert_null(yaml_find(pairs, "name"));
    assert_null(yaml_find(root, "paper"));
    yaml_destroy(tree);
}

/* Goal: nothing is nothing, in each of its spellings, and only unquoted. */
static void tells_nothing_from_text(void **state)
{
    struct yaml_tree *tree = load("a: null\nb: ~\nc:\nd: 'null'\ne: ''\nf: Null\n");
    const struct yaml_node *root = yaml_root(tree);
    assert_int_equal(yaml_find(root, "a")->kind, YAML_KIND_NULL);
    assert_int_equal(yaml_find(root, "b")->kind, YAML_KIND_NULL);
    assert_int_equal(yaml_find(root, "c")->kind, YAML_KIND_NULL);
    assert_int_equal(yaml_find(root, "c")->line, 3);
    assert_int_equal(yaml_find(root, "d")->kind, YAML_KIND_SCALAR);
    assert_int_equal(yaml_find(root, "e")->kind, YAML_KIND_SCALAR);
    assert_int_equal(yaml_find(root, "f")->kind, YAML_KIND_SCALAR);
    yaml_destroy(tree);
    static const char *const empties[] = {"", "\n", "# only words\n", "---\n...\n",
                                          "\xef\xbb\xbf"};
    for (size_t i = 0; i < LEN(empties); i++) {
        tree = load(empties[i]);
        assert_int_equal(yaml_root(tree)->kind, YAML_KIND_NULL);
        yaml_destroy(tree);
    }
}

/* Goal: values come out typed, or with place, key and reason. */
static void gives_values_or_the_reason(void **state)
{
    struct yaml_tree *tree = load("n: 1e-3\ni: -7\nb: true\nt: two words\nyes: yes\n"
                                  "q: '5'\nl: [1]\nz:\n");
    const struct yaml_node *root = yaml_root(tree);
    struct err err = {0};
    double number = 0;
    int64_t integer = 0;
    bool flag = false;
    const char *text = NULL;
    assert_true(yaml_get_number(yaml_find(root, "n"), &number, &err));
    check_near(number, 0.001, 0.0);
    assert_true(yaml_get_integer(yaml_find(root, "i"), &integer, &err));
    assert_int_equal(integer, -7);
    assert_true(yaml_get_bool(yaml_find(root, "b"), &flag, &err));
    assert_true(flag);
    assert_true(yaml_get_text(yaml_find(root, "t"), &text, &err));
    assert_string_equal(text, "two words");

    assert_false(yaml_get_bool(yaml_find(root, "yes"), &flag, &err));
    assert_string_equal(err.text, "t.yaml:5: yes: 'yes' is not true or false");
    assert_false(yaml_get_number(yaml_find(root, "t"), &number, &err));
    assert_string_equal(err.text, "t.yaml:4: t: 'two words' is not a number");
    assert_false(yaml_get_integer(yaml_find(root, "n"), &integer, &err));
    assert_string_equal(err.text, "t.yaml:1: n: '1e-3' is not a whole number");
    assert_false(yaml_get_number(yaml_find(root, "q"), &number, &err));
    assert_string_equal(err.text, "t.yaml:6: q: '5' is quoted text (expected a number)");
    assert_false(yaml_get_text(yaml_find(root, "l"), &text, &err));
    assert_string_equal(err.text, "t.yaml:7: l: a list is here (expected text)");
    assert_false(yaml_get_number(yaml_find(root, "z"), &number, &err));
    assert_string_equal(err.text, "t.yaml:8: z: nothing is here (expected a number)");
    assert_int_equal(err.kind, ERR_INPUT);
    check_near(number, 0.001, 0.0);
    yaml_destroy(tree);
}

/* Goal: what the subset leaves out is named with its place, and nothing is built. */
static void refuses_what_the_subset_leaves_out(void **state)
{
    static const struct {
        const char *yaml, *message;
    } cases[] = {
        {"a: &x 1\n", "t.yaml:1: a: 'x' is an anchor; anchors are not allowed"
                      " (expected the value itself)"},
        {"a: 1\nb: *x\n", "t.yaml:2: b: 'x' is an alias; aliases are not allowed"
                          " (expected the value itself)"},
        {"a: !!str 1\n", "t.yaml:1: a: 'tag:yaml.org,2002:str' is a tag; tags are not allowed"
                         " (expected the value itself)"},
        {"%TAG ! tag:x,2000:\n---\na: 1\n", "t.yaml:1: %TAG directives are not allowed"},
        {"s:\n  <<: {a: 1}\n", "t.yaml:2: s: '<<' merge keys are not allowed"
                               " (expected the keys themselves)"},
        {"s:\n  a: 1\n  b: 2\n  a: 3\n", "t.yaml:4: s.a: 'a' stands twice (first in line 2)"},
        {"p:\n  - a: 1\n  - a: 1\n    a: 2\n",
         "t.yaml:4: p[1].a: 'a' stands twice (first in line 3)"},
        {"? [a, b]\n: 1\n", "t.yaml:1: a key must be a word, not a list or mapping"},
        {"~: 1\n", "t.yaml:1: '~' is not a key (expected a word)"},
        {"a: 1\n---\nb: 2\n", "t.yaml:2: a second document starts here (expected one)"},
        {"a: \"x\\0y\"\n", "t.yaml:1: a: 'x' goes on behind a NUL character"},
        {"a: [1\nb: 2\n", "t.yaml:2: not YAML: did not find expected ',' or ']'"
                          " while parsing a flow sequence"},
        {"a: 1\nb: \xff\n", "t.yaml:2: not YAML: invalid leading UTF-8 octet"},
        {"a: 1\n\tb: 2\n", "t.yaml:2: not YAML: found a tab character that violates"
                           " indentation while scanning a plain scalar"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct err err = {0};
        struct yaml_tree *tree = NULL;
        print_message("# %s\n", cases[i].message);
        assert_false(
            yaml_load_text(&tree, "t.yaml", cases[i].yaml, strlen(cases[i].yaml), &err));
        assert_string_equal(err.text, cases[i].message);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_null(tree);
    }
}

/* Goal: foreign text cannot write to the operator's terminal through a message. */
static void makes_messages_safe(void **state)
{
    const char yaml[] = "a: \"\\e[2J\"\n";
    struct yaml_tree *tree = load(yaml);
    struct err err = {0};
    double number;
    const struct yaml_node *node = yaml_find(yaml_root(tree), "a");
    assert_false(yaml_fail(node, &err, "'%s' is odd", node->text));
    assert_string_equal(err.text, "t.yaml:1: a: '\\x1b[2J' is odd");
    assert_false(yaml_get_number(node, &number, &err));
    assert_null(strchr(err.text, '\x1b'));
    yaml_destroy(tree);
}

static void expect_refused(const char *yaml, size_t length, const char *message)
{
    struct err err = {0};
    struct yaml_tree *tree = NULL;
    assert_false(yaml_load_text(&tree, "t.yaml", yaml, length, &err));
    assert_string_equal(err.text, message);
}

/* Goal: size, depth and number of values have a limit each, and the limit itself is allowed. */
static void stops_at_its_limits(void **state)
{
    const size_t two_mib = 2 * 1024 * 1024;
    char *big = mem_array(two_mib, 1);
    memset(big, '#', two_mib);
    expect_refused(big, two_mib, "t.yaml:1: larger than 1048576 bytes");
    memset(big, '[', 64);
    memset(big + 64, ']', 64);
    expect_refused(big, 128, "t.yaml:1: nested deeper than 32 levels");
    memset(big, '[', 32);
    memset(big + 32, ']', 32);
    struct err err = {0};
    struct yaml_tree *tree = NULL;
    assert_true(yaml_load_text(&tree, "t.yaml", big, 64, &err));
    yaml_destroy(tree);

    /* The sequence itself is one of the 50,000. */
    big[0] = '[';
    for (int i = 0; i < 50000; i++) {
        memcpy(big + 1 + 2 * (ptrdiff_t)i, "1,", 2);
    }
    big[1 + 2 * 49999] = ']';
    assert_true(yaml_load_text(&tree, "t.yaml", big, 2 + 2 * 49999, &err));
    assert_int_equal(yaml_root(tree)->count, 49999);
    yaml_destroy(tree);
    big[1 + 2 * 49999] = '1';
    big[1 + 2 * 50000] = ']';
    expect_refused(big, 2 + 2 * 50000, "t.yaml:1: more than 50000 values");
    mem_free(big);
}

/* Goal: the bomb that doubles with each level never gets to its second line. */
static void defuses_an_alias_bomb(void **state)
{
    const char bomb[] = "a: &a [x, x, x, x, x, x, x, x, x]\n"
                        "b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
                        "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\n"
                        "d: [*c, *c, *c, *c, *c, *c, *c, *c, *c]\n";
    struct faults faults;
    faults_init(&faults, "t.yaml");
    struct yaml_tree *tree = yaml_parse("t.yaml", bomb, sizeof bomb - 1, &faults);
    assert_int_equal(faults.count, 3 + 27);
    assert_non_null(tree);
    assert_int_equal(yaml_find(yaml_root(tree), "d")->first->kind, YAML_KIND_BROKEN);
    yaml_destroy(tree);
    faults_finish(&faults);
    expect_refused("a: &a [*a]\n", 11,
                   "t.yaml:1: a: 'a' is an anchor; anchors are not allowed"
                   " (expected the value itself)");
}

/* Goal: all faults come at once, in order of line, and their number has an end. */
static void tells_every_fault_in_order(void **state)
{
    const char yaml[] = "s:\n  a: 1\n  a: &x 2\n  b: *x\nt: !q 5\n";
    struct faults faults;
    faults_init(&faults, "t.yaml");
    yaml_destroy(yaml_parse("t.yaml", yaml, sizeof yaml - 1, &faults));
    struct text report = text_growing();
    faults_report(&faults, &report);
    assert_string_equal(
        text_string(&report),
        "t.yaml:3: s.a: 'x' is an anchor; anchors are not allowed (expected the value itself)\n"
        "t.yaml:3: s.a: 'a' stands twice (first in line 2)\n"
        "t.yaml:4: s.b: 'x' is an alias; aliases are not allowed (expected the value itself)\n"
        "t.yaml:5: t: '!q' is a tag; tags are not allowed (expected the value itself)\n");
    faults_finish(&faults);

    faults_init(&faults, "t.yaml");
    for (int i = 0; i < 103; i++) {
        faults_add(&faults, 200 - i, "odd");
    }
    text_clear(&report);
    faults_report(&faults, &report);
    assert_int_equal(strncmp(text_string(&report), "t.yaml:101: odd\n", 16), 0);
    assert_non_null(strstr(text_string(&report), "\nt.yaml: and 3 more\n"));
    faults_finish(&faults);
    text_finish(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(remembers_where_everything_stood),
        cmocka_unit_test(tells_nothing_from_text),
        cmocka_unit_test(gives_values_or_the_reason),
        cmocka_unit_test(refuses_what_the_subset_leaves_out),
        cmocka_unit_test(makes_messages_safe),
        cmocka_unit_test(stops_at_its_limits),
        cmocka_unit_test(defuses_an_alias_bomb),
        cmocka_unit_test(tells_every_fault_in_order),
    };
    return cmocka_run_group_tests_name("config/yaml", tests, NULL, NULL);
}
