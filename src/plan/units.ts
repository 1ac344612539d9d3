/** Cuts the load into units: ranges of large tables, medium tables alone, small ones together. */
import type { TablePlan } from "../core/plan/plan.ts";
import type { Profile } from "../core/plan/profile.ts";
import type { Unit, UnitPart } from "../core/plan/unit.ts";

const togetherBytes = 8 << 20;

export function cutUnits(tables: readonly TablePlan[], profile: Profile): Unit[] {
  const units: Unit[] = [];
  let small: UnitPart[] = [];
  let smallBytes = 0;
  const flush = (): void => {
    if (small.length > 0)
      units.push({
        id: small.length === 1 ? (small[0]?.table ?? "") : `small tables ${units.length + 1}`,
        parts: small,
      });
    small = [];
    smallBytes = 0;
  };
  // Full-text tables wait for the copy of their index, so they come last and by themselves.
  const last = tables.filter((table) => table.fullText !== undefined);
  for (const table of [...tables.filter((table) => table.fullText === undefined), ...last]) {
    if (table === last[0]) flush();
    const facts = profile.tables[table.source];
    if (facts === undefined) continue;
    const whole: UnitPart = { table: table.source, from: null, to: null, rows: table.rows };
    if (facts.boundaries.length > 0) {
      const edges = [null, ...facts.boundaries, null];
      const rows = Math.round(table.rows / (edges.length - 1));
      for (let i = 0; i + 1 < edges.length; i++) {
        units.push({
          id: `${table.source} ${i + 1}/${edges.length - 1}`,
          parts: [{ table: table.source, from: edges[i] ?? null, to: edges[i + 1] ?? null, rows }],
        });
      }
    } else if (facts.bytes > togetherBytes) {
      units.push({ id: table.source, parts: [whole] });
    } else {
      small.push(whole);
      smallBytes += facts.bytes;
      if (smallBytes > togetherBytes) flush();
    }
  }
  flush();
  return units;
}
