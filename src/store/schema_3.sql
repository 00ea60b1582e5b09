-- The journal, version 3: a refusal that repeats itself is one row that counts.

-- How many more like it there were, and when the last of them was.
ALTER TABLE decision ADD COLUMN alike INTEGER NOT NULL DEFAULT 0 CHECK (alike >= 0);
ALTER TABLE decision ADD COLUMN last_ns INTEGER NOT NULL DEFAULT 0;
