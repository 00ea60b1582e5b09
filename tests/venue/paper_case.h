#pragma once
#include "venue_case.h"

#include "venue/paper.h"

/* paper_case: the account of venue_case.h at the paper venue. */

static inline struct venue_paper_config paper_case_config(void)
{
    struct venue_paper_config config;
    memset(&config, 0, sizeof config);
    config.pairs_count = 2;
    config.lot_a_units[0] = config.lot_a_units[1] = ONE / 1000;
    config.lot_b_units[0] = config.lot_b_units[1] = ONE / 1000;
    config.tick_a_units[0] = config.tick_a_units[1] = ONE;
    config.tick_b_units[0] = config.tick_b_units[1] = ONE / 10;
    config.minimum_a_units[0] = 5000 * ONE;
    config.minimum_b_units[0] = 5 * ONE;
    strcpy(config.names[0], "BTC");
    strcpy(config.names[1], "ETH");
    config.fee_a_bps = config.fee_b_bps = 5.0;
    config.leverage = 5.0;
    config.maintenance_rate[0] = config.maintenance_rate[1] = 0.004;
    config.seed = 7;
    config.krw_units = VENUE_CASE_KRW * ONE;
    config.usdt_units = VENUE_CASE_USDT * ONE;
    return config;
}

static inline void paper_case_show(struct venue_case *it, int32_t pair, enum venue which,
                                   const struct book *book)
{
    venue_paper_show_book(it->venue, pair, which, book, it->now_ns);
}

static inline void paper_case_open(struct venue_case *it,
                                   const struct venue_paper_config *config)
{
    struct err err;
    memset(it, 0, sizeof *it);
    it->now_ns = INT64_C(1000000000000);
    it->show = paper_case_show;
    it->venue = venue_paper_create(config);
    venue_paper_show_fx(it->venue, 1450.0);
    assert_true(venue_paper_open_spot(it->venue, 1, 10 * ONE, 1000 * ONE, &err));
}

static inline void paper_case_close(struct venue_case *it)
{
    it->venue->ops->close(it->venue);
}
