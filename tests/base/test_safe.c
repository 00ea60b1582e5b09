#include "support/check.h"

#include "base/rng.h"
#include "base/safe.h"

static void lets_plain_text_through(void **state)
{
    static const char *const cases[] = {
        "",
        "KRW-BTC 12,345.67 ~!@#\\",
        "비트코인",             /* Hangul syllables */
        "\u1112\u1161\u11ab",   /* the same letters spelled out: one syllable, two marks */
        "日本語 ▲▼█ é e\u0301", /* wide, ambiguous, composed and decomposed */
        "😀",
        "a\u0301\u0302b\u0301\u0302", /* two marks on each letter */
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        char got[100];
        assert_string_equal(safe_text(got, sizeof(got), cases[i], strlen(cases[i])), cases[i]);
    }
}

static void knows_strict_utf8(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        bool is;
    } cases[] = {
        {"", 0, true},
        {"\0\x1b", 2, true},                                    /* controls are characters */
        {"\x7f\xc2\x80\xe0\xa0\x80\xf0\x90\x80\x80", 10, true}, /* the first of each length */
        {"\xf4\x8f\xbf\xbf", 4, true},                          /* the last of all */
        {"\xf4\x90\x80\x80", 4, false},                         /* one behind it */
        {"\xc1\xbf", 2, false},                                 /* overlong */
        {"\xed\xa0\x80", 3, false},                             /* half of a pair */
        {"\x80", 1, false},                                     /* follows nothing */
        {"a\xe3\x81", 3, false},                                /* ends too soon */
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        assert_int_equal(safe_is_utf8(cases[i].bytes, cases[i].length), cases[i].is);
    }
}

static void shows_what_would_act(void **state)
{
    static const struct {
        const char *goal;
        const char *bytes;
        const char *want;
    } cases[] = {
        {"a colour", "\033[31mred", "\\x1b[31mred"},
        {"a title", "\033]0;pwned\a", "\\x1b]0;pwned\\x07"},
        {"forged lines", "ok\r\nerror: no", "ok\\x0d\\x0aerror: no"},
        {"tab and delete", "a\tb\177", "a\\x09b\\x7f"},
        {"C1 as UTF-8: CSI", "\xc2\x9b[2J", "\\u{009b}[2J"},
        {"C1 as a byte",
         "\x9b"
         "2J",
         "\\x9b2J"},
        {"right-to-left override", "a\u202eb", "a\\u{202e}b"},
        {"isolates", "\u2066x\u2069", "\\u{2066}x\\u{2069}"},
        {"zero width", "a\u200bb\u200dc\ufeff", "a\\u{200b}b\\u{200d}c\\u{feff}"},
        {"soft hyphen, line separator", "a\u00adb\u2028", "a\\u{00ad}b\\u{2028}"},
        {"Hangul filler", "\u3164", "\\u{3164}"},
        {"tag characters", "\U000e0041", "\\u{e0041}"},
        {"a variation selector", "x\ufe0f", "x\\u{fe0f}"},
        {"private use", "\ue0b0", "\\u{e0b0}"},
        {"no character", "\uffff", "\\u{ffff}"},
        {"overlong slash", "\xc0\xaf", "\\xc0\\xaf"},
        {"overlong NUL", "\xe0\x80\x80", "\\xe0\\x80\\x80"},
        {"a surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80"},
        {"above U+10FFFF", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
        {"five bytes", "\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80"},
        {"cut short", "a\xe2\x82", "a\\xe2\\x82"},
        {"cut and followed", "\xe2\x82z", "\\xe2\\x82z"},
        {"a lone trailer", "\x80", "\\x80"},
        {"the third mark", "a\u0301\u0302\u0303\u0304b", "a\u0301\u0302\\u{0303}\\u{0304}b"},
        {"a mark on nothing", "\u0301a", "\\u{0301}a"},
        {"a mark on an escape", "\033\u0301a", "\\x1b\\u{0301}a"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        char got[100];
        print_message("# %s\n", cases[i].goal);
        safe_text(got, sizeof(got), cases[i].bytes, strlen(cases[i].bytes));
        assert_string_equal(got, cases[i].want);
    }
}

static void shows_a_nul(void **state)
{
    char got[20];
    assert_string_equal(safe_text(got, sizeof(got), "a\0b", 3), "a\\x00b");
}

/* Goal: at every size the result is a whole prefix: no half character, no half escape. */
static void is_never_cut_inside_a_character(void **state)
{
    static const char BYTES[] = "a비\033z";
    static const char *const want[] = {"",    "a",   "a",        "a",         "a비",      "a비",
                                       "a비", "a비", "a비\\x1b", "a비\\x1bz", "a비\\x1bz"};
    for (size_t size = 1; size <= LEN(want); size++) {
        char got[16];
        memset(got, '#', sizeof(got));
        safe_text(got, size, BYTES, sizeof(BYTES) - 1);
        assert_string_equal(got, want[size - 1]);
        assert_int_equal(got[size], '#');
    }
}

/* What a terminal may see: no control byte, no C1, no reordering or invisible character. */
static bool harmless(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        const bool c1 = at[0] == 0xc2 && at[1] < 0xa0;
        const bool bidi =
            at[0] == 0xe2 && at[1] == 0x80 &&
            ((at[2] >= 0x8b && at[2] <= 0x8f) || (at[2] >= 0xa8 && at[2] <= 0xae));
        if (*at < 0x20 || *at == 0x7f || c1 || bidi) {
            return false;
        }
    }
    return true;
}

/* Goal: any bytes become harmless, and what is harmless stays as it is. */
static void tames_any_bytes(void **state)
{
    static const char *const pieces[] = {
        "\033", "\xc2\x9b", "\u202e", "\u0301", "\u200d", "a",    "비",     "\xe2",
        "\x80", "\xc2",     "\xf4",   "\n",     "\xff",   "\x0f", "\u0489", "\\",
    };
    struct rng rng;
    rng_seed(&rng, 1, rng_salt("safe"));
    for (int i = 0; i < 50000; i++) {
        char bytes[64];
        size_t length = 0;
        while (length < 40) {
            const char *piece = pieces[rng_below(&rng, LEN(pieces))];
            if (rng_below(&rng, 3) == 0) {
                bytes[length++] = (char)rng_below(&rng, 256);
            } else {
                memcpy(bytes + length, piece, strlen(piece));
                length += strlen(piece);
            }
        }
        char once[400], twice[400];
        safe_text(once, sizeof(once), bytes, length);
        assert_true(harmless(once));
        safe_text(twice, sizeof(twice), once, strlen(once));
        assert_string_equal(twice, once);
        const size_t size = 1 + rng_below(&rng, 60);
        char cut[64];
        safe_text(cut, size, bytes, length);
        assert_true(strlen(cut) < size);
        assert_memory_equal(cut, once, strlen(cut));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lets_plain_text_through),
        cmocka_unit_test(knows_strict_utf8),
        cmocka_unit_test(shows_what_would_act),
        cmocka_unit_test(shows_a_nul),
        cmocka_unit_test(is_never_cut_inside_a_character),
        cmocka_unit_test(tames_any_bytes),
    };
    return cmocka_run_group_tests_name("base/safe", tests, NULL, NULL);
}
