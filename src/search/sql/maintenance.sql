-- Writing by function, and clearing up.

-- Puts a document in the place of whatever had the rowid. One text for every FTS5 column, UNINDEXED ones too.
CREATE OR REPLACE FUNCTION fts5.put(relation regclass, rowid bigint, VARIADIC texts text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  x fts5.indexes;
  wanted text[];
  names text;
  casts text;
  updates text;
BEGIN
  x := fts5.writable(relation);
  IF cardinality(texts) <> cardinality(x.columns) THEN
    RAISE EXCEPTION '% has % columns, got % texts', relation, cardinality(x.columns), cardinality(texts) USING ERRCODE = '22023';
  END IF;
  IF x.content_columns IS NOT NULL THEN
    SELECT string_agg(format(', %I', c), '' ORDER BY o),
        string_agg(format(', $2[%s]::%s', o, format_type(a.atttypid, a.atttypmod)), '' ORDER BY o),
        string_agg(format('%I = EXCLUDED.%1$I', c), ', ' ORDER BY o)
      INTO names, casts, updates
      FROM unnest(x.content_columns) WITH ORDINALITY AS s(c, o)
      JOIN pg_attribute a ON a.attrelid = put.relation AND a.attname = c AND NOT a.attisdropped;
    EXECUTE format('INSERT INTO %s (rowid%s) VALUES ($1%s) ON CONFLICT (rowid) DO UPDATE SET %s', relation, names, casts, updates)
      USING rowid, texts;
    RETURN;
  END IF;
  SELECT array_agg(t ORDER BY o) INTO wanted FROM unnest(texts, x.indexed) WITH ORDINALITY AS s(t, i, o) WHERE i;
  EXECUTE format('INSERT INTO %s AS f (rowid, %I, %I, %I) SELECT $1, d.tsv, d.len, d.big FROM fts5.%I($2) d'
      || ' ON CONFLICT (rowid) DO UPDATE SET (%2$I, %3$I, %4$I) = (EXCLUDED.%2$I, EXCLUDED.%3$I, EXCLUDED.%4$I)',
      relation, x.vector, x.length, x.big, x.key || '_doc')
    USING rowid, wanted;
  PERFORM fts5.put_positions(relation, rowid, wanted);
END $$;

CREATE OR REPLACE FUNCTION fts5.remove(relation regclass, rowid bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fts5.writable(relation);
  EXECUTE format('DELETE FROM %s WHERE rowid = $1', relation) USING rowid;
END $$;

CREATE OR REPLACE FUNCTION fts5.writable(of regclass) RETURNS fts5.indexes
LANGUAGE plpgsql STABLE AS $$
DECLARE x fts5.indexes;
BEGIN
  SELECT * INTO x FROM fts5.indexes i WHERE i.relation = of;
  IF NOT FOUND THEN
    RAISE EXCEPTION '% is not a full-text table', of USING ERRCODE = '42809', HINT = 'Full-text tables are listed in fts5.indexes.';
  END IF;
  IF x.content IS NOT NULL THEN
    RAISE EXCEPTION '% follows %', of, x.content USING ERRCODE = '55000', HINT = format('Write to %s instead.', x.content);
  END IF;
  RETURN x;
END $$;

-- Runs as the owner, who alone may write positions; so it asks whether its caller could have written the row, and
-- writes for big rows only.
CREATE OR REPLACE FUNCTION fts5.put_positions(relation regclass, rowid bigint, texts text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  x fts5.indexes;
  is_big boolean;
BEGIN
  IF NOT has_table_privilege(CASE current_setting('role') WHEN 'none' THEN session_user ELSE current_setting('role')::name END, relation, 'INSERT') THEN
    RAISE EXCEPTION 'permission denied for table %', relation USING ERRCODE = '42501';
  END IF;
  SELECT * INTO x FROM fts5.indexes i WHERE i.relation = put_positions.relation AND i.content_columns IS NULL;
  IF NOT FOUND THEN RETURN; END IF;
  DELETE FROM fts5.positions p WHERE p.relation = put_positions.relation AND p.rowid = put_positions.rowid;
  EXECUTE format('SELECT %I FROM %s WHERE rowid = $1', x.big, relation) INTO is_big USING rowid;
  IF is_big IS NOT TRUE THEN RETURN; END IF;
  EXECUTE format('INSERT INTO fts5.positions SELECT $1, $2, p.lexeme, ($4)[p.col + 1], p.pos FROM fts5.%I($3) p', x.key || '_positions')
    USING relation, rowid, texts,
      (SELECT array_agg((o - 1)::smallint ORDER BY o) FROM unnest(x.indexed) WITH ORDINALITY AS s(i, o) WHERE i);
  IF x.postings IS NULL THEN RETURN; END IF;
  EXECUTE format('INSERT INTO fts5.%I (term, rowid, tf, dl)
      SELECT p.lexeme, p.rowid, sum(cardinality(p.pos)), t.%I FROM fts5.positions p JOIN %s t ON t.rowid = p.rowid
       WHERE p.relation = $1 AND p.rowid = $2 GROUP BY 1, 2, 4
      ON CONFLICT (term, rowid) DO UPDATE SET tf = EXCLUDED.tf, dl = EXCLUDED.dl', x.postings, x.length, relation)
    USING relation, rowid;
END $$;

-- Removes what belongs to full-text tables that have been dropped; says how many there were. For the owner.
CREATE OR REPLACE FUNCTION fts5.sweep() RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  gone fts5.indexes;
  f text;
  n integer := 0;
BEGIN
  FOR gone IN SELECT * FROM fts5.indexes i WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = i.relation) LOOP
    FOREACH f IN ARRAY gone.functions LOOP
      -- with the triggers that still call it from an external content table
      EXECUTE 'DROP FUNCTION IF EXISTS fts5.' || f || ' CASCADE';
    END LOOP;
    IF gone.postings IS NOT NULL THEN EXECUTE format('DROP TABLE IF EXISTS fts5.%I', gone.postings); END IF;
    DELETE FROM fts5.indexes i WHERE i.relation = gone.relation;
    n := n + 1;
  END LOOP;
  DELETE FROM fts5.statistics s WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = s.relation);
  DELETE FROM fts5.positions p WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = p.relation);
  RETURN n;
END $$;
REVOKE EXECUTE ON FUNCTION fts5.sweep() FROM PUBLIC;
