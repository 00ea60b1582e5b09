#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* row: a result as a ranking sees it, read back from its JSON.
 *
 * Nothing that can stand in a file makes it fail: what cannot be read, says "error" or has no
 * finite PnL is a row that did not succeed, with its reason. */

enum { ROW_SIZE_MAX = 1024 * 1024 };

struct row {
    bool success;
    bool stopped;      /* early, by successive halving: neither a success nor an error */
    double seen_share; /* of the data: 1 unless it was stopped */
    char *error;       /* NULL when it succeeded */
    char *job_id, *tag;
    char *config_hash, *data_hash, *profile, *pnl_model, *version; /* "" when missing */
    double pnl_usd;      /* what is ranked: `exact` counts what is still open */
    double drawdown_pct; /* NAN when missing */
    int64_t total_trades, closed_trades;
    double *equity_change_usd; /* SUMMARY_BUCKETS of them, owned; NULL when missing */
    json_t *root;              /* the whole object, owned; NULL when there is none */
};

/* Reads the bytes; `name` stands for the job id where they have none. */
void row_read(struct row *row, const char *name, const char *bytes, size_t length);
/* A row of something that could not even be read. */
void row_fail(struct row *row, const char *name, const char *reason);
void row_finish(struct row *row); /* accepts zeroed */

/* A summary that lies among the results is no result. */
bool row_is_summary(const struct row *row);
/* A parameter of its run; NAN when it is not there or not a number. */
double row_param(const struct row *row, const char *name);
