/** The keys of rows as ledger and quarantine have them where the loader wrote these from staging: in the live types' own text. */
import { quoteName } from "../../../quote.ts";
import type { Comparison } from "../comparison.ts";
import { expectedTexts } from "../expected-row.ts";
import { underTypePath } from "../loose-keys.ts";

const rowsPerQuestion = 5000;

/** By place. A row whose key does not arrive has none. */
export async function stagedKeys(
  comparison: Comparison,
  schema: string,
  places: readonly string[],
): Promise<Map<string, string>> {
  const { table, columns, original } = comparison;
  const key = table.key.columns.flatMap((column) => columns.find(({ plan }) => plan.source === column) ?? []);
  if (key.length === 0 || key.length < table.key.columns.length)
    return new Map(places.map((place) => [place, "a row without a key"]));
  return underTypePath(comparison, schema, key, () => ask({ ...comparison, ...original }, key, places));
}

async function ask(
  // As the snapshot has it, before ids became others.
  before: Comparison,
  key: Comparison["columns"],
  places: readonly string[],
): Promise<Map<string, string>> {
  const { table, target } = before;
  const found = new Map<string, string>();
  const cast = key.map(({ plan, type }, i) => `u.c${i}::${type} AS ${quoteName(plan.target)}`).join(", ");
  const names = key.map((_, i) => `c${i}`).join(", ");
  const lists = key.map((_, i) => `$${i + 1}::text[]`).join(", ");
  for (let from = 0; from < places.length; from += rowsPerQuestion) {
    const rows = places.slice(from, from + rowsPerQuestion).flatMap((place) => {
      const texts = expectedTexts(before, place, key);
      return texts === null ? [] : [{ place, texts }];
    });
    if (rows.length === 0) continue;
    const answers = await target.query(
      `SELECT s."rowhaul n", ${table.keyText ?? "''"} FROM (SELECT u.n AS "rowhaul n", ${cast} FROM unnest(${lists}) WITH ORDINALITY AS u (${names}, n)) s`,
      key.map((_, i) => rows.map(({ texts }) => texts[i] ?? null)),
    );
    for (const [n, text] of answers) found.set(rows[Number(n) - 1]?.place ?? "", text ?? "");
  }
  return found;
}
