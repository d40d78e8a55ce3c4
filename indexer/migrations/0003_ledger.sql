-- What sources announced and gave, by window of time, and which days are expected of them.

CREATE TABLE delivery (
    source TEXT NOT NULL,
    stream TEXT NOT NULL,          -- what was asked of the source
    time_window TEXT NOT NULL,     -- "2025-09-01", a part or a multiple of a day, or "all"
    announced INTEGER,             -- null where the source states no number
    received INTEGER NOT NULL,     -- entries, as they came
    duplicates INTEGER NOT NULL,
    kept INTEGER NOT NULL,         -- papers of an earlier delivery that the last one lacked
    missing TEXT,                  -- what is missing, and why
    split INTEGER NOT NULL,        -- its parts were asked for instead
    settled INTEGER NOT NULL,      -- nothing will come later
    fetched_at TEXT NOT NULL,
    path TEXT NOT NULL,            -- file.path of what was received
    PRIMARY KEY (source, stream, time_window)
) WITHOUT ROWID;

CREATE TABLE followed (
    source TEXT NOT NULL,
    stream TEXT NOT NULL,
    options TEXT NOT NULL,         -- JSON: what `archive fetch` was told, without dates
    first_day TEXT,                -- null where the stream is not asked day by day
    last_day TEXT,                 -- null: until today
    PRIMARY KEY (source, stream)
) WITHOUT ROWID;
