-- Saved searches, and which papers a run of each has already shown.

CREATE TABLE watch (
    name TEXT PRIMARY KEY,
    query TEXT NOT NULL,
    narrowing TEXT NOT NULL,       -- search_api.filters.Narrowing as JSON
    min_score REAL NOT NULL,
    last_run TEXT                  -- null before the first
) WITHOUT ROWID;

-- A paper may leave the archive and come back: it was shown all the same.
CREATE TABLE shown (
    watch TEXT NOT NULL REFERENCES watch (name) ON DELETE CASCADE,
    paper_id TEXT NOT NULL,
    PRIMARY KEY (watch, paper_id)
) WITHOUT ROWID;
