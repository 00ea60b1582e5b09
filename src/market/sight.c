#include "sight.h"

#include "base/mem.h"

const char *sight_pad(char **padded, size_t *capacity, const char *bytes, size_t length)
{
    if (*capacity < length + SIGHT_PAD) {
        *capacity = 2 * length + SIGHT_PAD;
        *padded = mem_grow(*padded, *capacity, 1);
    }
    memcpy(*padded, bytes, length);
    memset(*padded + length, 0, SIGHT_PAD);
    return *padded;
}

/* "E8", "e-4", "E+10". */
static bool read_exponent(const char **at, int *power)
{
    const char *digits = *at + 1;
    const bool negative = *digits == '-';
    digits += negative || *digits == '+' ? 1 : 0;
    const unsigned first = (unsigned char)(digits[0] - '0');
    const unsigned second = (unsigned char)(digits[1] - '0');
    if (first > 9) {
        return false;
    }
    const int value = (int)(second > 9 ? first : first * 10 + second);
    *power += negative ? -value : value;
    *at = digits + (second > 9 ? 1 : 2);
    return true; /* a third digit is not what comes next in any message */
}

/* mantissa * 10^power, with an exponent added if there is one. `mantissa` is whole and at most
 * 2^53, so both operands are exact and the result is rounded once, correctly. */
static bool read_scaled(const char **at, double mantissa, int power, double *out)
{
    if ((**at | 0x20) == 'e' && !read_exponent(at, &power)) {
        return false;
    }
    if (power > TENS_LAST || power < -TENS_LAST) {
        return false;
    }
    *out = power < 0 ? mantissa / TENS[-power] : mantissa * TENS[power];
    return true;
}

static const char *scaled(const char *at, uint64_t digits, ptrdiff_t decimals, double *out)
{
    const bool exact = digits <= UINT64_C(1) << 53;
    return exact && read_scaled(&at, (double)(int64_t)digits, -(int)decimals, out) ? at : NULL;
}

const char *sight_number_end(const char *at, double *out)
{
    uint64_t stops = digits_stops(at);
    const ptrdiff_t whole = stops != 0 ? __builtin_ctzll(stops) : 0;
    if (whole == 0 || whole > DIGITS_LONG || (*at == '0' && whole > 1)) {
        return NULL;
    }
    const uint64_t digits = digits_long(at, whole);
    if (at[whole] != '.') {
        return scaled(at + whole, digits, 0, out);
    }
    const char *const fraction = at + whole + 1;
    stops &= stops - 1;
    const ptrdiff_t decimals = stops != 0 ? at + __builtin_ctzll(stops) - fraction : 0;
    if (decimals == 0 || whole + decimals > DIGITS_LONG) {
        return NULL;
    }
    return scaled(fraction + decimals,
                  digits * TENS_WHOLE[decimals] + digits_long(fraction, decimals), decimals,
                  out);
}

#if defined(__SSE2__)
/* Bits of 16 bytes: the quotes, and what no plain letter is (signed, so that all above ASCII is
 * below the blank). */
static unsigned ends_of(const char *at, unsigned *strange)
{
    const __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    const __m128i escapes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    const __m128i controls = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' '));
    *strange = (unsigned)_mm_movemask_epi8(_mm_or_si128(escapes, controls));
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
}
#else
static unsigned ends_of(const char *at, unsigned *strange)
{
    unsigned quotes = 0;
    *strange = 0;
    for (int i = 0; i < 16; i++) {
        *strange |= (unsigned)(at[i] == '\\' || at[i] < ' ' || (at[i] & 0x80) != 0) << i;
        quotes |= (unsigned)(at[i] == '"') << i;
    }
    return quotes;
}
#endif

size_t sight_letters(const char *at)
{
    for (size_t passed = 0; passed < SIGHT_PAD; passed += 16) {
        unsigned strange;
        const unsigned quotes = ends_of(at + passed, &strange);
        if ((strange | quotes) == 0) {
            continue;
        }
        const int end = __builtin_ctz(strange | quotes);
        return (quotes >> end & 1) != 0 ? passed + (size_t)end : 0;
    }
    return 0;
}
