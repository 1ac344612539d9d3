/**
 * Collects findings: keeps the first so many and counts all, so that memory
 * stays bounded when everything differs.
 */
import { type Finding, maxFindings } from "../core/finding.ts";

export type Findings = {
  readonly kept: readonly Finding[];
  /** Every difference so far, kept or not. */
  readonly differences: number;
  /** `describe` runs only while there is room: samples cost a query each. */
  difference(describe: () => Described | Promise<Described>): Promise<void>;
  note(described: Described): void;
};

export type Described = Pick<Finding, "table" | "message"> &
  Partial<Pick<Finding, "key" | "column" | "source" | "target">>;

export function collectFindings(validator: Finding["validator"]): Findings {
  const kept: Finding[] = [];
  let differences = 0;
  let reserved = 0;
  const keep = (level: Finding["level"], described: Described) =>
    kept.push({ validator, level, key: null, column: null, source: null, target: null, ...described });
  return {
    kept,
    get differences() {
      return differences;
    },
    async difference(describe) {
      differences += 1;
      if (reserved >= maxFindings) return;
      reserved += 1;
      keep("difference", await describe());
    },
    note(described) {
      if (reserved >= maxFindings) return;
      reserved += 1;
      keep("note", described);
    },
  };
}
