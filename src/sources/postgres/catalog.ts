/**
 * A PostgreSQL schema as a catalog. Expressions stay PostgreSQL's own (`dialect`), written under an empty
 * search_path, so that every name in them says its schema. What a catalog has no place for goes to `postgres`.
 */

import { RowhaulError } from "../../core/messages/errors.ts";
import { quoteName, quotePostgresLiteral } from "../../core/quote.ts";
import type { Affinity, Check, Column, ForeignKey, ForeignKeyAction, Index, Table } from "../../core/schema/catalog.ts";
import { foldName } from "../../core/schema/names.ts";
import type { PostgresCatalog, PostgresFacts } from "../../core/schema/postgres-catalog.ts";
import { rowidColumn, rowidName } from "../../snapshot/write/writer.ts";
import { type ColumnForm, formOf } from "./columns.ts";
import { type DomainCheck, readDomains } from "./domains.ts";
import { readOthers } from "./others.ts";
import {
  type ColumnRow,
  type ConstraintRow,
  columnsSql,
  constraintsSql,
  type IndexRow,
  indexesSql,
  type RelationRow,
} from "./queries.ts";
import { readRelations } from "./relations.ts";
import { readSequences, type Sequences } from "./sequences.ts";
import type { Session } from "./session.ts";

export type ReadTable = {
  readonly relation: RelationRow;
  readonly table: Table;
  readonly forms: readonly ColumnForm[];
};

export type SourceCatalog = { readonly catalog: PostgresCatalog; readonly tables: readonly ReadTable[] };

export async function readSourceCatalog(
  session: Session,
  schema: string,
  wanted: (table: string) => boolean,
): Promise<SourceCatalog> {
  const relations = await readRelations(session, schema, wanted);
  const oids = relations.tables.map(({ oid }) => oid);
  const columns = grouped((await session.query<ColumnRow>(columnsSql, [oids])).rows);
  const constraints = grouped((await session.query<ConstraintRow>(constraintsSql, [oids])).rows);
  const indexes = grouped((await session.query<IndexRow>(indexesSql, [oids])).rows);
  const sequences = await readSequences(session, [...columns.values()].flat());
  const domains = await readDomains(session, [...columns.values()].flat());
  const others = await readOthers(session, schema, relations, sequences);
  const empty = relations.tables.filter(({ oid }) => !columns.has(oid));
  const tables = relations.tables
    .filter(({ oid }) => columns.has(oid))
    .map((relation): ReadTable => {
      const own = columns.get(relation.oid) ?? [];
      checkColumnNames(relation.name, own);
      const forms = own.map(formOf);
      const table = tableOf(relation, schema, {
        columns: own,
        forms,
        constraints: constraints.get(relation.oid) ?? [],
        indexes: indexes.get(relation.oid) ?? [],
        sequences,
        domains: domains.checks,
      });
      return { relation, table, forms };
    });
  const facts: PostgresFacts = {
    schema,
    identities: tables.flatMap(({ relation, table }) =>
      (columns.get(relation.oid) ?? []).flatMap((column) => {
        const found = sequences.of(column);
        const { name } = table;
        return found === null
          ? []
          : [{ table: name, column: column.name, always: column.identity === "a", increment: found.increment }];
      }),
    ),
    constraints: tables.flatMap(({ relation, table }) =>
      (constraints.get(relation.oid) ?? [])
        .filter((one) => one.kind === "x" || one.period)
        .map((one) => ({ table: table.name, name: one.name, sql: one.definition })),
    ),
    notValid: tables.flatMap(({ relation, table }) =>
      (constraints.get(relation.oid) ?? [])
        .filter((one) => one.kind === "c" && !one.validated && one.enforced)
        .map((one) => ({ table: table.name, name: one.name })),
    ),
    types: others.types,
    comments: others.comments,
    notes: [
      ...relations.notes,
      ...tables.flatMap(({ table, forms, relation }) =>
        forms.flatMap(({ asText }, i) => asTextNote(table, i, asText, columns.get(relation.oid)?.[i])),
      ),
      ...domains.notes(tables.map(({ table, relation }) => [table.name, columns.get(relation.oid) ?? []])),
      ...tables.flatMap(({ table, relation }) =>
        (constraints.get(relation.oid) ?? []).flatMap((one) => detailNote(table, one)),
      ),
    ],
    others: [
      ...relations.others,
      ...empty.map(({ name }) => ({ object: `table ${name}`, reason: "has no columns", hazard: null })),
      ...tables.flatMap(({ table, relation }) =>
        (constraints.get(relation.oid) ?? [])
          .filter((one) => !one.enforced)
          .map((one) => ({ object: `constraint ${one.name} of ${table.name}`, reason: "NOT ENFORCED", hazard: null })),
      ),
      ...others.objects,
    ],
  };
  const moved = new Set(tables.map(({ table }) => table.name));
  const catalog: PostgresCatalog = {
    dialect: "postgres",
    encoding: "UTF-8",
    userVersion: 0,
    applicationId: 0,
    tables: tables.map(({ table }) => table),
    views: relations.views.filter(({ kind }) => kind === "v").map(({ name, view }) => ({ name, sql: view ?? "" })),
    triggers: others.triggers.filter(({ table }) => moved.has(table)),
    virtualTables: [],
    internal: [],
    postgres: facts,
  };
  return { catalog, tables };
}

type TableParts = {
  readonly columns: readonly ColumnRow[];
  readonly forms: readonly ColumnForm[];
  readonly constraints: readonly ConstraintRow[];
  readonly indexes: readonly IndexRow[];
  readonly sequences: Sequences;
  readonly domains: ReadonlyMap<string, readonly DomainCheck[]>;
};

function tableOf({ name }: RelationRow, schema: string, parts: TableParts): Table {
  const { columns, forms, constraints, indexes, sequences } = parts;
  const enforced = constraints.filter((one) => one.enforced && !one.period);
  const primary = enforced.find(({ kind }) => kind === "p")?.columns ?? null;
  const rowid = rowidColumn(primary, (key) =>
    columns.some((column, i) => column.name === key && forms[i]?.form === "integer"),
  );
  const sequenced = columns.map((column) => sequences.of(column)).find((found) => found !== null) ?? null;
  const special = enforced.filter(({ kind, special }) => kind === "u" && special === true);
  return {
    name,
    sql: "",
    columns: columns.map((column, i) => columnOf(column, forms[i] as ColumnForm, rowid, parts)),
    primaryKey: primary,
    primaryKeyCollations: primary?.map(() => "BINARY") ?? null,
    withoutRowid: false,
    strict: false,
    autoincrement: sequenced !== null,
    sequence: sequenced?.used ?? null,
    rowidName: rowidName(columns.map((column) => column.name)),
    uniques: enforced
      .filter((one) => one.kind === "u" && !special.includes(one))
      .map((one) => ({
        name: one.name,
        columns: one.columns ?? [],
        collations: (one.columns ?? []).map(() => "BINARY"),
      })),
    conflictClauses: [],
    indexes: [...special.map(uniqueIndex), ...indexes.map(indexOf)],
    foreignKeys: enforced.filter(({ kind }) => kind === "f").map((one) => foreignKey(one, schema)),
    checks: [
      ...enforced
        .filter(({ kind }) => kind === "c")
        .map((one) => ({ name: one.name, expression: one.expression ?? "" })),
      ...columns.flatMap((column) => enumCheck(name, column)),
      ...columns.flatMap((column) =>
        column.domains.flatMap((domain) =>
          (parts.domains.get(String(domain)) ?? []).map((check) => ({
            name: `${name}_${column.name}_${check.name}`,
            expression: check.over(column.name),
            ofType: true,
          })),
        ),
      ),
    ],
  };
}

/** An enum's column becomes text that lets no other values in. */
function enumCheck(table: string, { name, labels }: ColumnRow): Check[] {
  if (labels === null) return [];
  const list = labels.map(quotePostgresLiteral).join(", ");
  return [
    { name: `${table}_${name}_enum`, expression: `${quoteName(name)} = ANY (ARRAY[${list}]::text[])`, ofType: true },
  ];
}

const declared: Readonly<Record<ColumnForm["form"], readonly [string, Affinity]>> = {
  integer: ["INTEGER", "INTEGER"],
  boolean: ["BOOLEAN", "INTEGER"],
  bytes: ["BLOB", "BLOB"],
  text: ["TEXT", "TEXT"],
  written: ["TEXT", "TEXT"],
};

function columnOf(
  row: ColumnRow,
  { form, pgType }: ColumnForm,
  rowid: string | null,
  { sequences }: TableParts,
): Column {
  const [declaredType, affinity] = declared[form];
  return {
    name: row.name,
    declaredType,
    affinity,
    pgType,
    notNull: row.notNull,
    default: row.generated === "" ? (sequences.of(row)?.default ?? row.expression) : null,
    collation: row.collation ?? "BINARY",
    isRowid: row.name === rowid,
    generated:
      row.generated === ""
        ? null
        : { kind: row.generated === "v" ? "virtual" : "stored", expression: row.expression ?? "" },
  };
}

function indexOf({ name, unique, where, sql, parts }: IndexRow): Index {
  return { name, unique, where, sql, parts: parts.map((part) => ({ ...part, collation: "BINARY" })) };
}

/** A unique constraint with INCLUDE or NULLS NOT DISTINCT, as the index behind it. */
function uniqueIndex({ name, columns, index }: ConstraintRow): Index {
  const parts = (columns ?? []).map((column) => ({ column, expression: null, descending: false, collation: "BINARY" }));
  return { name, unique: true, where: null, sql: index ?? "", parts };
}

const actions: Readonly<Record<string, ForeignKeyAction>> = {
  a: "NO ACTION",
  r: "RESTRICT",
  c: "CASCADE",
  n: "SET NULL",
  d: "SET DEFAULT",
};

/** A parent of another schema bears its schema's name, under which nothing moves. */
function foreignKey(row: ConstraintRow, schema: string): ForeignKey {
  return {
    name: row.name,
    columns: row.columns ?? [],
    parent: row.parentSchema === schema ? (row.parent ?? "") : `${row.parentSchema}.${row.parent}`,
    parentColumns: row.parentColumns ?? [],
    onUpdate: actions[row.onUpdate] ?? "NO ACTION",
    onDelete: actions[row.onDelete] ?? "NO ACTION",
    deferrable: !row.deferrable ? "no" : row.deferred ? "initially deferred" : "initially immediate",
  };
}

function asTextNote(
  table: Table,
  i: number,
  asText: string | null,
  row: ColumnRow | undefined,
): PostgresFacts["notes"] {
  if (asText === null) return [];
  const folded = row?.element === "citext" ? "; it compared without case, text does not" : "";
  return [
    {
      code: "TYPE_AS_TEXT",
      at: `${table.name}.${table.columns[i]?.name}`,
      message: `${asText}, carried as text${folded}`,
    },
  ];
}

function detailNote({ name }: Table, row: ConstraintRow): PostgresFacts["notes"] {
  const at = `${name}.${row.name}`;
  const note = (message: string) => [{ code: "CONSTRAINT_CHANGED", at, message }];
  if (row.kind === "f" && row.match === "f") return note("MATCH FULL becomes MATCH SIMPLE");
  if (row.kind === "f" && row.someColumns)
    return note(`its ON DELETE ${actions[row.onDelete]} was for some columns, and is for all`);
  if ((row.kind === "p" || row.kind === "u") && row.deferrable)
    return note("deferrable in the source; checked at once in the target");
  if (row.kind === "u" && row.special === true) return note("carried as a unique index");
  if (row.kind === "p" && row.special === true) return note("goes without the columns that its index included");
  return [];
}

function checkColumnNames(table: string, columns: readonly ColumnRow[]): void {
  const seen = new Map<string, string>();
  for (const { name } of columns) {
    const other = seen.get(foldName(name));
    if (other !== undefined)
      throw new RowhaulError("SOURCE_UNSUPPORTED", `The columns "${other}" and "${name}" differ only in case.`, {
        place: { table },
        hint: "Leave the table out with `exclude`, or rename a column in the source.",
      });
    seen.set(foldName(name), name);
  }
}

function grouped<T extends { readonly oid: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.oid);
    if (group === undefined) groups.set(row.oid, [row]);
    else group.push(row);
  }
  return groups;
}
