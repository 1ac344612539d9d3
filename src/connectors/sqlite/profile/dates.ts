/** Layouts met in a column declared as a date. */
import { layoutOf } from "../../../core/date-layout.ts";
import type { ColumnProfile } from "../../../core/profile.ts";
import { quoteName } from "../open.ts";
import type { Chunk } from "./chunk.ts";
import { type Samples, samplesPerFinding } from "./samples.ts";

/** Names for what has no layout. */
export const emptyText = "(empty)";
export const noDate = "(not a date)";

export class DateCensus {
  readonly #column: string;
  readonly #samples: Samples;
  readonly #layouts = new Map<string, { count: number; values: string[] }>();

  constructor(column: string, samples: Samples) {
    this.#column = column;
    this.#samples = samples;
  }

  add(chunk: Chunk, column: number): void {
    const c = chunk.columnSql(column);
    for (const [text] of chunk.iterate(`CASE typeof(${c}) WHEN 'text' THEN ${c} END`)) {
      if (typeof text !== "string") continue;
      const layout = text === "" ? emptyText : (layoutOf(text) ?? noDate);
      const known = this.#layouts.get(layout);
      if (known === undefined) this.#layouts.set(layout, { count: 1, values: [text] });
      else {
        known.count++;
        if (known.values.length < samplesPerFinding) known.values.push(text);
      }
    }
  }

  result(): ColumnProfile["layouts"] {
    const sorted = [...this.#layouts].sort(([, a], [, b]) => b.count - a.count);
    return sorted.map(([layout, { count, values }]) => ({
      layout,
      found: {
        count,
        samples:
          sorted.length === 1
            ? []
            : values.flatMap((value) =>
                this.#samples.find(this.#column, `${quoteName(this.#column)} = ?`, value).slice(0, 1),
              ),
      },
    }));
  }
}
