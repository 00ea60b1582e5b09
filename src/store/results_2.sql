-- The tuning journal, version 2: passes that watchers can follow, and jobs that were stopped.

ALTER TABLE sweep ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sweep ADD COLUMN pass_done REAL;
ALTER TABLE sweep ADD COLUMN saved_share REAL NOT NULL DEFAULT 0;
ALTER TABLE sweep ADD COLUMN told_wall_ns INTEGER NOT NULL DEFAULT 0;

-- The bound of a column cannot be changed in place.
CREATE TABLE sweep_job_2 (
    sweep         INTEGER NOT NULL REFERENCES sweep (id),
    number        INTEGER NOT NULL,
    job_id        TEXT NOT NULL,
    state         INTEGER NOT NULL CHECK (state BETWEEN 0 AND 5),
    config_hash   TEXT NOT NULL,
    data_hash     TEXT NOT NULL,
    pnl_usd       REAL,
    drawdown_pct  REAL,
    closed_trades INTEGER NOT NULL,
    error         TEXT NOT NULL,
    PRIMARY KEY (sweep, number)
) STRICT, WITHOUT ROWID;
INSERT INTO sweep_job_2 SELECT * FROM sweep_job;
DROP TABLE sweep_job;
ALTER TABLE sweep_job_2 RENAME TO sweep_job;
