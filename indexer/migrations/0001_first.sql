-- Files, the rows and rejects read from them, the papers merged from rows, and the passages
-- that the store must hold.

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE file (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,     -- absolute
    name TEXT NOT NULL,            -- below the folder the user gave
    source TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    layout TEXT,                   -- null where the file could not be read
    date TEXT,
    problem TEXT                   -- why it could not be read
);

CREATE TABLE row (
    id INTEGER PRIMARY KEY,
    file_id INTEGER NOT NULL REFERENCES file (id) ON DELETE CASCADE,
    paper_id TEXT NOT NULL,
    line INTEGER NOT NULL,
    data TEXT NOT NULL             -- indexer.paper.Row as JSON
);
CREATE INDEX row_paper ON row (paper_id);
CREATE INDEX row_file ON row (file_id);

CREATE TABLE reject (
    id INTEGER PRIMARY KEY,
    file_id INTEGER NOT NULL REFERENCES file (id) ON DELETE CASCADE,
    line INTEGER NOT NULL,
    reason TEXT NOT NULL,
    raw TEXT NOT NULL
);
CREATE INDEX reject_file ON reject (file_id);

CREATE TABLE paper (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    data TEXT NOT NULL             -- indexer.paper.Paper as JSON
) WITHOUT ROWID;

-- state: "new" must be embedded and written, "changed" has a payload to be written anew,
-- "gone" must be deleted, "stored" is in the store as it should be.
CREATE TABLE passage (
    id TEXT PRIMARY KEY,
    paper_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    language TEXT NOT NULL,
    body TEXT NOT NULL,
    text TEXT NOT NULL,
    lexical_text TEXT NOT NULL,
    payload TEXT NOT NULL,         -- indexer.stores.base.Payload as JSON
    state TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX passage_paper ON passage (paper_id);
CREATE INDEX passage_state ON passage (state) WHERE state <> 'stored';
