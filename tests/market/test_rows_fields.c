#include "support/row_account.h"

static const char *const TIMES[] = {
    "0",
    "1",
    "5.5",
    "1767225600",
    "1767225600.123456789",
    "1767225600.1234567891",
    "1767225600123",
    "1767225600123.25",
    "1767225600123456",
    "1767225600123456789",
    "99999999999",
    "100000000000",
    "100000000001",
    "99999999999999999",
    "9223372036854775807",
    "9223372036854775808",
    "-1",
    "+1",
    "1e9",
    ".5",
    "5.",
    ".",
    "",
    "2026-01-24T22:29:14Z",
    "2026-01-24 22:29:14",
    "2026-01-24T22:29:14.5Z",
    "2026-01-24T22:29:14.Z",
    "2026-01-24T22:29:14.123456789",
    "2026-01-24T22:29:14.1234567890",
    "2026-01-24T22:29:14+09:00",
    "2026-01-24T22:29:14-00:30",
    "2026-01-24T22:29:14z",
    "2026-01-24T24:00:00Z",
    "2026-01-24T22:60:00Z",
    "2026-01-24T22:29:60Z",
    "2026-01-24T2:29:14Z",
    "2026-02-29T00:00:00Z",
    "2024-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "1699-12-31T00:00:00Z",
    "2251-01-01T00:00:00Z",
    "2026-01-24T22:29",
    "2026-01-24",
    "2026-01-24T22-29-14Z",
    "2026-01-24T22:29:14ZZ",
    "12345-6",
    "soon",
};
static const char *const NUMBERS[] = {
    "0",
    "00",
    "0.0",
    "7",
    "99991.53",
    "100007.03",
    "1234567",
    "12345678",
    "123456789",
    "1234567890123456",
    "9007199254740992",
    "9007199254740993",
    "9007199254740993.0",
    "12345678901234567890",
    "123456789012345678901234567890",
    "0.1234567890123456789",
    "0.000000000000000000001",
    "0.00000000000000000000000000000000001",
    "1.7976931348623157e308",
    "1e309",
    "1e-400",
    "5e-324",
    "2.5E+3",
    "2.5e",
    "1e5",
    "-0",
    "-1.5",
    "+1.5",
    "--1",
    ".5",
    "5.",
    ".",
    "",
    " 1",
    "1 ",
    "1.2.3",
    "1_000",
    "0x10",
    "nan",
    "inf",
    "1;2",
    "1/2",
    "12:3",
    "\"5\"",
    "5\r",
    "5\xC3\xA9",
};
/* Goal: every form a field may take, good or bad, is read as csv reads it. */
static void reads_what_csv_reads(void **state)
{
    /* What stands before the time, between time and number, and behind the number. */
    static const struct {
        const char *before, *between, *after;
    } shapes[] = {
        {ROW_HEADER, ",1,2,3,4,", "\n"},
        {ROW_HEADER, ",1,2,3,4,", ""},
        {ROW_HEADER, ",1,2,3,4,", "\r\n"},
        {"\xEF\xBB\xBF" ROW_HEADER, ",1,2,", ",4,5\r\n"},
        {"timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b\n", ",1,2,", ",4\n"},
        {"best_bid_a,note,timestamp,best_ask_a,bid_size_a,best_bid_b,best_ask_b,fx_rate\n"
         "9,free,",
         ",8,", ",7,6,5\n"},
        {"best_bid_a,timestamp,best_ask_a,note,fx_rate,best_bid_b,best_ask_b,ask_size_b\n9,",
         ",8,", ",5,7,6,2\n"},
    };
    for (size_t i = 0; i < LEN(shapes); i++) {
        char text[512];
        for (size_t time = 0; time < LEN(TIMES); time++) {
            check_text(text, (size_t)sprintf(text, "%s%s%s1.25%s", shapes[i].before,
                                             TIMES[time], shapes[i].between, shapes[i].after));
        }
        for (size_t number = 0; number < LEN(NUMBERS); number++) {
            check_text(text,
                       (size_t)sprintf(text, "%s1%s%s%s", shapes[i].before, shapes[i].between,
                                       NUMBERS[number], shapes[i].after));
        }
    }
}

/* Goal: so are headers and what stands around the rows. */
static void reads_files_as_csv_does(void **state)
{
    static const char *const texts[] = {
        "",
        "\n",
        "\xEF\xBB\xBF",
        "timestamp,best_bid_a\n",
        "timestamp,timestamp,best_bid_a\n",
        ROW_HEADER,
        "timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b,fx_rate",
        ROW_HEADER "\n\r\n\n",
        ROW_HEADER "\n1,1,2,3,4,5\n",
        ROW_HEADER "1,1,2,3,4,5\n\n2,1,2,3,4,5\n\n\n",
        ROW_HEADER "1,1,2,3,4,5\n\r\n\n\n2,1,2,3,4\n3,1,2,3,4,5",
        ROW_HEADER "2,1,2,3,4,5\n1,1,2,3,4,5\n1.5,1,2,3,4,5\n2,1,2,3,4,5\n",
        ROW_HEADER "2,1,2,3,4,5\n1,1,2,3\n1.5,1,2,3,4,5,6\n2,1,2,3,4,5\n",
        ROW_HEADER "1,1,2,3,4,5\r\r\n2,1,2,3,4,5\n",
        ROW_HEADER "1,1,2,3,4,5\r",
        ROW_HEADER "1,1,2,3,4,5\n\r",
        ROW_HEADER ",,,,,\n",
        ROW_HEADER "1,1,2,3,4,\n2,1,2,3,4,0\n3,1,2,3,4,-7\n",
        ROW_HEADER "2026-01-01T23:59:59Z,1,2,3,4,5\n2026-01-02T00:00:00Z,1,2,3,4,5\n"
                   "2026-01-02 00:00:00,1,2,3,4,5\n2026-01-01T23:59:59Z,1,2,3,4,5\n",
    };
    for (size_t i = 0; i < LEN(texts); i++) {
        print_message("# %zu\n", i);
        check_text(texts[i], strlen(texts[i]));
    }
    static const char with_nul[] = ROW_HEADER "1,1,2\0,3,4,5\n\0\n2,1,2,3,4,5\n";
    check_text(with_nul, sizeof(with_nul) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_csv_reads),
        cmocka_unit_test(reads_files_as_csv_does),
    };
    return cmocka_run_group_tests_name("market/rows_fields", tests, NULL, NULL);
}
