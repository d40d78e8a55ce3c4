-- When papers came: what a page's date does not tell, since a page may grow for years or have none.

ALTER TABLE paper ADD COLUMN added TEXT;  -- the day (UTC); null: before this was kept
