/** Which id each row of the source has in the live table, by the key that rows are matched by. */
import { name } from "../../quote.ts";
import type { ValidatorInput } from "../../validator.ts";
import type { Comparison } from "../comparison.ts";
import { readOriginal } from "../source-row.ts";
import type { Opened } from "./arriving.ts";
import { askByKey } from "./ask-by-key.ts";

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
  await askByKey(comparison, input.schema, table.match ?? [], `format('%s', l.${name(id)})`, (place, answer) => {
    const [old = null] = readOriginal(comparison, place, name(own));
    if (old === null) return;
    const found = answer !== null && typeof old === "bigint" ? BigInt(answer) : answer;
    add.run(old, found);
  });
}
