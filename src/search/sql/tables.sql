-- What the database knows of its full-text tables. Everybody may read these tables; only the trigger
-- functions of this schema, which run as its owner, write to them.

CREATE TABLE IF NOT EXISTS fts5.indexes (
  relation regclass PRIMARY KEY,                    -- the full-text table
  tokenize text NOT NULL,                           -- FTS5's own string
  key text NOT NULL,                                -- names the tokenizer's functions
  columns text[] NOT NULL,                          -- every FTS5 column in order, by the name used in queries
  indexed boolean[] NOT NULL,                       -- false = UNINDEXED
  detail text NOT NULL DEFAULT 'full',              -- full | column | none
  vector text NOT NULL DEFAULT 'tsv',               -- names of the three columns kept for searching
  length text NOT NULL DEFAULT 'len',
  big text NOT NULL DEFAULT 'big',
  content regclass,                                 -- external content table; null for own content and contentless
  content_key text,                                 -- its column that is the rowid
  content_columns text[],                           -- by FTS5 column, in the content table or in the table itself; null when contentless
  weights float8[],                                 -- of bm25 by FTS5 column; null = all 1
  postings text,                                    -- its table of postings in this schema; null = none
  functions text[] NOT NULL DEFAULT '{}'            -- made for this table alone, as name(args) in this schema
);

-- Columns that came later.
ALTER TABLE fts5.indexes ADD COLUMN IF NOT EXISTS postings text;

-- Deltas, not totals: writers append, so that none waits for another. The sum is the truth at any moment.
CREATE TABLE IF NOT EXISTS fts5.statistics (
  relation regclass NOT NULL,
  rows bigint NOT NULL,
  tokens bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS statistics_relation ON fts5.statistics (relation);
-- Where a publication has all tables, deltas could not be folded without it.
ALTER TABLE fts5.statistics REPLICA IDENTITY FULL;

-- Of big rows alone: their vectors hold no positions.
CREATE TABLE IF NOT EXISTS fts5.positions (
  relation regclass NOT NULL,
  rowid bigint NOT NULL,
  lexeme text COLLATE "C" NOT NULL,
  col smallint NOT NULL,                            -- FTS5 column number, UNINDEXED ones counted
  pos int[] NOT NULL,                               -- 0-based token offsets in that column
  PRIMARY KEY (relation, rowid, lexeme, col)
);

GRANT USAGE ON SCHEMA fts5 TO PUBLIC;
GRANT SELECT ON fts5.indexes, fts5.statistics, fts5.positions TO PUBLIC;

-- Positions hold the words of a table's rows, so whoever may not read the table, or not all of its rows, does not see them.
ALTER TABLE fts5.positions ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS readers_of_the_table ON fts5.positions;
CREATE POLICY readers_of_the_table ON fts5.positions FOR SELECT USING (has_table_privilege(relation, 'SELECT') AND NOT row_security_active(relation));
