/** What must become of a column, by what PostgreSQL makes of its values' own texts. */
import type pg from "pg";
import type { Batch, PairColumn } from "./batch.ts";
import { isSame, layoutOf, naturalText } from "./same.ts";
import { assigned } from "./server.ts";

export type Verdict = {
  /** By cell: the server takes its text, and has the same value. */
  readonly exact: readonly boolean[];
  /** By cell: what the server makes of its text; null for a refusal. */
  readonly made: readonly (string | null)[];
  /** Its values are written in one way, so that each can be told again. */
  readonly uniform: boolean;
};

export async function verdictsOf(client: pg.PoolClient, { columns }: Batch): Promise<Map<PairColumn, Verdict>> {
  const verdicts = new Map<PairColumn, Verdict>();
  for (const type of new Set(columns.map((column) => column.type))) {
    const own = columns.filter((column) => column.type === type);
    const texts = [
      ...new Set(
        own.flatMap(({ cells }) => cells.map((cell) => naturalText(type, cell)).filter((text) => text !== null)),
      ),
    ];
    const answers = new Map((await assigned(client, type.name, texts)).map((answer, i) => [texts[i] ?? "", answer]));
    for (const column of own) {
      const made = column.cells.map((cell) => answers.get(naturalText(type, cell) ?? "\0") ?? null);
      const exact = column.cells.map((cell, i) => {
        const answer = made[i] ?? null;
        return answer !== null && isSame(type, cell, answer);
      });
      verdicts.set(column, { exact, made, uniform: isUniform(column) });
    }
  }
  return verdicts;
}

function isUniform({ type, cells, declared }: PairColumn): boolean {
  const layouts = new Set(cells.map((cell) => layoutOf(type, cell)).filter((layout) => layout !== null));
  // By affinity no text there looks like a number: '5' would be 5.
  const numeric = /INT|REAL|NUMERIC|DATETIME|BOOLEAN|DECIMAL|UUID|JSON/.test(declared);
  const text = cells.some(({ value }) => value.storage === "text");
  const number = cells.some(({ value }) => value.storage === "integer" || value.storage === "real");
  const plain = type.as === "char" || ["text", "varchar(5)", "citext", "short_text"].includes(type.name);
  return layouts.size <= 1 && !(plain && text && number && !numeric);
}
