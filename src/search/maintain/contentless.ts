/** Triggers of a full-text table without texts: rows are written by fts5.put, which knows them; here they go. */
import { quoteName } from "../../core/quote.ts";
import type { FullTextIndex } from "../full-text-index.ts";
import { functionSql, type TriggerFunction, triggerSql } from "./trigger-sql.ts";

export function contentlessSql(index: FullTextIndex): { functions: TriggerFunction[]; triggers: string[] } {
  const name = `index_${index.suffix}_positions`;
  return {
    functions: [functionSql(name, removing, { asOwner: true })],
    triggers: [
      triggerSql(
        index.staging,
        "fts5_positions_delete",
        "AFTER DELETE",
        `FOR EACH ROW WHEN (OLD.${quoteName(index.big)})`,
        name,
      ),
    ],
  };
}

const removing = `BEGIN
  DELETE FROM fts5.positions p WHERE p.relation = TG_RELID AND p.rowid = OLD.rowid;
  RETURN NULL;
END`;
