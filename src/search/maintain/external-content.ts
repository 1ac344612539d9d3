/**
 * Triggers on a content table that keep its full-text table in sync. By statement, so that many
 * rows cost one pass; only rows whose key or indexed columns have changed are tokenised again.
 */
import { quoteName, quotePostgresLiteral } from "../../core/quote.ts";
import type { FullTextContent, FullTextIndex } from "../full-text-index.ts";
import { postBigRowsSql, postingsTable } from "./postings.ts";
import { columnNumbers, hasDates, regclass, tableName, texts } from "./sql-text.ts";
import { functionSql, type TriggerFunction, triggerSql } from "./trigger-sql.ts";

type External = Extract<FullTextContent, { kind: "external" }>;

export function externalContentSql(
  index: FullTextIndex,
  content: External,
): { functions: TriggerFunction[]; triggers: string[] } {
  const make = (event: string, steps: string) =>
    functionSql(`index_${index.suffix}_${event}`, syncBody(index, content, steps), {
      asOwner: true,
      dates: hasDates(index.columns),
    });
  const trigger = (event: "insert" | "update" | "delete" | "truncate", tables: string) =>
    triggerSql(
      content.staging,
      `fts5_${index.suffix}_${event}`,
      `AFTER ${event.toUpperCase()}`,
      `${tables} FOR EACH STATEMENT`,
      `index_${index.suffix}_${event}`,
    );
  const key = `n.${quoteName(content.key)}::bigint`;
  const removed = `o.${quoteName(content.key)}::bigint`;
  const gone = `SELECT ${removed} FROM old_rows o`;
  const changed = `old_rows o RIGHT JOIN new_rows n ON ${removed} = ${key}
    WHERE ${removed} IS NULL OR ${texts(index.columns, "n")} IS DISTINCT FROM ${texts(index.columns, "o")}`;
  return {
    functions: [
      make("insert", put(index, content, "new_rows n WHERE true")),
      make(
        "update",
        `${remove(index, `${gone} EXCEPT SELECT ${key} FROM new_rows n`)}\n${put(index, content, changed)}`,
      ),
      make("delete", remove(index, gone)),
      make(
        "truncate",
        `  DELETE FROM fts5.positions p WHERE p.relation = full_text;\n  DELETE FROM ${tableName(index.final)};`,
      ),
    ],
    triggers: [
      trigger("insert", "REFERENCING NEW TABLE AS new_rows"),
      trigger("update", "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"),
      trigger("delete", "REFERENCING OLD TABLE AS old_rows"),
      trigger("truncate", ""),
    ],
  };
}

/**
 * Final names: triggers fire only after the switch. A full-text table that somebody has dropped is no error, and a table
 * that another puts in its place is not written to: its triggers would run with the rights of this function's owner.
 */
function syncBody(index: FullTextIndex, content: External, steps: string): string {
  return `DECLARE
  full_text CONSTANT oid := to_regclass(${quotePostgresLiteral(tableName(index.final))});
  large bigint[];
BEGIN
  IF to_regclass(${quotePostgresLiteral(tableName(content.final))}) IS DISTINCT FROM TG_RELID
      OR NOT EXISTS (SELECT FROM fts5.indexes i WHERE i.relation = full_text) THEN
    RETURN NULL;
  END IF;
${steps}
  RETURN NULL;
END`;
}

function put(index: FullTextIndex, { key }: External, from: string): string {
  const kept = [index.vector, index.length, index.big].map(quoteName);
  const postings = postingsTable(index);
  return `  IF EXISTS (SELECT FROM fts5.positions p WHERE p.relation = full_text) THEN
    DELETE FROM fts5.positions p WHERE p.relation = full_text AND p.rowid IN (SELECT n.${quoteName(key)}::bigint FROM ${from});
  END IF;
  WITH written AS (
    INSERT INTO ${tableName(index.final)} (rowid, ${kept.join(", ")})
    SELECT s.k, d.tsv, d.len, d.big
    FROM (SELECT n.${quoteName(key)}::bigint AS k, ${texts(index.columns, "n")} AS texts FROM ${from}) AS s,
      fts5.${index.tokenizer.key}_doc(s.texts) AS d
    WHERE s.k IS NOT NULL
    ON CONFLICT (rowid) DO UPDATE SET ${kept.map((name) => `${name} = EXCLUDED.${name}`).join(", ")}
    RETURNING rowid, ${quoteName(index.big)} AS big
  )
  SELECT array_agg(w.rowid) FILTER (WHERE w.big) INTO large FROM written w;
  IF large IS NOT NULL THEN
    INSERT INTO fts5.positions
      SELECT full_text, n.${quoteName(key)}::bigint, p.lexeme, (${columnNumbers(index.columns)})[p.col + 1], p.pos
      FROM new_rows n, fts5.${index.tokenizer.key}_positions(${texts(index.columns, "n")}) AS p
      WHERE n.${quoteName(key)}::bigint = ANY (large);
${postings === undefined ? "" : `    ${postBigRowsSql(index, postings)}\n`}  END IF;`;
}

function remove(index: FullTextIndex, keys: string): string {
  return `  DELETE FROM fts5.positions p WHERE p.relation = full_text AND p.rowid IN (${keys});
  DELETE FROM ${tableName(index.final)} f WHERE f.rowid IN (${keys});`;
}

export function contentRegclass(content: FullTextContent): string {
  return content.kind === "external" ? regclass(content.staging) : "NULL";
}
