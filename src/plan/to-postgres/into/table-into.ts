/** What staging needs for rows that go into a live table: columns of its types, and an index on its key. */

import type { IntoMode } from "../../../core/plan/into-mode.ts";
import type { ColumnPlan, FinishStep, Identity, TablePlan } from "../../../core/plan/plan.ts";
import { nameList, qualified, quoteLiteral, quoteName } from "../../../core/quote.ts";
import type { LiveTable } from "../../../core/schema/live-schema.ts";
import type { Planning } from "../../context.ts";
import type { Draft } from "../draft-table.ts";
import { keyOf, type TableParts } from "../table.ts";
import type { Matching } from "./matching.ts";
import type { Meetings } from "./meetings.ts";

/** What the plan records about existing rows. */
export function matchedBy(
  into: IntoMode,
  matching: Matching | undefined,
  { renumber, skipped }: Pick<Meetings, "renumber" | "skipped">,
  draft: Draft,
): Pick<TablePlan, "into" | "match" | "mapped" | "renumber" | "skipped" | "keyText"> {
  const { match, mapped } = matching ?? { match: null, mapped: [] };
  return {
    into,
    ...(match === null ? {} : { match }),
    ...(mapped.length === 0 ? {} : { mapped }),
    ...(renumber ? { renumber } : {}),
    ...(skipped === null ? {} : { skipped }),
    ...(mapped.length > 0 || into === "skip" ? { keyText: keyTextOf(draft) } : {}),
  };
}

/** See `TablePlan.keyText`. */
function keyTextOf(draft: Draft): string {
  const { columns } = keyOf(draft);
  return columns.length === 0 ? "'a row without a key'" : keySql(columns, draft, "s.");
}

export function tableInto(draft: Draft, live: LiveTable, planning: Planning): TableParts {
  const { staging } = planning.input;
  const relation = qualified(staging, draft.target);
  const sent = draft.columns.filter(({ computed }) => !computed);
  const key = keyOf(draft);
  const keyed = live.key.length > 0 && live.key.every((name) => sent.some(({ target }) => target === name));
  const steps: FinishStep[] = sent.flatMap((column) => defaultStep(column, draft, live, key.columns, planning));
  if (keyed) {
    const name = planning.relationNames.claim(`${draft.target}_key`);
    const sql = `CREATE UNIQUE INDEX ${quoteName(name)} ON ${relation} (${nameList(live.key)})`;
    steps.push({ id: `${draft.table.name}/primary key`, kind: "primary key", name, sql, stage: "keys" });
  }
  return {
    create: `CREATE TABLE ${relation} (${sent.map(({ target, pgType }) => `${quoteName(target)} ${pgType}`).join(", ")})`,
    key,
    identity: identityOf(draft),
    finish: steps,
    keys: keyed ? [live.key.map((name) => sent.find(({ target }) => target === name)?.source ?? name)] : [],
  };
}

/** The numbers that the source's sequence has already given out are not given out again. */
function identityOf({ table, columns, profile }: Draft): Identity | null {
  const column = table.columns.find(({ isRowid }) => isRowid);
  const plan = columns.find(({ source }) => source === column?.name);
  if (plan === undefined || plan.computed) return null;
  const [largest, used] = [BigInt(profile.lastRowid ?? 0), BigInt(table.sequence ?? 0)];
  const after = (largest > used ? largest : used) + 1n;
  return { column: plan.target, sequence: "", next: String(after < 1n ? 1n : after) };
}

/** The server computes the default, once, before the switch: the proof must know the value that a cell got. */
function defaultStep(
  column: ColumnPlan,
  draft: Draft,
  live: LiveTable,
  key: readonly string[],
  planning: Planning,
): FinishStep[] {
  const { table, target } = draft;
  const expression = live.columns.find(({ name }) => name === column.target)?.default ?? null;
  if (expression === null || !column.rules.some(({ then }) => then === "default")) return [];
  const { settings, staging, run } = planning.input;
  const relation = qualified(staging, target);
  const name = quoteName(column.target);
  const shown = key.length === 0 ? quoteLiteral("a row without a key") : keySql(key, draft);
  const sql = `WITH filled AS (UPDATE ${relation} s SET ${name} = ${expression} WHERE s.${name} IS NULL RETURNING s.*)
    INSERT INTO ${qualified(settings.target.state, "ledger")} (run_id, table_name, key, column_name, before, after, rule)
    SELECT ${quoteLiteral(run ?? "")}, ${quoteLiteral(table.name)}, ${shown}, ${quoteLiteral(column.source)}, 'NULL', format('%s', ${name}), 'NULL_IN_REQUIRED:default' FROM filled`;
  return [{ id: `${table.name}/default/${column.target}`, kind: "default", name: column.target, sql, stage: "fill" }];
}

/** As core/values/key-text.ts writes it. */
function keySql(key: readonly string[], { columns, profile }: Draft, of = ""): string {
  const parts = key.map((source) => {
    const column = columns.find((one) => one.source === source);
    const name = `${of}${quoteName(column?.target ?? source)}`;
    const numbers = (profile.columns[source]?.counts.text ?? 0) === 0;
    const bytes = `'x''' || encode(${name}, 'hex') || ''''`;
    const text = numbers ? `${name}::text` : `to_json(${name}::text)::text`;
    return `${quoteLiteral(`${source}=`)} || ${column?.encoding.kind === "bytes" ? bytes : text}`;
  });
  return parts.join(" || ', ' || ");
}
