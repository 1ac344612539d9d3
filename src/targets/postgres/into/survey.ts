/**
 * What the plan meets in the live schema, and everything that keeps its rows from going
 * in. Asked when the plan is made, and again in the transaction that writes: between
 * the two the application may have migrated.
 */
import { plural } from "../../../core/messages/count.ts";
import { RowhaulError } from "../../../core/messages/errors.ts";
import { yamlText } from "../../../core/messages/yaml-text.ts";
import type { Plan, TablePlan, ViewPlan } from "../../../core/plan/plan.ts";
import type { Client } from "../../../postgres/transaction.ts";
import { findOccupants } from "../switch/occupants.ts";
import { plannedNames } from "../switch/planned-names.ts";
import { fullTextOf } from "./full-text.ts";
import { type LiveTable, readLiveTables } from "./live-tables.ts";
import { type MatchedTable, matchTable } from "./match.ts";
import type { IntoMode } from "./mode.ts";
import { parentsFirst } from "./order.ts";
import { pointingRows, type Reference, readReferences } from "./references.ts";
import { lacks, refuseLacking } from "./rights.ts";

export type Survey = {
  /** Parents first. */
  readonly existing: readonly MatchedTable[];
  /** The same, with tables of a circle together. */
  readonly groups: readonly (readonly MatchedTable[])[];
  /** Full-text tables of ours whose content is among `existing`: that table's triggers keep them. */
  readonly kept: readonly TablePlan[];
  readonly made: readonly TablePlan[];
  /** Those that the live schema does not have. */
  readonly views: readonly ViewPlan[];
  /** Among tables of the plan, and from others. */
  readonly references: readonly Reference[];
};

/** Throws TARGET_MISMATCH with all that is in the way, or TARGET_PERMISSION. */
export async function survey(client: Client, plan: Plan, mode: IntoMode): Promise<Survey> {
  const { schema } = plan.target;
  const live = await readLiveTables(
    client,
    schema,
    [...plan.tables, ...plan.views].map(({ target }) => target),
  );
  const problems = await switchedOff(client, schema, live.size > 0);
  const standing = plan.tables.filter(({ target }) => live.has(target));
  const made = plan.tables.filter(({ target }) => !live.has(target));
  const views = plan.views.filter(({ target }) => !live.has(target));
  const { kept: keptIndexes, written, refused } = fullTextOf(standing, made, live);
  if (!isUntouched({ plan, made, views })) problems.push(...refused);
  const matched = written.flatMap((table) => {
    const there = live.get(table.target) as LiveTable;
    if (there.kind !== "r" && there.kind !== "p") {
      problems.push(
        `${there.name} is ${kindOf(there.kind)}, not a table: rename the table in the pipeline file (\`as\`)`,
      );
      return [];
    }
    if (there.policed)
      problems.push(
        `row-level security of ${there.name} hides rows from the target's user: use a role that owns the table, or one with BYPASSRLS`,
      );
    const match = matchTable(plan, table, there, mode);
    problems.push(...match.problems);
    return [match.table];
  });
  const references = await readReferences(
    client,
    schema,
    matched.map(({ live: { name } }) => name),
  );
  problems.push(...(await clashes(client, plan, made, views)));
  const kept = await dependants(client, schema, references, matched);
  refuse(schema, problems, kept, pasteOf(plan, kept));
  await refuseLacking(client, schema, matched, made.length + views.length > 0);
  const groups = groupsOf(matched, references);
  return { existing: groups.flat(), groups, kept: keptIndexes, made, views, references };
}

/** A role or database may be set up to load dumps: rows would go in past everything that the application relies on. */
async function switchedOff(client: Client, schema: string, isThere: boolean): Promise<string[]> {
  const { rows } = await client.query<{ role: string }>(
    "SELECT pg_catalog.current_setting('session_replication_role') AS role",
  );
  const { role = "origin" } = rows[0] ?? {};
  if (role === "origin" || !isThere) return [];
  return [
    `session_replication_role is ${role} for this role or database, so foreign keys and triggers of schema ${schema} would not see the rows: set it to origin (ALTER DATABASE … RESET session_replication_role)`,
  ];
}

/** Parents first; tables that wait for each other together. */
export function groupsOf(
  tables: readonly MatchedTable[],
  references: readonly Reference[],
): readonly (readonly MatchedTable[])[] {
  const byName = new Map(tables.map((table) => [table.live.name, table]));
  const groups = parentsFirst(
    [...byName.keys()],
    references.filter(({ outside }) => !outside),
  );
  return groups.map((names) => names.flatMap((name) => byName.get(name) ?? []));
}

/** Nothing of the plan is there: its tables move in as they would into a fresh schema. */
export function isUntouched({ plan, made, views }: Pick<Survey, "made" | "views"> & { readonly plan: Plan }): boolean {
  return made.length === plan.tables.length && views.length === plan.views.length;
}

function refuse(
  schema: string,
  problems: readonly string[],
  kept: readonly Dependant[],
  paste: readonly string[],
): void {
  const [first, ...more] = [...problems, ...kept.map(({ problem }) => problem)];
  if (first === undefined) return;
  throw new RowhaulError("TARGET_MISMATCH", `The rows do not fit into the tables of schema ${schema}: ${first}.`, {
    details: more,
    paste,
    ...(paste.length === 0 ? {} : { hint: linesHint(problems.length + kept.filter(({ inside }) => !inside).length) }),
  });
}

/** `others`: problems that the lines do not answer. */
function linesHint(others: number): string {
  const lines = "Add the printed lines to the pipeline file, or `existing: merge` for the table that is pointed to.";
  return others === 0 ? lines : `${lines} For the rest, see each message.`;
}

function kindOf(kind: string): string {
  return { v: "a view", m: "a materialized view", f: "a foreign table", S: "a sequence" }[kind] ?? "something else";
}

/** Indexes, sequences and types whose names the new tables would need. */
async function clashes(
  client: Client,
  plan: Plan,
  made: readonly TablePlan[],
  views: readonly ViewPlan[],
): Promise<string[]> {
  const names = plannedNames({ ...plan, tables: made, views });
  const occupants = await findOccupants(client, plan.target.schema, names);
  return occupants.map(
    ({ name }) =>
      `${made.map(({ target }) => target).join(", ")} would be new, but ${name} bears, or holds an object with, a name that they need: rename it, or the tables in the pipeline file (\`as\`)`,
  );
}

type Dependant = { readonly problem: string; readonly child: string; readonly inside: boolean };

/**
 * Rows that stay and point to a table that is to be emptied: they would hang in the air, or a foreign key's action would
 * delete or change them.
 */
async function dependants(
  client: Client,
  schema: string,
  references: readonly Reference[],
  tables: readonly MatchedTable[],
): Promise<Dependant[]> {
  const found: Dependant[] = [];
  const modes = new Map(tables.map((table) => [table.live.name, table.mode]));
  const emptied = new Set(tables.filter((table) => !lacks(table)).map(({ live }) => live.name));
  for (const reference of references) {
    const { child, parent, childSchema, constraint, outside } = reference;
    if (modes.get(parent) !== "replace" || !emptied.has(parent)) continue;
    if (!outside && modes.get(child) === "replace") continue;
    const rows = await pointingRows(client, schema, reference, null);
    if (rows === 0) continue;
    const name = outside ? `${childSchema}.${child}` : child;
    const todo = outside
      ? "move that table too, with replace, or use merge for the parent"
      : `${child} must be replaced as well, or ${parent} merged`;
    found.push({
      problem: `${plural(rows, "row")} of ${name} ${rows === 1 ? "points" : "point"} to ${parent} (foreign key ${constraint}), which is to be emptied: ${todo}`,
      child,
      inside: !outside,
    });
  }
  return found;
}

/** Lines that replace the children along. */
function pasteOf({ tables }: Plan, found: readonly Dependant[]): string[] {
  const lines = found.flatMap(({ child, inside }) => {
    const source = tables.find(({ target }) => target === child)?.source;
    return inside && source !== undefined ? [`  ${yamlText(source)}: { existing: replace }`] : [];
  });
  return lines.length === 0 ? [] : ["tables:", ...new Set(lines)];
}
