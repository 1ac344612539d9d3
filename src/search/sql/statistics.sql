-- The number of rows and tokens of each full-text table, which ranking needs.

-- Folds a table's deltas into one. Rows that another transaction holds are left for later, so nobody waits; under
-- a stricter isolation than READ COMMITTED a row that somebody else has folded would be an error, so nothing is done.
CREATE OR REPLACE FUNCTION fts5.fold_statistics(of regclass) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN RETURN; END IF;
  WITH held AS MATERIALIZED (
    SELECT s.ctid AS place FROM fts5.statistics s WHERE s.relation = of LIMIT 1000 FOR UPDATE SKIP LOCKED
  ), taken AS (
    DELETE FROM fts5.statistics s USING held WHERE s.ctid = held.place RETURNING s.rows, s.tokens
  )
  INSERT INTO fts5.statistics SELECT of, sum(t.rows), sum(t.tokens) FROM taken t HAVING count(*) > 0;
END $$;
REVOKE EXECUTE ON FUNCTION fts5.fold_statistics(regclass) FROM PUBLIC;

-- For the trigger functions of single tables. One write in fifty pays for folding.
CREATE OR REPLACE FUNCTION fts5.count_change(of regclass, more_rows bigint, more_tokens bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF more_rows = 0 AND more_tokens = 0 THEN RETURN; END IF;
  INSERT INTO fts5.statistics VALUES (of, more_rows, more_tokens);
  IF random() < 0.02 THEN PERFORM fts5.fold_statistics(of); END IF;
END $$;
REVOKE EXECUTE ON FUNCTION fts5.count_change(regclass, bigint, bigint) FROM PUBLIC;

-- Counts anew, for a table that was written to past its triggers (session_replication_role).
CREATE OR REPLACE FUNCTION fts5.recount(of regclass) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE x fts5.indexes := fts5.registered(of);
BEGIN
  DELETE FROM fts5.statistics s WHERE s.relation = of;
  EXECUTE format('INSERT INTO fts5.statistics SELECT $1, count(*), coalesce(sum(f.%I), 0) FROM %s AS f', x.length, of) USING of;
END $$;
REVOKE EXECUTE ON FUNCTION fts5.recount(regclass) FROM PUBLIC;
