#include "support/check.h"

#include <math.h>

#include "view/ranking.h"

/* Goal: of several pairs the one that has least coin and the one with the widest books count,
 * and a pair that knows neither takes nothing away. */
static void a_session_says_what_it_has(void **state)
{
    static struct snapshot snapshot;
    snprintf(snapshot.session, sizeof snapshot.session, "paper-1");
    snprintf(snapshot.source_kind, sizeof snapshot.source_kind, "csv");
    snapshot.params.min_spread_bps = 7;
    snapshot.guard_limits.open_trades = 3;
    snapshot.krw_trades_left = 12;
    snapshot.usdt_trades_left = NAN;
    snapshot.pairs_count = 3;
    snapshot.pairs[0].coin_trades_left = NAN;
    snapshot.pairs[1].coin_trades_left = 5;
    snapshot.pairs[2].coin_trades_left = 9;
    snapshot.pairs[0].width_bps = 2;
    snapshot.pairs[1].width_bps = 6;
    snapshot.pairs[2].width_bps = NAN;
    const struct ranking_session session = ranking_session_of(&snapshot);
    assert_string_equal(session.name, "paper-1");
    assert_string_equal(session.source_kind, "csv");
    check_near(session.params.min_spread_bps, 7, 0);
    check_near(session.guard_limits.open_trades, 3, 0);
    check_near(session.krw_trades_left, 12, 0);
    assert_true(isnan(session.usdt_trades_left));
    check_near(session.coin_trades_left, 5, 0);
    check_near(session.width_bps, 6, 0);
    snapshot.pairs_count = 0;
    assert_true(isnan(ranking_session_of(&snapshot).coin_trades_left));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_session_says_what_it_has)};
    return cmocka_run_group_tests_name("view/ranking", tests, NULL, NULL);
}
