/** What a declared type promises and the values keep or not: JSON, and spellings of booleans. */
import { jsonProblem } from "../../../core/json-facts.ts";
import type { ColumnProfile, JsonProblem } from "../../../core/profile.ts";
import { quoteName, selection } from "../open.ts";
import type { Chunk } from "./chunk.ts";
import { type Samples, samplesPerFinding } from "./samples.ts";

export class JsonCensus {
  readonly #column: string;
  readonly #samples: Samples;
  readonly #problems = new Map<JsonProblem, { count: number; values: string[] }>();

  constructor(column: string, samples: Samples) {
    this.#column = column;
    this.#samples = samples;
  }

  add(chunk: Chunk, column: number): void {
    const c = chunk.columnSql(column);
    for (const [text] of chunk.iterate(`CASE typeof(${c}) WHEN 'text' THEN ${c} END`)) {
      if (typeof text !== "string") continue;
      const problem = jsonProblem(text);
      if (problem === null) continue;
      const known = this.#problems.get(problem) ?? { count: 0, values: [] };
      known.count++;
      if (known.values.length < samplesPerFinding) known.values.push(text);
      this.#problems.set(problem, known);
    }
  }

  result(): ColumnProfile["json"] {
    return [...this.#problems].map(([problem, { count, values }]) => ({
      problem,
      found: {
        count,
        samples: values.flatMap((value) =>
          this.#samples.find(this.#column, `${quoteName(this.#column)} = ?`, value).slice(0, 1),
        ),
      },
    }));
  }
}

/** Distinct texts of a column, null when there are more than four: then it is no boolean. */
export function spellingsOf(samples: Samples, column: string): string[] | null {
  const c = quoteName(column);
  const selected = samples.where === null ? "" : `${selection(samples.where)} AND `;
  const rows = samples.db
    .prepare(
      `SELECT DISTINCT ${c} COLLATE BINARY FROM ${quoteName(samples.table.name)} WHERE ${selected}typeof(${c}) = 'text' LIMIT 5`,
    )
    .pluck()
    .all() as string[];
  return rows.length > 4 ? null : rows.sort();
}
