#include "fixture.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/mem.h"

static struct page *query_page(enum page_kind kind, uint32_t offset, uint32_t count,
                               uint64_t id)
{
    static struct page page;
    const struct page_query query = {.kind = kind, .offset = offset, .count = count, .id = id};
    if (!journal_query(journal, session.id, &query, &page, &err)) {
        fail_msg("%s", err.text);
    }
    return &page;
}

static void remembers_the_last_session(void **state)
{
    struct journal_session got;
    bool found = false;
    assert_true(journal_end_session(journal, session.id, 9000, "end of data", &err));
    start_session();
    assert_int_equal(session.id, 2);
    assert_true(journal_set_data_hash(journal, session.id, "xxh3-128:ab", &err));
    reopen();
    assert_true(journal_last_session(journal, &got, &found, &err));
    assert_true(found);
    assert_int_equal(got.id, 2);
    assert_string_equal(got.name, session.name);
    assert_string_equal(got.mode, "paper");
    assert_string_equal(got.source, "simulated:1");
    assert_string_equal(got.options_hash, "xxh3-128:00");
    assert_string_equal(got.options_text, "engine.min_spread_bps = 5\n");
    assert_string_equal(got.data_hash, "xxh3-128:ab");
    assert_int_equal(got.started_wall_ns, 1000);
    assert_int_equal(got.start_event_ns, 2000);
    assert_int_equal(got.ended_wall_ns, 0);
    assert_true(got.seed == UINT64_MAX);
    assert_string_equal(got.version, "0.1.0");
    assert_true(journal_end_session(journal, 2, 9500, "quit", &err));
    assert_true(journal_last_session(journal, &got, &found, &err));
    assert_int_equal(got.ended_wall_ns, 9500);
    assert_string_equal(got.end_reason, "quit");
    assert_false(journal_end_session(journal, 3, 1, "x", &err));
    assert_int_equal(err.kind, ERR_INTERNAL);
}

static void keeps_only_the_newest_state(void **state)
{
    struct journal_state got;
    bool found = true;
    assert_true(journal_get_state(journal, session.id, &got, &found, &err));
    assert_false(found);
    struct journal_state put = {
        .sequence = UINT64_MAX - 1,
        .source_line = 7,
        .time_ns = -8,
        .wall_ns = 9,
        .killed = true,
        .paused = true,
        .killed_by = "jk",
        .killed_reason = "news at nine",
        .paused_by = "anna",
        .killed_wall_ns = 10,
        .core = "first",
        .core_size = 5,
        .venue = "",
        .venue_size = 0,
    };
    assert_true(journal_put_state(journal, session.id, &put, &err));
    put.core = "se\0cond";
    put.core_size = 7;
    assert_true(journal_put_state(journal, session.id, &put, &err));
    reopen();
    assert_true(journal_get_state(journal, session.id, &got, &found, &err));
    assert_true(found);
    assert_true(got.sequence == UINT64_MAX - 1);
    assert_int_equal(got.source_line, 7);
    assert_int_equal(got.time_ns, -8);
    assert_int_equal(got.wall_ns, 9);
    assert_true(got.killed && got.paused && !got.armed && !got.stopped);
    assert_string_equal(got.killed_by, "jk");
    assert_string_equal(got.killed_reason, "news at nine");
    assert_string_equal(got.paused_by, "anna");
    assert_int_equal(got.killed_wall_ns, 10);
    assert_int_equal(got.core_size, 7);
    assert_memory_equal(got.core, "se\0cond", 7);
    assert_int_equal(got.venue_size, 0);
    mem_free((void *)got.core);
    mem_free((void *)got.venue);
}

static bool check_trade(void *context, const struct trade *trade,
                        const struct trade_result *result, const char *pair)
{
    uint64_t *next = context;
    *next += 1;
    const struct trade want = a_trade(*next, *next == 2 ? TRADE_OPEN : TRADE_CLOSED);
    assert_memory_equal(trade, &want, sizeof(want));
    assert_memory_equal(result, &RESULT, sizeof(RESULT));
    assert_string_equal(pair, "BTC");
    return *next < 3;
}

/* Goal: every number of a trade comes back to the last bit; the newest version of it counts. */
static void gives_trades_back_bit_for_bit(void **state)
{
    uint64_t seen = 0;
    put_trade(2, TRADE_OPEN);
    put_trade(1, TRADE_OPENING);
    put_trade(1, TRADE_CLOSED);
    put_trade(3, TRADE_CLOSED);
    put_trade(4, TRADE_OPEN);
    reopen();
    assert_true(journal_each_trade(journal, session.id, check_trade, &seen, &err));
    assert_int_equal(seen, 3); /* it stopped when told to */
}

/* Goal: what was not a number comes back as not a number, and never as 0. */
static void keeps_not_a_number_apart_from_zero(void **state)
{
    struct trade trade = a_trade(1, TRADE_OPEN);
    trade.exit_spread_bps = (double)NAN;
    trade.net_edge_bps = 0.0;
    trade.legs[TRADE_A_OUT].price = (double)INFINITY;
    assert_true(journal_put_trade(journal, session.id, &trade, NULL, "ETH", &err));
    const struct page_trade *row = &query_page(PAGE_TRADES, 0, 1, 0)->trades[0];
    assert_true(isnan(row->trade.exit_spread_bps));
    assert_true(row->trade.net_edge_bps == 0.0);
    assert_true(isinf(row->trade.legs[TRADE_A_OUT].price));
    assert_true(row->result.pnl_usd == 0.0);
}

/* Goal: pages are newest first, know how many rows there are, and never exceed their bound. */
static void pages_trades_newest_first(void **state)
{
    assert_true(journal_begin(journal, &err));
    for (uint64_t id = 1; id <= 250; id++) {
        put_trade(id, TRADE_CLOSED);
    }
    assert_true(journal_commit(journal, &err));
    const struct page *page = query_page(PAGE_TRADES, 0, 1000, 0);
    assert_int_equal(page->total, 250);
    assert_int_equal(page->count, PAGE_ROWS_MAX);
    assert_int_equal(page->trades[0].trade.id, 250);
    assert_int_equal(page->trades[199].trade.id, 51);
    page = query_page(PAGE_TRADES, 240, 50, 0);
    assert_int_equal(page->count, 10);
    assert_int_equal(page->trades[9].trade.id, 1);
    page = query_page(PAGE_TRADES, 0, 50, 77);
    assert_int_equal(page->total, 1);
    assert_int_equal(page->count, 1);
    assert_int_equal(page->trades[0].trade.id, 77);
    page = query_page(PAGE_TRADES, 0, 50, 251);
    assert_int_equal(page->total, 0);
    assert_int_equal(page->count, 0);
}

static void pages_decisions_with_their_first_fault(void **state)
{
    static struct guard_decision decision;
    decision = (struct guard_decision){
        .number = 1,
        .action = GUARD_BLOCK,
        .primary = REASON_ROUTE_EDGE_LOW,
        .faults_count = 1,
        .faults = {{.reason = REASON_ROUTE_EDGE_LOW, .observed = 3.5, .limit = 5.0}},
        .candidate = {.time_ns = 44, .side = SPREAD_LONG_B_SHORT_A, .net_edge_bps = 3.5},
    };
    assert_true(journal_put_decision(journal, session.id, &decision, "XRP", "{}", &err));
    decision.number = 2;
    decision.action = GUARD_ALLOW;
    decision.primary = REASON_NONE;
    decision.faults_count = 0;
    assert_true(journal_put_decision(journal, session.id, &decision, "XRP", "{}", &err));
    const struct page *page = query_page(PAGE_DECISIONS, 0, 10, 0);
    assert_int_equal(page->total, 2);
    assert_int_equal(page->decisions[0].number, 2);
    assert_true(isnan(page->decisions[0].observed));
    const struct page_decision *row = &page->decisions[1];
    assert_int_equal(row->time_ns, 44);
    assert_string_equal(row->pair, "XRP");
    assert_int_equal(row->side, SPREAD_LONG_B_SHORT_A);
    assert_int_equal(row->action, GUARD_BLOCK);
    assert_int_equal(row->primary, REASON_ROUTE_EDGE_LOW);
    assert_true(row->net_edge_bps == 3.5 && row->observed == 3.5 && row->limit == 5.0);
}

static void put_refusal(uint64_t number, double net_edge_bps)
{
    static struct guard_decision decision;
    decision = (struct guard_decision){
        .number = number,
        .action = GUARD_BLOCK,
        .primary = REASON_GATE_PAUSED,
        .candidate = {.net_edge_bps = net_edge_bps},
    };
    assert_true(journal_put_decision(journal, session.id, &decision, "XRP",
                                     "{\"inputs\":{\"min_edge_bps\":5}}", &err));
}

/* Goal: what repeats a decision is counted in its row; there must be one. */
static void counts_what_repeats_a_decision(void **state)
{
    put_refusal(5, 9.0);
    put_refusal(6, 9.0);
    assert_int_equal(query_page(PAGE_DECISIONS, 0, 10, 0)->decisions[1].last_ns, 0);
    assert_true(journal_count_decision(journal, session.id, 5, 50, &err));
    assert_true(journal_count_decision(journal, session.id, 5, 60, &err));
    const struct page *page = query_page(PAGE_DECISIONS, 0, 10, 0);
    assert_int_equal(page->total, 2);
    assert_int_equal(page->decisions[0].alike, 0);
    assert_int_equal(page->decisions[1].alike, 2);
    assert_int_equal(page->decisions[1].last_ns, 60);
    assert_false(journal_count_decision(journal, session.id, 7, 70, &err));
    assert_non_null(strstr(err.text, "no decision 7"));
}

static void keeps_one_row_per_alert(void **state)
{
    struct snapshot_alert alert = {
        .id = 4000000000u,
        .severity = ALERT_HIGH,
        .active = true,
        .count = 1,
        .first_ns = 5,
        .last_ns = 5,
        .rule = "feed.stale",
        .text = "Upbit 3.2 s",
    };
    assert_true(journal_put_alert(journal, session.id, &alert, &err));
    alert.count = 2;
    alert.last_ns = 8;
    alert.state = ALERT_ACKED;
    alert.shelved_until_ns = 99;
    snprintf(alert.acked_by, sizeof(alert.acked_by), "jk");
    assert_true(journal_put_alert(journal, session.id, &alert, &err));
    const struct page *page = query_page(PAGE_ALERTS, 0, 10, 0);
    assert_int_equal(page->total, 1);
    assert_memory_equal(&page->alerts[0], &alert, sizeof(alert));
}

/* Goal: no client id twice; no report without its intent; the same fill, however often it is
 * told, is one row, and the same id on the other venue is another fill. */
static void takes_a_fill_once_and_an_intent_once(void **state)
{
    struct order other = ORDER;
    struct order_report fill = {.client_id = 1, .kind = REPORT_FILL, .fill_id = 9, .price = 2};
    assert_true(journal_put_intent(journal, session.id, &ORDER, 10, &err));
    assert_false(journal_put_intent(journal, session.id, &ORDER, 11, &err));
    assert_int_equal(err.kind, ERR_INTERNAL);
    for (int i = 0; i < 3; i++) {
        assert_true(journal_put_report(journal, session.id, &ORDER, &fill, 20 + i, &err));
    }
    assert_int_equal(count_of("SELECT count(*) FROM report"), 1);
    assert_int_equal(count_of("SELECT time_ns FROM report"), 20);
    other.client_id = 2;
    other.venue = VENUE_A;
    fill.client_id = 2;
    assert_false(journal_put_report(journal, session.id, &other, &fill, 30, &err));
    assert_true(journal_put_intent(journal, session.id, &other, 30, &err));
    assert_true(journal_put_report(journal, session.id, &other, &fill, 30, &err));
    fill.kind = REPORT_DONE;
    assert_true(journal_put_report(journal, session.id, &other, &fill, 31, &err));
    assert_true(journal_put_report(journal, session.id, &other, &fill, 32, &err));
    assert_int_equal(count_of("SELECT count(*) FROM report"), 3);
}

/* 2,000 KRW at 1,000 per USD and 1.5 USDT are 3.5 USD of fees; an answer that is no fill has
 * taken nothing. */
static void put_fees(void)
{
    struct order orders[] = {ORDER, ORDER};
    struct order_report fills[] = {
        {.kind = REPORT_FILL, .fee_units = 200000000000, .krw_per_usd = 1000},
        {.kind = REPORT_FILL, .fee_units = 150000000, .krw_per_usd = 1},
    };
    orders[0].venue = VENUE_A;
    for (size_t i = 0; i < LEN(fills); i++) {
        orders[i].client_id = fills[i].client_id = i + 1;
        assert_true(journal_put_intent(journal, session.id, &orders[i], 10, &err));
        assert_true(journal_put_report(journal, session.id, &orders[i], &fills[i], 20, &err));
    }
    fills[1].kind = REPORT_DONE;
    assert_true(journal_put_report(journal, session.id, &orders[1], &fills[1], 30, &err));
}

static void says_how_a_session_stands_without_its_host(void **state)
{
    struct journal_status got;
    bool found = false;
    const struct journal_state put = {.sequence = 77,
                                      .killed = true,
                                      .core = "c",
                                      .core_size = 1,
                                      .venue = "v",
                                      .venue_size = 1};
    struct snapshot_alert alert = {.id = 1, .severity = ALERT_HIGH, .state = ALERT_CLEARED};
    put_trade(1, TRADE_CLOSED);
    put_trade(2, TRADE_CLOSED);
    put_trade(3, TRADE_OPEN);
    put_fees();
    assert_true(journal_put_state(journal, session.id, &put, &err));
    assert_true(journal_put_alert(journal, session.id, &alert, &err));
    alert.id = 2;
    alert.state = ALERT_ACKED;
    assert_true(journal_put_alert(journal, session.id, &alert, &err));
    put_refusal(1, 4.9); /* a near miss: it was no candidate */
    put_refusal(2, 5.0);
    put_refusal(3, 9.0);
    assert_true(journal_count_decision(journal, session.id, 1, 1, &err)); /* nor this */
    assert_true(journal_count_decision(journal, session.id, 3, 1, &err));
    journal_close(journal);
    assert_true(journal_open_readonly(&journal, path, &err));
    assert_true(journal_status(journal, &got, &found, &err));
    assert_true(found && got.has_state && got.state.killed);
    assert_int_equal(got.state.sequence, 77);
    assert_null(got.state.core);
    assert_string_equal(got.session.name, session.name);
    assert_int_equal(got.opened, 3);
    assert_int_equal(got.closed, 2);
    assert_int_equal(got.refused, 3);
    check_near(got.realized_usd, 17.6, 1e-12); /* 8.8 of each closed trade */
    check_near(got.fees_usd, 3.5, 1e-12);
    assert_int_equal(got.alerts_total, 2);
    assert_int_equal(got.alerts_unacked, 1);
    assert_int_equal(got.alerts_high_unacked, 1);
}

static void has_no_status_without_a_session(void **state)
{
    struct journal *empty;
    struct journal_status got;
    char name[FOLDER_PATH_SIZE + 64];
    bool found = true;
    assert_true(journal_open(&empty, folder_file(name, folder, "empty.sqlite"), &err));
    assert_true(journal_status(empty, &got, &found, &err));
    assert_false(found);
    journal_close(empty);
    assert_false(journal_open_readonly(&empty, folder_file(name, folder, "none"), &err));
    assert_non_null(strstr(err.text, "No such file"));
}

/* Goal: what is asked of the file and the connection is really so. */
static void writes_through_a_full_wal_with_private_files(void **state)
{
    struct stat status;
    double last_ms = -1;
    double p99_ms = -1;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(count_of("PRAGMA application_id"), 0x6172626c);
    assert_int_equal(count_of("PRAGMA user_version"), 3);
    assert_int_equal(count_of("SELECT count(*) FROM pragma_journal_mode WHERE 1 = "
                              "(journal_mode = 'wal')"),
                     1);
    journal_commit_ms(journal, &last_ms, &p99_ms);
    assert_true(last_ms > 0 && p99_ms >= last_ms);
    for (int fd = 3; fd < 64; fd++) {
        const int flags = fcntl(fd, F_GETFD);
        char link[64];
        char target[512] = "";
        snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
        if (flags >= 0 && readlink(link, target, sizeof(target) - 1) > 0 &&
            strncmp(target, folder, strlen(folder)) == 0) {
            assert_true(flags & FD_CLOEXEC);
        }
    }
}

#define JOURNAL_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        JOURNAL_TEST(remembers_the_last_session),
        JOURNAL_TEST(keeps_only_the_newest_state),
        JOURNAL_TEST(gives_trades_back_bit_for_bit),
        JOURNAL_TEST(keeps_not_a_number_apart_from_zero),
        JOURNAL_TEST(pages_trades_newest_first),
        JOURNAL_TEST(pages_decisions_with_their_first_fault),
        JOURNAL_TEST(counts_what_repeats_a_decision),
        JOURNAL_TEST(keeps_one_row_per_alert),
        JOURNAL_TEST(takes_a_fill_once_and_an_intent_once),
        JOURNAL_TEST(says_how_a_session_stands_without_its_host),
        JOURNAL_TEST(has_no_status_without_a_session),
        JOURNAL_TEST(writes_through_a_full_wal_with_private_files),
    };
    return cmocka_run_group_tests_name("store/journal", tests, NULL, NULL);
}
