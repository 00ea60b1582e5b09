-- The tuning journal, version 3: how a session was run, so that it can go on in the same way.

ALTER TABLE sweep ADD COLUMN parallel INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sweep ADD COLUMN prune INTEGER NOT NULL DEFAULT 0 CHECK (prune BETWEEN 0 AND 1);
