/** Triggers of a full-text table that keeps its texts itself: a row gets its vector when it is written. */
import { quoteName } from "../../core/quote.ts";
import type { FullTextIndex } from "../full-text-index.ts";
import { columnNumbers, hasDates, texts } from "./sql-text.ts";
import { functionSql, type TriggerFunction, triggerSql } from "./trigger-sql.ts";

export function ownContentSql(index: FullTextIndex): { functions: TriggerFunction[]; triggers: string[] } {
  const row = `index_${index.suffix}_row`;
  const positions = `index_${index.suffix}_positions`;
  const big = quoteName(index.big);
  return {
    functions: [
      functionSql(row, rowBody(index), { asOwner: false, dates: hasDates(index.columns) }),
      functionSql(positions, positionsBody(index), { asOwner: true, dates: hasDates(index.columns) }),
    ],
    triggers: [
      triggerSql(index.staging, "fts5_row", "BEFORE INSERT OR UPDATE", "FOR EACH ROW", row),
      triggerSql(index.staging, "fts5_positions_insert", "AFTER INSERT", `FOR EACH ROW WHEN (NEW.${big})`, positions),
      triggerSql(
        index.staging,
        "fts5_positions_update",
        "AFTER UPDATE",
        `FOR EACH ROW WHEN (NEW.${big} OR OLD.${big})`,
        positions,
      ),
      triggerSql(index.staging, "fts5_positions_delete", "AFTER DELETE", `FOR EACH ROW WHEN (OLD.${big})`, positions),
    ],
  };
}

/**
 * An update that leaves the texts alone costs a comparison, and cannot change what was made of them. A row that was
 * written past the triggers (session_replication_role) has nothing yet, and gets it by any update.
 */
function rowBody(index: FullTextIndex): string {
  const kept = [index.vector, index.length, index.big].map(quoteName);
  const [vector, , big] = kept;
  const made = ["tsv", "len", "big"];
  return `DECLARE d record;
BEGIN
  IF TG_OP = 'UPDATE' AND (OLD.${vector} IS NOT NULL OR OLD.${big})
      AND ${texts(index.columns, "NEW")} IS NOT DISTINCT FROM ${texts(index.columns, "OLD")} THEN
${kept.map((name) => `    NEW.${name} := OLD.${name};`).join("\n")}
    RETURN NEW;
  END IF;
  d := fts5.${index.tokenizer.key}_doc(${texts(index.columns, "NEW")});
${kept.map((name, i) => `  NEW.${name} := d.${made[i]};`).join("\n")}
  RETURN NEW;
END`;
}

function positionsBody({ columns, big, tokenizer }: FullTextIndex): string {
  return `BEGIN
  IF TG_OP = 'UPDATE' AND OLD.rowid = NEW.rowid AND OLD.${quoteName(big)} = NEW.${quoteName(big)}
      AND ${texts(columns, "NEW")} IS NOT DISTINCT FROM ${texts(columns, "OLD")} THEN
    RETURN NULL;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM fts5.positions p WHERE p.relation = TG_RELID AND p.rowid = OLD.rowid;
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.${quoteName(big)} THEN
    INSERT INTO fts5.positions
      SELECT TG_RELID, NEW.rowid, p.lexeme, (${columnNumbers(columns)})[p.col + 1], p.pos
      FROM fts5.${tokenizer.key}_positions(${texts(columns, "NEW")}) AS p;
  END IF;
  RETURN NULL;
END`;
}
