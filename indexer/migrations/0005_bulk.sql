-- How far each bulk file has been read, and where rows that an export carries were first seen.

ALTER TABLE row ADD COLUMN seen TEXT;  -- indexer.paper.Sighting as JSON; null: seen in its file

DROP INDEX row_file;
CREATE INDEX row_file ON row (file_id, line);
DROP INDEX reject_file;
CREATE INDEX reject_file ON reject (file_id, line);

CREATE TABLE bulk (
    file_id INTEGER PRIMARY KEY REFERENCES file (id) ON DELETE CASCADE,
    selection TEXT NOT NULL,           -- indexer.bulk.selection.Selection as JSON
    line INTEGER NOT NULL DEFAULT 0,   -- everything up to this line is in the catalogue
    left_out INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0
);
