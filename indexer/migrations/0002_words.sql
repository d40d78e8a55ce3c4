-- The Latin words of all passages, for finding what a mistyped one was meant to be. Words of
-- passages that are gone may stay: they were words once.

CREATE TABLE word (
    word TEXT PRIMARY KEY
) WITHOUT ROWID;
