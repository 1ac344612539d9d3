/** Triggers on the full-text table itself that count rows and tokens, whoever writes. */
import { quoteName } from "../../core/quote.ts";
import type { FullTextIndex } from "../full-text-index.ts";
import { functionSql, type TriggerFunction, triggerSql } from "./trigger-sql.ts";

export function statisticsSql(index: FullTextIndex): { functions: TriggerFunction[]; triggers: string[] } {
  const name = `index_${index.suffix}_count`;
  const trigger = (event: string, tables: string) =>
    triggerSql(
      index.staging,
      `fts5_count_${event.toLowerCase()}`,
      `AFTER ${event}`,
      `${tables} FOR EACH STATEMENT`,
      name,
    );
  return {
    functions: [functionSql(name, countBody(index), { asOwner: true })],
    triggers: [
      trigger("INSERT", "REFERENCING NEW TABLE AS new_rows"),
      trigger("UPDATE", "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"),
      trigger("DELETE", "REFERENCING OLD TABLE AS old_rows"),
      trigger("TRUNCATE", ""),
    ],
  };
}

/** TRUNCATE locks the table exclusively, so no concurrent delta can be missed. */
function countBody({ length }: FullTextIndex): string {
  const sum = `coalesce(sum(${quoteName(length)}), 0)`;
  return `DECLARE
  more_rows bigint := 0;
  more_tokens bigint := 0;
  n bigint;
  t bigint;
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    DELETE FROM fts5.statistics s WHERE s.relation = TG_RELID;
    DELETE FROM fts5.positions p WHERE p.relation = TG_RELID;
    RETURN NULL;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    SELECT count(*), ${sum} INTO more_rows, more_tokens FROM new_rows;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    SELECT count(*), ${sum} INTO n, t FROM old_rows;
    more_rows := more_rows - n;
    more_tokens := more_tokens - t;
  END IF;
  PERFORM fts5.count_change(TG_RELID, more_rows, more_tokens);
  RETURN NULL;
END`;
}
