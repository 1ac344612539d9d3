/** One table as it will be: its statement and those of its indexes, added to the planned schema. */

import { RowhaulError } from "../../core/messages/errors.ts";
import type { ColumnPlan } from "../../core/plan/plan.ts";
import type { Check, Column, ForeignKey, Index, Table } from "../../core/schema/catalog.ts";
import { sameName } from "../../core/schema/names.ts";
import type { SelectedTable } from "../../core/selection.ts";
import { byName, tableSettings } from "../context.ts";
import { decideColumn, type SqliteColumn } from "./column.ts";
import type { SqlitePlanning } from "./context.ts";
import { createIndex, createTable } from "./ddl.ts";
import { checkOfPostgres, defaultOfPostgres, isBtree } from "./from-postgres.ts";
import { isOwnStatement } from "./own-statement.ts";
import type { Schema } from "./schema.ts";

export type DraftTable = {
  readonly table: Table;
  readonly target: string;
  readonly columns: readonly ColumnPlan[];
  /** Names of the indexes that the planned schema has. */
  readonly indexes: readonly string[];
};

export function draftTable(
  table: Table,
  moving: readonly Table[],
  schema: Schema,
  planning: SqlitePlanning,
): DraftTable {
  const settings = tableSettings(planning.input, table.name);
  refuseUnknownNames(table, settings);
  const kept = table.columns.filter((column) => !settings.drop.some((name) => sameName(name, column.name)));
  if (kept.length === 0)
    throw new RowhaulError("PLAN_INVALID", `${table.name}: the pipeline drops every column.`, {
      place: { table: table.name },
      hint: "Leave the table out with `exclude`.",
    });
  for (const column of table.columns)
    if (!kept.includes(column))
      planning.leftOut.push({ object: `column ${table.name}.${column.name}`, reason: "dropped by the pipeline" });
  for (const [name, { type }] of Object.entries(settings.columns))
    if (type !== null)
      planning.notes.push({
        code: "TYPE_IGNORED",
        at: `${table.name}.${name}`,
        message: `the type ${type} is PostgreSQL's; in SQLite every value stays as it is`,
      });
  const foreignKeys = table.foreignKeys.filter((key) => carriesReference(table, key, moving, planning));
  const own =
    kept.length === table.columns.length && foreignKeys.length === table.foreignKeys.length && isOwnStatement(table);
  const columns = kept.map((column) => decideColumn(table, withOrder(column, planning), own, planning));
  for (const column of kept)
    if (planning.input.catalog.dialect === "postgres" && isPadded(column))
      planning.notes.push({
        code: "CHAR_PADDED",
        at: `${table.name}.${column.name}`,
        message: `the values of ${column.pgType} keep the blanks at their end; COLLATE RTRIM compares without them, length() and LIKE count them`,
      });
  if (!own || schema.add(table.sql) !== null) addGenerated({ ...table, foreignKeys }, columns, schema, planning);
  return {
    table,
    target: settings.as ?? table.name,
    columns: columns.map(({ column, plan }) => ({
      ...plan,
      target: byName(settings.rename, column.name) ?? column.name,
    })),
    indexes: table.indexes.filter((index) => addIndex(table, index, columns, schema, planning)).map(({ name }) => name),
  };
}

/**
 * PostgreSQL's collations are its own: texts are ordered by their bytes, as under "C". A char(n), whose values have
 * blanks up to their length, is compared without them there.
 */
function withOrder(column: Column, { input }: SqlitePlanning): Column {
  if (input.catalog.dialect !== "postgres") return column;
  return { ...column, collation: isPadded(column) ? "RTRIM" : "BINARY" };
}

function isPadded({ pgType }: Column): boolean {
  return /^(character\(\d+\)|character|bpchar(\(\d+\))?)$/.test(pgType ?? "");
}

/** A statement made from the catalog; what SQLite objects to is left out, with a note. */
function addGenerated(table: Table, columns: readonly SqliteColumn[], schema: Schema, planning: SqlitePlanning): void {
  const postgres = planning.input.catalog.dialect === "postgres";
  const there = (name: string): boolean => columns.some(({ column }) => sameName(column.name, name));
  const translated = columns.map((one): SqliteColumn => {
    if (!postgres || one.column.default === null) return one;
    const value = defaultOfPostgres(one.column.default, one);
    if (value === null)
      planning.hazards.meet({
        code: "DEFAULT_LOST",
        at: `${table.name}.${one.column.name}`,
        message: `DEFAULT ${one.column.default} has no equal in SQLite`,
      });
    return { ...one, column: { ...one.column, default: value?.sql ?? null } };
  });
  const lost = (at: string, message: string) => planning.hazards.meet({ code: "CHECK_LOST", at, message });
  const checks: Check[] = [];
  for (const [i, check] of table.checks.entries()) {
    const at = `${table.name}.${check.name ?? `check ${i + 1}`}`;
    if (planning.hazards.givesUp("CHECK_LOST", at)) {
      lost(at, `CHECK (${check.expression}) is given up in the pipeline file`);
      continue;
    }
    const expression = postgres ? checkOfPostgres(check.expression, columns) : check.expression;
    const candidate = expression === null ? null : { ...check, expression };
    const objection =
      candidate === null
        ? "it may mean something else in SQLite"
        : schema.wouldAdd(createTable({ ...table, uniques: [] }, translated, [candidate]));
    if (candidate !== null && objection === null) checks.push(candidate);
    else lost(at, `CHECK (${check.expression}): ${objection}`);
  }
  const uniques = table.uniques.filter(({ columns: names, name }) => {
    if (names.every(there)) return true;
    const at = name ?? `${table.name} (${names.join(", ")})`;
    planning.hazards.meet({
      code: "UNIQUENESS_LOST",
      at,
      message: `UNIQUE (${names.join(", ")}) needs a dropped column`,
    });
    return false;
  });
  const keyed = table.primaryKey?.every(there) ?? true;
  if (!keyed)
    planning.hazards.meet({
      code: "UNIQUENESS_LOST",
      at: table.name,
      message: `PRIMARY KEY (${table.primaryKey?.join(", ")}) needs a dropped column`,
    });
  const made = { ...table, uniques, ...(keyed ? {} : { primaryKey: null, withoutRowid: false }) };
  const objection = schema.add(createTable(made, translated, checks));
  if (objection !== null)
    throw new RowhaulError("SOURCE_UNSUPPORTED", `${table.name} cannot be made in SQLite: ${objection}.`, {
      place: { table: table.name },
    });
}

function addIndex(
  table: Table,
  index: Index,
  columns: readonly SqliteColumn[],
  schema: Schema,
  planning: SqlitePlanning,
): boolean {
  const code = index.unique ? "UNIQUENESS_LOST" : "INDEX_LOST";
  const lose = (reason: string): boolean => {
    planning.hazards.meet({ code, at: index.name, message: `index ${index.name} on ${table.name}: ${reason}` });
    return false;
  };
  if (planning.hazards.givesUp(code, index.name)) return lose("given up in the pipeline file");
  if (planning.input.catalog.dialect !== "postgres") {
    const objection = schema.add(index.sql === "" ? createIndex(table.name, index) : index.sql);
    return objection === null || lose(objection);
  }
  if (!isBtree(index.sql)) return lose("SQLite has no index of its kind");
  if (index.unique && /\bNULLS NOT DISTINCT\b/.test(index.sql))
    planning.hazards.meet({
      code,
      at: index.name,
      message: `index ${index.name} on ${table.name}: NULLS NOT DISTINCT: in SQLite NULLs differ from each other, so any number of rows may have one`,
    });
  const where = index.where === null ? null : checkOfPostgres(index.where, columns);
  const parts = index.parts.map((part) => ({
    ...part,
    collation: columns.find(({ column }) => column.name === part.column)?.column.collation ?? "BINARY",
    expression: part.expression === null ? null : checkOfPostgres(part.expression, columns),
  }));
  if (
    (index.where !== null && where === null) ||
    parts.some((part) => part.column === null && part.expression === null)
  )
    return lose("its expression may mean something else in SQLite");
  const objection = schema.add(createIndex(table.name, { ...index, parts, where }));
  return objection === null || lose(objection);
}

/** A reference to a table that stays behind would make every later INSERT fail; one that was broken stays as it was. */
function carriesReference(
  table: Table,
  key: ForeignKey,
  moving: readonly Table[],
  { input, hazards }: SqlitePlanning,
): boolean {
  const at = `${table.name}.${key.columns.join(",")}`;
  const dropped = tableSettings(input, table.name).drop;
  const stays =
    input.catalog.tables.some(({ name }) => sameName(name, key.parent)) &&
    !moving.some(({ name }) => sameName(name, key.parent));
  const loses = key.columns.some((name) => dropped.some((one) => sameName(one, name)));
  const parentDrop = tableSettings(input, key.parent).drop;
  const parentLoses = key.parentColumns.some((name) => parentDrop.some((one) => sameName(one, name)));
  if (!stays && !loses && !parentLoses && !hazards.givesUp("FOREIGN_KEY_LOST", at)) return true;
  const reason = stays
    ? `${key.parent} is not selected`
    : loses || parentLoses
      ? "a column of it is dropped"
      : "given up";
  hazards.meet({ code: "FOREIGN_KEY_LOST", at, message: `foreign key to ${key.parent}: ${reason}` });
  return false;
}

function refuseUnknownNames(table: Table, settings: SelectedTable): void {
  const named = [...Object.keys(settings.rename), ...settings.drop, ...Object.keys(settings.columns)];
  const unknown = named.filter((name) => !table.columns.some((column) => sameName(column.name, name)));
  if (unknown.length === 0) return;
  throw new RowhaulError(
    "PLAN_INVALID",
    `${table.name} has no column ${unknown.map((name) => `"${name}"`).join(", ")}.`,
    { place: { table: table.name }, details: [`It has: ${table.columns.map(({ name }) => name).join(", ")}`] },
  );
}
