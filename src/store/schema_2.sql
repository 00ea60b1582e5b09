-- The journal, version 2: revisions of the engine's parameters.

-- Each is told of by an audit row, which the chain guards; the two must say the same.
CREATE TABLE revision (
    session       INTEGER NOT NULL REFERENCES session (id),
    number        INTEGER NOT NULL CHECK (number > 0),
    audit         INTEGER NOT NULL REFERENCES audit (number),
    wall_ns       INTEGER NOT NULL,
    time_ns       INTEGER NOT NULL,
    operator_name TEXT NOT NULL,
    origin        TEXT NOT NULL,
    params        TEXT NOT NULL,
    reason        TEXT NOT NULL,
    PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;
