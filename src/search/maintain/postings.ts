/**
 * The table of postings of a full-text table, for those who ask for it: how it is made from vectors that
 * are there, and the triggers that keep it in sync.
 */
import { quoteName, quotePostgresLiteral } from "../../core/quote.ts";
import type { FullTextIndex } from "../full-text-index.ts";
import { regclass, tableName } from "./sql-text.ts";
import { functionSql, type TriggerFunction, triggerSql } from "./trigger-sql.ts";

/** Undefined when the index has none. */
export function postingsTable({ suffix, postings }: FullTextIndex): string | undefined {
  return postings === true ? `${suffix}_postings` : undefined;
}

/**
 * Sorted before it is written, so that the words of a search lie together. It is read only by those who may
 * read every row of the full-text table.
 */
export function postingsTableSql(index: FullTextIndex, name: string): string {
  const table = `fts5.${quoteName(name)}`;
  const [length, big] = [index.length, index.big].map(quoteName);
  return `DROP TABLE IF EXISTS ${table};
CREATE TABLE ${table} (term text COLLATE "C" NOT NULL, rowid bigint NOT NULL, tf integer NOT NULL, dl integer NOT NULL);
INSERT INTO ${table} SELECT s.term COLLATE "C", s.rowid, s.tf, s.dl FROM (
  SELECT u.lexeme AS term, f.rowid, cardinality(u.positions) AS tf, f.${length} AS dl
  FROM ${tableName(index.staging)} AS f, unnest(f.${quoteName(index.vector)}) AS u WHERE NOT f.${big} AND ${isWord(index)}
  UNION ALL
  SELECT p.lexeme, p.rowid, sum(cardinality(p.pos))::integer, f.${length}
  FROM fts5.positions AS p JOIN ${tableName(index.staging)} AS f ON f.rowid = p.rowid
  WHERE p.relation = ${regclass(index.staging)} AND f.${big} GROUP BY p.lexeme, p.rowid, f.${length}
) AS s ORDER BY 1, 2;
ALTER TABLE ${table} ADD PRIMARY KEY (term, rowid) INCLUDE (tf, dl);
ALTER TABLE ${table} ALTER COLUMN term SET STATISTICS 1000;
ANALYZE ${table};
GRANT SELECT ON ${table} TO PUBLIC;
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY readers_of_the_table ON ${table} FOR SELECT USING (fts5.postings_readable(${quotePostgresLiteral(name)}))`;
}

export function postingsSql(index: FullTextIndex): { functions: TriggerFunction[]; triggers: string[] } {
  const table = postingsTable(index);
  if (table === undefined) return { functions: [], triggers: [] };
  const name = `index_${index.suffix}_post`;
  const trigger = (event: string, tables: string) =>
    triggerSql(
      index.staging,
      `fts5_post_${event.toLowerCase()}`,
      `AFTER ${event}`,
      `${tables} FOR EACH STATEMENT`,
      name,
    );
  return {
    functions: [functionSql(name, postBody(index, `fts5.${quoteName(table)}`), { asOwner: true })],
    triggers: [
      trigger("INSERT", "REFERENCING NEW TABLE AS new_rows"),
      trigger("UPDATE", "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"),
      trigger("DELETE", "REFERENCING OLD TABLE AS old_rows"),
      trigger("TRUNCATE", ""),
    ],
  };
}

/** For an external table's trigger, when it has written the positions of the rows `large`, whose old postings are gone. */
export function postBigRowsSql(index: FullTextIndex, table: string): string {
  return `INSERT INTO fts5.${quoteName(table)} (term, rowid, tf, dl)
      SELECT p.lexeme, p.rowid, sum(cardinality(p.pos)), f.${quoteName(index.length)}
      FROM fts5.positions p JOIN ${tableName(index.final)} f ON f.rowid = p.rowid
      WHERE p.relation = full_text AND p.rowid = ANY (large) GROUP BY p.lexeme, p.rowid, f.${quoteName(index.length)};`;
}

/**
 * Removed row by row: plans are kept, and one made for many rows would read the whole table for a single one.
 * Of an update only the rows that it changes; big ones always, since their vectors do not tell. The positions of
 * a big row come before this where the table keeps its texts itself, and after it elsewhere, where whoever
 * writes them adds the postings.
 */
function postBody(index: FullTextIndex, table: string): string {
  const [vector, length, big] = [index.vector, index.length, index.big].map(quoteName);
  const kept = `${vector} AS tsv, ${length} AS len, ${big} AS big`;
  const put = `INSERT INTO ${table} (term, rowid, tf, dl)
      SELECT u.lexeme, r.rowid, cardinality(u.positions), r.len FROM unnest(r.tsv) AS u WHERE ${isWord(index)};`;
  const putBig =
    index.content.kind === "own"
      ? `INSERT INTO ${table} (term, rowid, tf, dl)
      SELECT p.lexeme, r.rowid, sum(cardinality(p.pos)), r.len FROM fts5.positions p
      WHERE p.relation = TG_RELID AND p.rowid = r.rowid GROUP BY p.lexeme;`
      : "NULL;";
  return `DECLARE r record;
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    TRUNCATE ${table};
  ELSIF TG_OP = 'INSERT' THEN
    FOR r IN SELECT n.rowid, ${kept} FROM new_rows n LOOP
      IF r.big THEN ${putBig} ELSE ${put} END IF;
    END LOOP;
  ELSIF TG_OP = 'DELETE' THEN
    FOR r IN SELECT o.rowid, ${kept} FROM old_rows o LOOP
      ${removal(table)}
    END LOOP;
  ELSE
    FOR r IN
      SELECT s.rowid, s.tsv, max(s.len) AS len, bool_or(s.big) AS big, bool_or(s.fresh) AS fresh
      FROM (SELECT o.rowid, ${kept}, false AS fresh FROM old_rows o UNION ALL SELECT n.rowid, ${kept}, true FROM new_rows n) AS s
      GROUP BY s.rowid, s.tsv, CASE WHEN s.big THEN s.fresh END HAVING count(*) = 1 ORDER BY 5
    LOOP
      IF NOT r.fresh THEN ${removal(table)}
      ELSIF r.big THEN ${putBig}
      ELSE ${put} END IF;
    END LOOP;
  END IF;
  RETURN NULL;
END`;
}

/**
 * A vector that would have been too large is null, and leaves nothing but the rowid to go by. Words are joined
 * rather than given as an array, with which every row would be planned anew.
 */
function removal(table: string): string {
  return `IF r.tsv IS NULL THEN DELETE FROM ${table} p WHERE p.rowid = r.rowid;
      ELSE DELETE FROM ${table} p USING unnest(r.tsv) u WHERE p.term = u.lexeme AND p.rowid = r.rowid; END IF;`;
}

/** Neither the mark of a column's beginning, nor the word of one column alone. */
function isWord({ columns }: FullTextIndex): string {
  const labels = columns.filter(({ indexed }) => indexed).length <= 4;
  return labels ? `u.lexeme <> E'\\x02^'` : `u.lexeme <> E'\\x02^' AND u.lexeme !~ E'^\\x02[0-9]+\\x02.'`;
}
