/** A planned table and the live one of its name: which column goes where, and why it cannot. */

import type { ColumnPlan, Plan, TablePlan } from "../../../core/plan/plan.ts";
import { qualified } from "../../../core/quote.ts";
import { matchableKeys } from "../../../core/schema/live-schema.ts";
import type { LiveColumn, LiveTable } from "./live-tables.ts";
import type { IntoMode } from "./mode.ts";

export type MatchedColumn = {
  readonly plan: ColumnPlan;
  readonly live: LiveColumn;
};

export type MatchedTable = {
  readonly plan: TablePlan;
  readonly live: LiveTable;
  readonly mode: IntoMode;
  /** Live columns by which a row is the live one's before ids are taken over; {@link live}'s key tells rows apart afterwards. */
  readonly matchedBy: readonly string[];
  readonly staged: string;
  /** The live table, quoted, with ONLY where tables that inherit from it are not meant. */
  readonly relation: string;
  readonly columns: readonly MatchedColumn[];
  /** Those of {@link columns} that are written: staging has them, in the live types. */
  readonly written: readonly MatchedColumn[];
};

export type Match = { readonly table: MatchedTable; readonly problems: readonly string[] };

/** `otherwise`: how rows go in where the plan leaves it to the target's setting. Every problem says what to do. */
export function matchTable({ target }: Plan, plan: TablePlan, live: LiveTable, otherwise: IntoMode): Match {
  const mode = plan.into ?? otherwise;
  const problems: string[] = [];
  const columns = plan.columns.flatMap((column): MatchedColumn[] => {
    const found = live.columns.find(({ name }) => name === column.target);
    if (found === undefined) {
      // What the source computes is no data of its own.
      if (!column.computed) problems.push(missing(plan, column, live));
      return [];
    }
    // Staging was given the type that the column had then; another would silently be cast on the way.
    if (plan.into !== undefined && !column.computed && found.type !== column.pgType)
      problems.push(
        `${live.name}.${found.name} was ${column.pgType} when the plan was made and is ${found.type} now: plan again with --fresh`,
      );
    return [{ plan: column, live: found }];
  });
  problems.push(...keyProblems(plan, live, mode));
  const written = columns.filter(
    (column) => !column.live.generated && !(plan.into !== undefined && column.plan.computed),
  );
  const matchedBy = plan.match ?? live.key;
  const takesIds = plan.mapped?.some((one) => one.table === live.name) === true;
  // Rows of a table without a key that the source knows are distinguished by the one they are matched by.
  const identity = plan.match === undefined || takesIds ? live : { ...live, key: plan.match, keyDeferrable: false };
  const table = {
    plan,
    live: identity,
    mode,
    matchedBy,
    staged: qualified(target.staging, plan.target),
    relation: `${live.kind === "p" ? "" : "ONLY "}${qualified(target.schema, live.name)}`,
    columns,
    written,
  };
  return { table, problems };
}

function missing(plan: TablePlan, column: ColumnPlan, live: LiveTable): string {
  const alike = live.columns.find(({ name }) => name.toLowerCase() === column.target.toLowerCase());
  const todo =
    alike === undefined
      ? "add it to the table, or rename or drop the column in the pipeline file"
      : `there is ${alike.name}: rename the column in the pipeline file`;
  return `${live.name} has no column ${column.target} for ${plan.source}.${column.source}: ${todo}`;
}

function keyProblems(plan: TablePlan, live: LiveTable, mode: IntoMode): string[] {
  if (mode !== "merge" && mode !== "skip") return [];
  if (plan.match !== undefined) return matchProblems(plan.match, live);
  if (live.key.length === 0)
    return [
      `${live.name} has no primary key, so nothing says which rows are the same: ${known(live)}, or use append or replace`,
    ];
  if (live.keyDeferrable && mode === "merge")
    return [`the primary key of ${live.name} is deferrable, which ON CONFLICT does not take: use append or replace`];
  return live.key
    .filter((column) => !plan.columns.some(({ target }) => target === column))
    .map(
      (column) =>
        `${live.name}'s key ${column} is not among the columns of ${plan.source}: ${known(live)}, or use append or replace`,
    );
}

/** Why a key that the pipeline file names cannot tell rows apart. */
function matchProblems(match: readonly string[], live: LiveTable): string[] {
  const same = live.uniques.filter(
    ({ columns }) => columns.length === match.length && match.every((name) => columns.includes(name)),
  );
  const nullable = match.filter((name) => live.columns.find((column) => column.name === name)?.notNull !== true);
  const [first] = same;
  const why =
    first === undefined
      ? "has no unique key of these columns"
      : nullable.length > 0
        ? `allows NULL in ${nullable.join(", ")}`
        : same.every(({ partial }) => partial)
          ? `has it for some rows only (${first.name} is partial)`
          : same.every(({ deferrable, partial }) => deferrable || partial)
            ? `has it deferrable (${first.name}), which ON CONFLICT does not take`
            : null;
  if (why === null) return [];
  return [`the rows of ${live.name} cannot be matched by (${match.join(", ")}): ${live.name} ${why}; ${known(live)}`];
}

function known(live: LiveTable): string {
  const usable = matchableKeys(live);
  if (usable.length === 0) return "no unique key of its tells all rows apart, so add one";
  return `name one with \`key\` (${usable.map((one) => `[${one.columns.join(", ")}]`).join(" or ")})`;
}
