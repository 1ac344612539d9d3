/** Rows of the source looked for in the live table by a key, with the operators that the key itself has. */
import { quoteName } from "../../../quote.ts";
import type { ComparedColumn, Comparison } from "../comparison.ts";
import { expectedTexts } from "../expected-row.ts";
import { placeSql } from "../locator.ts";
import { underTypePath } from "../loose-keys.ts";

const rowsPerQuestion = 5000;

/** SQL of the source's own value of a column. */
export function ownValue({ type }: ComparedColumn): string {
  return `u.own::${type}`;
}

/**
 * `asked`: SQL of the live row `l`. `hear` is called with each row's place, and null where there is no such live row.
 * `condition`: SQL of the live row that must hold besides. `own`: a column whose value in the source `asked` may name by
 * {@link ownValue}.
 */
export async function askByKey(
  comparison: Comparison,
  schema: string,
  match: readonly string[],
  asked: string,
  onAnswer: (place: string, answer: string | null) => void,
  condition = "true",
  own: readonly ComparedColumn[] = [],
): Promise<void> {
  const { columns, source, place, from } = comparison;
  const key = match.flatMap((column) => columns.find(({ plan }) => plan.target === column) ?? []);
  if (key.length === 0 || key.length < match.length) return;
  // The callback writes to the same database, so the places are read in whole portions.
  const portion = source
    .prepare<[string], string>(
      `SELECT p FROM (SELECT ${placeSql(place)} AS p ${from}) WHERE p > ? ORDER BY p LIMIT ${rowsPerQuestion}`,
    )
    .pluck();
  await underTypePath(comparison, schema, key, async () => {
    for (let places = portion.all(""); places.length > 0; places = portion.all(places.at(-1) ?? "")) {
      comparison.signal.throwIfAborted();
      const rows = places.flatMap((one) => {
        const texts = expectedTexts(comparison, one, [...key, ...own]);
        return texts === null ? [] : [{ place: one, texts }];
      });
      const answers = await ask(comparison, key, asked, condition, rows);
      for (const [i, row] of rows.entries()) onAnswer(row.place, answers.get(i) ?? null);
    }
  });
}

async function ask(
  { target, into }: Comparison,
  key: Comparison["columns"],
  asked: string,
  condition: string,
  rows: readonly { readonly texts: readonly (string | null)[] }[],
): Promise<ReadonlyMap<number, string | null>> {
  if (rows.length === 0) return new Map();
  const positions = rows[0]?.texts.map((_, i) => i) ?? [];
  const names = positions.map((i) => (i < key.length ? `c${i}` : "own"));
  const lists = positions.map((i) => `$${i + 1}::text[]`).join(", ");
  const same = key.map(({ plan, type }, i) => `l.${quoteName(plan.target)} = u.c${i}::${type}`).join(" AND ");
  const found = await target.query(
    `SELECT u.n, ${asked} FROM unnest(${lists}) WITH ORDINALITY AS u (${names.join(", ")}, n) JOIN ${into} l ON ${same} WHERE ${condition}`,
    positions.map((i) => rows.map(({ texts }) => texts[i] ?? null)),
  );
  return new Map(found.map(([n, answer]) => [Number(n) - 1, answer ?? null]));
}
