/** Settings for some of the tables only. */
import type { Settings } from "../../core/settings.ts";
import { matcher } from "../../plan/selection.ts";
import { digestOf } from "./digest.ts";

/** `names`: of source tables, or patterns with `*`. What the settings say of those tables holds; it is another run. */
export function onlyTables(settings: Settings, names: readonly string[]): Settings {
  const kept =
    settings.tables === null
      ? null
      : Object.fromEntries(
          // Patterns too: a table that moves does so with its settings, masks among them.
          Object.entries(settings.tables).filter(([name]) => matcher(names)(name)),
        );
  const changed = { ...settings, tables: kept, include: names };
  return { ...changed, digest: digestOf(changed) };
}
