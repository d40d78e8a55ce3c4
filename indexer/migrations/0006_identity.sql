-- What people decided about which rows and ids are one paper.

CREATE TABLE decision (
    number INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given out twice
    kind TEXT NOT NULL,            -- "merge" or "split"
    paper_id TEXT NOT NULL,        -- the paper that is made
    members TEXT NOT NULL,         -- JSON: the ids that it takes, or the marks of its rows
    origin TEXT,                   -- of a split: the paper that lost the rows
    made_at TEXT NOT NULL
);
