/** Foreign keys: carried when parent, key and types are there; else a hazard. Orphans are met here too. */

import { plural } from "../../core/messages/count.ts";
import type { CellAction, CellRule, ColumnPlan, FinishStep } from "../../core/plan/plan.ts";
import { nameList, qualified, quoteName } from "../../core/quote.ts";
import type { ForeignKey, Table } from "../../core/schema/catalog.ts";
import { foldName, sameName } from "../../core/schema/names.ts";
import type { Planning } from "../context.ts";
import { sameColumns, tableSettings } from "../context.ts";
import { isPostgres } from "./from-postgres/carrying.ts";

export type Parent = {
  readonly table: Table;
  readonly target: string;
  readonly columns: readonly ColumnPlan[];
  readonly keys: readonly (readonly string[])[];
};

export type ForeignKeyInput = {
  readonly table: Table;
  readonly target: string;
  readonly columns: readonly ColumnPlan[];
  readonly dropped: (column: string) => boolean;
};

/** The treatment of orphans, as rules for the child's columns. Must be known before the columns' plans are final. */
export function orphanRules(table: Table, planning: Planning): [column: string, rule: CellRule][] {
  const rules: [string, CellRule][] = [];
  for (const [i, key] of table.foreignKeys.entries()) {
    const policy = orphanPolicy(table, key, i, planning);
    if (policy !== "null" && policy !== "quarantine") continue;
    const rule: CellRule = {
      code: "ORPHAN_ROWS",
      when: {
        kind: "orphan",
        columns: key.columns,
        parent: key.parent,
        parentColumns: key.parentColumns,
        parentWhere: tableSettings(planning.input, key.parent).where,
      },
      then: policy as CellAction,
    };
    for (const column of policy === "null" ? key.columns : key.columns.slice(0, 1)) rules.push([column, rule]);
  }
  return rules;
}

export function planForeignKey(
  key: ForeignKey,
  position: number,
  input: ForeignKeyInput,
  parents: ReadonlyMap<string, Parent>,
  planning: Planning,
): FinishStep | null {
  const at = `${input.table.name}.${key.columns[0]}`;
  const label = `foreign key ${input.table.name}(${key.columns.join(", ")}) → ${key.parent}(${key.parentColumns.join(", ")})`;
  const gone = key.columns.filter(input.dropped);
  if (gone.length > 0) {
    planning.leftOut.push({ object: label, reason: `the pipeline drops ${gone.join(", ")}` });
    return null;
  }
  const lost = (reason: string): null => {
    planning.hazards.meet({ code: "FOREIGN_KEY_LOST", at, message: `${label}: ${reason}` });
    return null;
  };
  const reason = whyLost(key, input, parents, planning);
  if (reason !== null) return lost(reason);
  // An entry that accepts the loss of one key must not accept that of another on the same column.
  const meansAnother = input.table.foreignKeys.some(
    (other) =>
      other.columns[0] === key.columns[0] &&
      !other.columns.some(input.dropped) &&
      whyLost(other, input, parents, planning) !== null,
  );
  if (!meansAnother && planning.hazards.givesUp("FOREIGN_KEY_LOST", at)) return lost("given up in the pipeline file");
  const parent = parents.get(foldName(key.parent));
  if (parent === undefined) throw new Error(`${label} has no parent`);
  const children = key.columns.map((name) => find(input.columns, name));
  const targets = key.parentColumns.map((name) => find(parent.columns, name));
  const name = key.name ?? `${input.target}_${key.columns.join("_")}_fkey`;
  const constraint = cutName(name, position);
  const notValid = orphanPolicy(input.table, key, position, planning) === "not-valid" ? " NOT VALID" : "";
  const actions = `${key.onUpdate === "NO ACTION" ? "" : ` ON UPDATE ${key.onUpdate}`}${key.onDelete === "NO ACTION" ? "" : ` ON DELETE ${key.onDelete}`}`;
  const deferrable = key.deferrable === "no" ? "" : ` DEFERRABLE ${key.deferrable.toUpperCase()}`;
  const staging = planning.input.staging;
  const sql = `ALTER TABLE ${qualified(staging, input.target)} ADD CONSTRAINT ${quoteName(constraint)} FOREIGN KEY (${nameList(children.map((c) => c?.target ?? ""))}) REFERENCES ${qualified(staging, parent.target)} (${nameList(targets.map((c) => c?.target ?? ""))})${actions}${deferrable}${notValid}`;
  return {
    id: `${input.table.name}/foreign key/${constraint}`,
    kind: "foreign key",
    name: constraint,
    sql,
    stage: "references",
    place: at,
  };
}

/** Why PostgreSQL cannot have the foreign key; null where it can. */
function whyLost(
  key: ForeignKey,
  input: ForeignKeyInput,
  parents: ReadonlyMap<string, Parent>,
  planning: Planning,
): string | null {
  const parent = parents.get(foldName(key.parent));
  if (parent === undefined) return "the parent table does not exist, or does not move";
  if (key.parentColumns.length === 0)
    return "it names no columns of the parent, and the parent has no matching primary key";
  if (!parent.keys.some((unique) => sameColumns(unique, key.parentColumns)))
    return "the parent's columns are not a plain unique key in PostgreSQL";
  const children = key.columns.map((name) => find(input.columns, name));
  const targets = key.parentColumns.map((name) => find(parent.columns, name));
  for (const [i, child] of children.entries()) {
    const other = targets[i];
    if (child === undefined || other === undefined)
      return `there is no column ${key.parentColumns[i] ?? key.columns[i]}`;
    if (family(child.pgType) !== family(other.pgType) && !isPostgres(planning))
      return `${child.source} becomes ${child.pgType}, but ${other.source} becomes ${other.pgType}`;
  }
  // A PostgreSQL source compares as the target will.
  const folded = isPostgres(planning)
    ? []
    : key.parentColumns.map((name) => parent.table.columns.find((column) => sameName(column.name, name)));
  if (
    folded.some((column, i) => column !== undefined && column.collation !== "BINARY" && targets[i]?.pgType === "text")
  )
    return `SQLite compares it by ${folded.map((column) => column?.collation).join(", ")}, and no foreign key of PostgreSQL does`;
  const changes = [key.onUpdate === "CASCADE", ...[key.onUpdate, key.onDelete].map((action) => /^SET/.test(action))];
  if (children.some((child) => child?.computed) && changes.includes(true))
    return "its action would change a generated column";
  return null;
}

/** Constraint names need to be unique only within a table; the position distinguishes two on the same columns. */
function cutName(name: string, position: number): string {
  return Buffer.byteLength(name) <= 58
    ? name
    : `${Buffer.from(name)
        .subarray(0, 50)
        .toString("utf8")
        .replace(/\ufffd$/, "")}_${position}_fkey`;
}

/** Each foreign key treats its own orphans, once, even where several share their first column. */
function orphanPolicy(table: Table, key: ForeignKey, position: number, planning: Planning): string | null {
  const id = `${table.name}\0${position}`;
  const found = planning.input.orphans.get(id);
  if (found === undefined || found.count === 0) return null;
  const known = planning.orphanPolicies.get(id);
  if (known !== undefined) return known;
  const selectedParent = tableSettings(planning.input, key.parent).where !== null;
  const policy = planning.hazards.meet({
    code: "ORPHAN_ROWS",
    at: `${table.name}.${key.columns[0]}`,
    count: found.count,
    samples: found.samples,
    message: `${plural(found.count, "row points", "rows point")} to a row of ${key.parent} that does not exist${selectedParent ? " or is not selected" : ""}`,
  });
  planning.orphanPolicies.set(id, policy);
  return policy;
}

function family(pgType: string): string {
  return /^(smallint|integer|bigint)$/.test(pgType) ? "integer" : pgType;
}

function find(columns: readonly ColumnPlan[], name: string): ColumnPlan | undefined {
  return columns.find((column) => sameName(column.source, name));
}
