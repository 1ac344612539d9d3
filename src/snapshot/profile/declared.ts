/** Whether the values keep what a declared type promises: JSON, and spellings of booleans. */

import type { ColumnProfile, JsonProblem } from "../../core/plan/profile.ts";
import { quoteName } from "../../core/quote.ts";
import { jsonProblem } from "../../core/values/json-facts.ts";
import { selection } from "../../sqlite/open.ts";
import type { Chunk } from "./chunk.ts";
import { LabelCensus } from "./labels.ts";
import type { Samples } from "./samples.ts";

export class JsonCensus {
  readonly labels: LabelCensus<JsonProblem>;

  constructor(column: string, samples: Samples) {
    this.labels = new LabelCensus(column, samples, jsonProblem);
  }

  add(chunk: Chunk, column: number): void {
    this.labels.add(chunk, column);
  }

  result(): ColumnProfile["json"] {
    return this.labels.found(true).map(({ label, found }) => ({ problem: label, found }));
  }
}

/** Distinct texts of a column, null when there are more than four: then it is no boolean. */
export function spellingsOf(samples: Samples, column: string): string[] | null {
  const c = quoteName(column);
  const selected = samples.where === null ? "" : `${selection(samples.where)} AND `;
  const rows = samples.db
    .prepare(
      `SELECT DISTINCT ${c} COLLATE BINARY FROM ${quoteName(samples.table.relation ?? samples.table.name)} WHERE ${selected}typeof(${c}) = 'text' LIMIT 5`,
    )
    .pluck()
    .all() as string[];
  return rows.length > 4 ? null : rows.sort();
}
