#include "fixture.h"

/* Goal: a transaction is there whole or not at all, also when a call in the middle failed and
 * nobody looked. */
static void keeps_a_transaction_whole_or_not_at_all(void **state)
{
    assert_true(journal_begin(journal, &err));
    put_trade(1, TRADE_OPEN);
    journal_rollback(journal);
    assert_int_equal(count_of("SELECT count(*) FROM trade"), 0);

    assert_true(journal_begin(journal, &err));
    put_trade(1, TRADE_OPEN);
    assert_true(journal_put_intent(journal, session.id, &ORDER, 1, &err));
    assert_false(journal_put_intent(journal, session.id, &ORDER, 1, &err));
    const struct trade trade = a_trade(2, TRADE_OPEN);
    assert_false(journal_put_trade(journal, session.id, &trade, NULL, "BTC", &err));
    assert_non_null(strstr(err.text, "failed before"));
    assert_false(journal_commit(journal, &err));
    assert_non_null(strstr(err.text, "nothing of this transaction was kept"));
    assert_int_equal(count_of("SELECT count(*) FROM trade"), 0);
    assert_int_equal(count_of("SELECT count(*) FROM intent"), 0);

    assert_true(journal_begin(journal, &err));
    put_trade(1, TRADE_OPEN);
    assert_true(journal_commit(journal, &err));
    assert_int_equal(count_of("SELECT count(*) FROM trade"), 1);
}

/* Goal: readers see what is committed and nothing else, while the writer goes on. */
static void lets_readers_in_beside_the_writer(void **state)
{
    struct journal *reader;
    static struct page page;
    const struct page_query query = {.kind = PAGE_TRADES, .count = 5};
    put_trade(1, TRADE_OPEN);
    assert_true(journal_open_readonly(&reader, path, &err));
    assert_true(journal_begin(journal, &err));
    put_trade(2, TRADE_OPEN);
    assert_true(journal_query(reader, session.id, &query, &page, &err));
    assert_int_equal(page.total, 1);
    assert_true(journal_commit(journal, &err));
    assert_true(journal_query(reader, session.id, &query, &page, &err));
    assert_int_equal(page.total, 2);
    assert_false(journal_set_data_hash(reader, session.id, "x", &err));
    journal_close(reader);
    put_trade(3, TRADE_OPEN);
}

/* Goal: a second writer waits a bounded time and gets an error, not a hang. */
static void bounds_the_wait_for_another_writer(void **state)
{
    struct journal *other;
    assert_true(journal_open(&other, path, &err));
    assert_true(journal_begin(journal, &err));
    put_trade(1, TRADE_OPEN);
    assert_int_equal(journal_fault(other), REASON_NONE);
    assert_false(journal_begin(other, &err));
    assert_int_equal(err.kind, ERR_IO);
    assert_non_null(strstr(err.text, "busy"));
    assert_int_equal(journal_fault(other), REASON_JOURNAL_BUSY);
    assert_true(journal_commit(journal, &err));
    assert_true(journal_begin(other, &err));
    assert_true(journal_commit(other, &err));
    assert_int_equal(journal_fault(other), REASON_NONE);
    journal_close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keeps_a_transaction_whole_or_not_at_all, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(lets_readers_in_beside_the_writer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bounds_the_wait_for_another_writer, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("store/transaction", tests, NULL, NULL);
}
