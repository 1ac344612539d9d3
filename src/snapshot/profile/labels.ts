/** Texts of one column, counted by a label that each is given: a date's layout, a JSON text's problem. */

import type { Found } from "../../core/plan/profile.ts";
import { quoteName } from "../../core/quote.ts";
import type { Chunk } from "./chunk.ts";
import { type Samples, samplesPerFinding } from "./samples.ts";

export class LabelCensus<Label extends string> {
  readonly #column: string;
  readonly #samples: Samples;
  readonly #labelOf: (text: string) => Label | null;
  readonly #labels = new Map<Label, { count: number; values: string[] }>();

  /** A text whose label is null is not counted. */
  constructor(column: string, samples: Samples, labelOf: (text: string) => Label | null) {
    this.#column = column;
    this.#samples = samples;
    this.#labelOf = labelOf;
  }

  add(chunk: Chunk, column: number): void {
    const c = chunk.columnSql(column);
    for (const [text] of chunk.iterate(`CASE typeof(${c}) WHEN 'text' THEN ${c} END`))
      if (typeof text === "string") this.read(text);
  }

  read(text: string, times = 1): void {
    const label = this.#labelOf(text);
    if (label !== null) this.note(label, () => text, times);
  }

  /** A text whose label is known. */
  note(label: Label, text: () => string, times = 1): void {
    const known = this.#labels.get(label);
    if (known === undefined) this.#labels.set(label, { count: times, values: [text()] });
    else {
      known.count += times;
      if (known.values.length < samplesPerFinding) known.values.push(text());
    }
  }

  /** How many labels were met. */
  get size(): number {
    return this.#labels.size;
  }

  /** In the order in which they were met. Samples cost a search of the table each, so they are asked for. */
  found(withSamples: boolean): { readonly label: Label; readonly found: Found }[] {
    return [...this.#labels].map(([label, { count, values }]) => ({
      label,
      found: { count, samples: withSamples ? values.flatMap((value) => this.#sample(value)) : [] },
    }));
  }

  #sample(value: string): Found["samples"] {
    return this.#samples.find(this.#column, `${quoteName(this.#column)} = ?`, value).slice(0, 1);
  }
}
