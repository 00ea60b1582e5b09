-- The tuning journal, version 1. docs/journal.md says what each table is for.

CREATE TABLE sweep (
    id              INTEGER PRIMARY KEY,
    folder          TEXT NOT NULL UNIQUE,
    jobs_file       TEXT NOT NULL DEFAULT '',
    jobs            INTEGER NOT NULL DEFAULT 0,
    pid             INTEGER NOT NULL DEFAULT 0,
    started_wall_ns INTEGER NOT NULL DEFAULT 0,
    ended_wall_ns   INTEGER NOT NULL DEFAULT 0,
    end_reason      TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE sweep_job (
    sweep         INTEGER NOT NULL REFERENCES sweep (id),
    number        INTEGER NOT NULL,
    job_id        TEXT NOT NULL,
    state         INTEGER NOT NULL CHECK (state BETWEEN 0 AND 4),
    config_hash   TEXT NOT NULL,
    data_hash     TEXT NOT NULL,
    pnl_usd       REAL,
    drawdown_pct  REAL,
    closed_trades INTEGER NOT NULL,
    error         TEXT NOT NULL,
    PRIMARY KEY (sweep, number)
) STRICT, WITHOUT ROWID;
