-- The journal, version 1. docs/journal.md says what each table is for; versions after this one
-- are steps of their own beside this file, never edits of it.
--
-- Amounts named _units are whole units of 1e-8. A REAL that is NULL was not a number: not set,
-- or not known. Unsigned 64-bit numbers are kept by their bits.

CREATE TABLE session (
    id              INTEGER PRIMARY KEY,
    name            TEXT NOT NULL,
    mode            TEXT NOT NULL,
    source          TEXT NOT NULL,
    options_hash    TEXT NOT NULL,
    options_text    TEXT NOT NULL,
    data_hash       TEXT NOT NULL,
    started_wall_ns INTEGER NOT NULL,
    start_event_ns  INTEGER NOT NULL,
    ended_wall_ns   INTEGER NOT NULL DEFAULT 0,
    end_reason      TEXT NOT NULL DEFAULT '',
    seed            INTEGER NOT NULL,
    version         TEXT NOT NULL
) STRICT;

-- The newest state of each session, replaced whole.
CREATE TABLE state (
    session        INTEGER PRIMARY KEY REFERENCES session (id),
    sequence       INTEGER NOT NULL,
    source_line    INTEGER NOT NULL,
    time_ns        INTEGER NOT NULL,
    wall_ns        INTEGER NOT NULL,
    killed         INTEGER NOT NULL CHECK (killed IN (0, 1)),
    armed          INTEGER NOT NULL CHECK (armed IN (0, 1)),
    paused         INTEGER NOT NULL CHECK (paused IN (0, 1)),
    stopped        INTEGER NOT NULL CHECK (stopped IN (0, 1)),
    killed_by      TEXT NOT NULL,
    killed_reason  TEXT NOT NULL,
    paused_by      TEXT NOT NULL,
    killed_wall_ns INTEGER NOT NULL,
    core           BLOB NOT NULL,
    venue          BLOB NOT NULL,
    hash           TEXT NOT NULL
) STRICT;

-- What we are about to ask of a venue, written before it is asked.
CREATE TABLE intent (
    session           INTEGER NOT NULL REFERENCES session (id),
    client_id         INTEGER NOT NULL,
    trade_ref         INTEGER NOT NULL,
    pair              INTEGER NOT NULL,
    venue             INTEGER NOT NULL CHECK (venue IN (0, 1)),
    side              INTEGER NOT NULL CHECK (side IN (0, 1)),
    type              INTEGER NOT NULL,
    lifetime          INTEGER NOT NULL,
    class             INTEGER NOT NULL,
    quantity_units    INTEGER NOT NULL CHECK (quantity_units > 0),
    limit_price_units INTEGER NOT NULL,
    time_ns           INTEGER NOT NULL,
    PRIMARY KEY (session, client_id)
) STRICT, WITHOUT ROWID;

-- What the venue answered.
CREATE TABLE report (
    number         INTEGER PRIMARY KEY,
    session        INTEGER NOT NULL,
    client_id      INTEGER NOT NULL,
    venue          INTEGER NOT NULL,
    kind           INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 4),
    error          INTEGER NOT NULL,
    fill_id        INTEGER NOT NULL,
    quantity_units INTEGER NOT NULL,
    value_units    INTEGER NOT NULL,
    fee_units      INTEGER NOT NULL,
    price          REAL,
    touch_price    REAL,
    krw_per_usd    REAL,
    time_ns        INTEGER NOT NULL,
    FOREIGN KEY (session, client_id) REFERENCES intent (session, client_id)
) STRICT;

-- A fill is one fill however often it is told (kind 0), and so is every other answer.
CREATE UNIQUE INDEX report_fill ON report (session, venue, fill_id) WHERE kind = 0;
CREATE UNIQUE INDEX report_answer ON report (session, client_id, kind) WHERE kind <> 0;

CREATE TABLE trade (
    session          INTEGER NOT NULL REFERENCES session (id),
    id               INTEGER NOT NULL,
    pair_name        TEXT NOT NULL,
    pair             INTEGER NOT NULL,
    side             INTEGER NOT NULL CHECK (side IN (0, 1)),
    state            INTEGER NOT NULL CHECK (state BETWEEN 0 AND 6),
    exit             INTEGER NOT NULL CHECK (exit BETWEEN 0 AND 9),
    open_ns          INTEGER NOT NULL,
    close_ns         INTEGER NOT NULL,
    entry_spread_bps REAL,
    exit_spread_bps  REAL,
    net_edge_bps     REAL,
    notional_usd     REAL,
    quantity         REAL,
    funding_usd      REAL,
    repair_usd       REAL,
    repair_fees_usd  REAL,
    a_in_quantity    REAL,
    a_in_price       REAL,
    a_in_touch       REAL,
    a_in_krw         REAL,
    b_in_quantity    REAL,
    b_in_price       REAL,
    b_in_touch       REAL,
    b_in_krw         REAL,
    a_out_quantity   REAL,
    a_out_price      REAL,
    a_out_touch      REAL,
    a_out_krw        REAL,
    b_out_quantity   REAL,
    b_out_price      REAL,
    b_out_touch      REAL,
    b_out_krw        REAL,
    gross_usd        REAL,
    fees_usd         REAL,
    fx_cost_usd      REAL,
    slippage_usd     REAL,
    fx_usd           REAL,
    price_usd        REAL,
    paid_funding_usd REAL,
    pnl_usd          REAL,
    pnl_bps          REAL,
    PRIMARY KEY (session, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE decision (
    session      INTEGER NOT NULL REFERENCES session (id),
    number       INTEGER NOT NULL,
    time_ns      INTEGER NOT NULL,
    pair         TEXT NOT NULL,
    side         INTEGER NOT NULL CHECK (side IN (0, 1)),
    action       INTEGER NOT NULL CHECK (action BETWEEN 0 AND 3),
    reason       INTEGER NOT NULL,
    net_edge_bps REAL,
    observed     REAL,
    bound        REAL,
    envelope     TEXT NOT NULL,
    PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE alert (
    session          INTEGER NOT NULL REFERENCES session (id),
    id               INTEGER NOT NULL,
    severity         INTEGER NOT NULL CHECK (severity BETWEEN 0 AND 2),
    state            INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
    active           INTEGER NOT NULL CHECK (active IN (0, 1)),
    count            INTEGER NOT NULL,
    first_ns         INTEGER NOT NULL,
    last_ns          INTEGER NOT NULL,
    shelved_until_ns INTEGER NOT NULL,
    rule             TEXT NOT NULL,
    text             TEXT NOT NULL,
    acked_by         TEXT NOT NULL,
    PRIMARY KEY (session, id)
) STRICT, WITHOUT ROWID;

-- Operator actions; each row's hash covers the one before it.
CREATE TABLE audit (
    number        INTEGER PRIMARY KEY,
    session       INTEGER NOT NULL REFERENCES session (id),
    wall_ns       INTEGER NOT NULL,
    time_ns       INTEGER NOT NULL,
    operator_name TEXT NOT NULL,
    verb          TEXT NOT NULL,
    text          TEXT NOT NULL,
    result        TEXT NOT NULL,
    hash          TEXT NOT NULL
) STRICT;

CREATE INDEX audit_session ON audit (session, number);

-- The end of the chain, so that rows cut off its end are missed.
CREATE TABLE audit_head (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    rows INTEGER NOT NULL,
    hash TEXT NOT NULL
) STRICT;

INSERT INTO audit_head (id, rows, hash) VALUES (1, 0, '');
