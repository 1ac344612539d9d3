/** The triggers of live tables: each one that would fire is asked about, and so is what cannot be seen of them. */

import type { IntoMode } from "../../../core/plan/into-mode.ts";
import { intoMode } from "../../../core/plan/into-mode.ts";
import type { TablePlan, TriggerPlan } from "../../../core/plan/plan.ts";
import type { LiveTable, LiveTrigger, TriggerEvent } from "../../../core/schema/live-schema.ts";
import type { Planning } from "../../context.ts";

/** The tables, each with the decision on its triggers. */
export function withTriggers(tables: readonly TablePlan[], planning: Planning): TablePlan[] {
  const { into, settings } = planning.input;
  const otherwise = intoMode(settings.target.existing);
  if (into === undefined || otherwise === null) return [...tables];
  return tables.map((table) => {
    const live = into.schema.tables.find(({ name }) => name === table.target);
    const triggers = live === undefined ? null : answered(table, live, table.into ?? otherwise, planning);
    return triggers === null ? table : { ...table, triggers };
  });
}

function answered(table: TablePlan, live: LiveTable, mode: IntoMode, { hazards }: Planning): TriggerPlan | null {
  const events = firedBy(mode);
  const fired = live.triggers.filter((trigger) => !trigger.ours && trigger.events.some((one) => events.includes(one)));
  if (fired.length === 0) return null;
  const [keep, disable]: [string[], string[]] = [[], []];
  for (const trigger of fired) {
    const policy = hazards.meet({
      code: "TRIGGER_FIRES",
      at: `${table.source}.${trigger.name}`,
      count: table.rows,
      message: messageOf(trigger, live.name, events),
      offered: ["keep", "disable"],
    });
    (policy === "disable" ? disable : keep).push(trigger.name);
  }
  return { keep, disable };
}

/** The events of a mode. Skipped rows fire none, and TRUNCATE is never used. */
function firedBy(mode: IntoMode): readonly TriggerEvent[] {
  if (mode === "merge") return ["INSERT", "UPDATE"];
  return mode === "replace" ? ["DELETE", "INSERT"] : ["INSERT"];
}

function messageOf(trigger: LiveTrigger, table: string, events: readonly TriggerEvent[]): string {
  const { name, functions, statement, partitions, mentions } = trigger;
  const on = trigger.events.filter((event) => events.includes(event)).map((event) => done[event]);
  const where = partitions.length === 0 ? table : `${table} (partition ${partitions.join(", ")})`;
  const when = statement ? `once, when rows are ${on.join(" or ")}` : `for each row that is ${on.join(" or ")}`;
  const hint = mentions.length === 0 ? "" : `; its function mentions ${mentions.join(", ")}`;
  return `the trigger ${name} of ${where} calls ${functions.map((one) => `${one}()`).join(", ")} ${when}${hint}; what it writes to other tables a rollback does not undo`;
}

const done: Readonly<Record<TriggerEvent, string>> = { INSERT: "inserted", UPDATE: "updated", DELETE: "deleted" };

/**
 * What triggers may write outside the plan: it shows only when rows go in, so an entry counts as used whether it
 * does or not. Undefined where nothing is accepted.
 */
export function acceptedWrites(tables: readonly TablePlan[], planning: Planning): readonly string[] | undefined {
  const { hazards, notes, input } = planning;
  if (input.into === undefined || !tables.some(({ into }) => into !== undefined)) return undefined;
  if (!input.into.schema.countsWrites)
    hazards.meet({
      code: "TRIGGER_WRITES",
      at: "*",
      message:
        "the server counts no writes (track_counts is off, and the role may not switch it on), so nobody can see what triggers, rules and foreign keys write to tables that are not of the plan: switch it on for the role or the database, or say that they may write anywhere",
    });
  // Those of the plan are compared row by row, whatever is accepted.
  const entries = hazards.standing("TRIGGER_WRITES", (at) => !tables.some(({ target }) => target === at));
  for (const { at, policy } of entries)
    if (policy === null)
      notes.push({
        code: "ACCEPT_INCOMPLETE",
        at: at ?? "*",
        message: "The accept entry TRIGGER_WRITES names no policy, so it accepts nothing: add `policy: keep`.",
      });
  const places = entries.flatMap(({ at, policy }) => (policy === null ? [] : [at ?? "*"]));
  return places.length === 0 ? undefined : places;
}
