/** Which id each row of the source has in the live table, by the key that rows are matched by. */
import { quoteName } from "../../../quote.ts";
import type { ValidatorInput } from "../../validator.ts";
import type { Comparison } from "../comparison.ts";
import { readOriginal } from "../source-row.ts";
import type { Raw } from "../values/raw.ts";
import { askByKey, ownValue } from "./ask-by-key.ts";
import type { Opened } from "./opened.ts";

/** Fills a temporary table `old`, `new`; NULL where the live table has no such row. */
export async function idsOf(
  { source }: Pick<Opened, "source">,
  input: ValidatorInput,
  comparison: Comparison,
  relation: string,
): Promise<void> {
  const { table } = comparison;
  const id = table.mapped?.find((one) => one.table === table.target)?.column ?? "";
  const own = table.columns.find(({ target }) => target === id)?.source ?? "";
  source.exec(`CREATE TEMP TABLE ${relation}(old PRIMARY KEY, new) WITHOUT ROWID`);
  const add = source.prepare(`INSERT OR REPLACE INTO temp.${relation} VALUES (?, ?)`);
  const column = comparison.columns.find(({ plan }) => plan.target === id);
  if (column === undefined) return;
  // Two spellings are the same id.
  const asked = `CASE WHEN l.${quoteName(id)} = ${ownValue(column)} THEN '=' ELSE '>' || format('%s', l.${quoteName(id)}) END`;
  const onAnswer = (place: string, answer: string | null): void => {
    const [old = null] = readOriginal(comparison, place, quoteName(own));
    if (old === null) return;
    add.run(old, answer === null ? null : answer === "=" ? old : asStored(old, answer.slice(1), column.type));
  };
  await askByKey(comparison, input.schema, table.match ?? [], asked, onAnswer, "true", [column]);
}

/** As the source would hold it. */
function asStored(old: Raw, id: string, type: string): Raw {
  if (type === "bytea") return Buffer.from(id.slice(2), "hex");
  return typeof old === "bigint" && /^-?\d+$/.test(id) ? BigInt(id) : id;
}
