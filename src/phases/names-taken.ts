/** Early check, before anything is read: are the run's table names taken in the target? The plan checks every name again. */
import { plural } from "../core/messages/count.ts";
import { type Selection, selectedTable } from "../core/selection.ts";
import { type Answer, ok, warning } from "../operations/checklist.ts";
import { Names } from "../plan/names.ts";
import { tableSelector } from "../plan/selection.ts";
import type { Context } from "./run/context.ts";

/** Throws TARGET_OCCUPIED, TARGET_ASIDE_BLOCKED. */
export async function namesTaken({ parts: { source, target, selection } }: Context): Promise<Answer> {
  const found = await source.relations();
  if (found === null)
    return warning(
      "which tables the source has is seen only when it is read",
      "`rowhaul plan` looks whether the target has tables of their names.",
    );
  const names = targetNames(found, selection);
  const aside = await target.checkNames(names);
  if (aside === null)
    return ok("rows go into the tables that are there; `rowhaul plan` says whether each of them fits");
  return ok(
    aside.length === 0
      ? `nothing in the target bears the name of ${plural(names.length, "table or view", "tables and views")} to be made`
      : `${aside.join(", ")} will be kept aside`,
  );
}

function targetNames(found: readonly string[], selection: Selection): string[] {
  const isMoved = tableSelector(selection);
  const claimed = new Names();
  return found.filter(isMoved).map((name) => claimed.claim(selectedTable(selection, name).as ?? name, true));
}
