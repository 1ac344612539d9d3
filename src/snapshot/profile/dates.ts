/** Layouts met in a column declared as a date. */

import type { ColumnProfile } from "../../core/plan/profile.ts";
import { writtenLayout } from "../../core/values/date-layout.ts";
import type { Chunk } from "./chunk.ts";
import { LabelCensus } from "./labels.ts";
import type { Samples } from "./samples.ts";

/** Names for what has no layout. */
const emptyText = "(empty)";
const noDate = "(not a date)";

export class DateCensus {
  readonly labels: LabelCensus<string>;

  constructor(column: string, samples: Samples) {
    this.labels = new LabelCensus(column, samples, (text) =>
      text === "" ? emptyText : (writtenLayout(text) ?? noDate),
    );
  }

  add(chunk: Chunk, column: number): void {
    this.labels.add(chunk, column);
  }

  /** Most frequent first; with samples where there is more than one to tell apart. */
  result(): ColumnProfile["layouts"] {
    return this.labels
      .found(this.labels.size > 1)
      .sort((a, b) => b.found.count - a.found.count)
      .map(({ label, found }) => ({ layout: label, found }));
  }
}
