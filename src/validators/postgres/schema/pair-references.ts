/**
 * Which constraint stands for which foreign key. A table may have several over the same columns, so each constraint
 * stands for one key only, and for the one that it is like in most.
 */
import type { ForeignKey, ForeignKeyAction } from "../../../core/schema/catalog.ts";
import { sameName } from "../../../core/schema/names.ts";
import { type CheckedTable, sameList, targetNames } from "./checked-table.ts";
import type { TargetConstraint } from "./target-objects.ts";

const actions: Readonly<Record<ForeignKeyAction, string>> = {
  "NO ACTION": "a",
  RESTRICT: "r",
  CASCADE: "c",
  "SET NULL": "n",
  "SET DEFAULT": "d",
};

export function pairReferences({
  declared,
  table,
  actual,
  plan,
}: Pick<CheckedTable, "declared" | "table" | "actual" | "plan">): Map<ForeignKey, TargetConstraint> {
  const covers = (key: ForeignKey, { kind, columns, parent }: TargetConstraint): boolean => {
    const other = plan.tables.find((candidate) => sameName(candidate.source, key.parent));
    return (
      kind === "f" &&
      other !== undefined &&
      parent?.table === other.target &&
      sameList(targetNames(table, key.columns), columns) &&
      sameList(targetNames(other, key.parentColumns), parent.columns)
    );
  };
  const pairs = new Map<ForeignKey, TargetConstraint>();
  const free = new Set(actual.constraints);
  // The most alike first, so that a lesser likeness never takes what another key needs.
  for (const likeness of [sameInAll, actsAlike, () => true])
    for (const key of declared.foreignKeys) {
      if (pairs.has(key)) continue;
      const found = [...free].find((constraint) => covers(key, constraint) && likeness(key, constraint));
      if (found === undefined) continue;
      pairs.set(key, found);
      free.delete(found);
    }
  return pairs;
}

export function actsAlike({ onUpdate, onDelete }: ForeignKey, found: TargetConstraint): boolean {
  return found.onUpdate === actions[onUpdate] && found.onDelete === actions[onDelete];
}

function sameInAll(key: ForeignKey, found: TargetConstraint): boolean {
  return actsAlike(key, found) && found.deferrable === key.deferrable;
}
