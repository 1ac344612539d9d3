/** What really stands in the target's schema, by pg_catalog. */

import type { Target, TargetRow } from "../target-reader.ts";

export type TargetTable = {
  readonly columns: ReadonlyMap<string, TargetColumn>;
  readonly constraints: readonly TargetConstraint[];
  readonly indexes: readonly TargetIndex[];
};

export type TargetColumn = {
  readonly type: string;
  readonly notNull: boolean;
  readonly hasDefault: boolean;
  readonly identity: boolean;
  readonly generated: boolean;
};

export type TargetConstraint = {
  readonly name: string;
  /** `p`, `u`, `f`, `c`, as in pg_constraint.contype. */
  readonly kind: string;
  readonly columns: readonly string[];
  readonly parent: { readonly table: string; readonly columns: readonly string[] } | null;
  readonly onUpdate: string;
  readonly onDelete: string;
  readonly deferrable: "no" | "initially immediate" | "initially deferred";
  readonly validated: boolean;
};

export type TargetIndex = {
  readonly name: string;
  readonly unique: boolean;
  readonly valid: boolean;
  /** Condition of a partial index. */
  readonly where: string | null;
  /** In order: a plain column's name, or an expression's SQL. */
  readonly parts: readonly { readonly column: string | null; readonly sql: string }[];
};

export type TargetObjects = {
  readonly tables: ReadonlyMap<string, TargetTable>;
  readonly views: ReadonlySet<string>;
};

export async function targetObjects(target: Target, schema: string): Promise<TargetObjects> {
  const relations = await target.query(
    `SELECT c.relname, c.relkind FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relkind IN ('r','p','v','m')`,
    [schema],
  );
  const columns = grouped(await target.query(columnsSql, [schema]), columnOf);
  const constraints = grouped(await target.query(constraintsSql, [schema]), constraintOf);
  const indexes = grouped(await target.query(indexesSql, [schema]), indexOf);
  const tables = relations
    .filter(([, kind]) => kind === "r" || kind === "p")
    .map(([table]): [string, TargetTable] => [
      table ?? "",
      {
        columns: new Map(columns.get(table ?? "")),
        constraints: constraints.get(table ?? "") ?? [],
        indexes: indexes.get(table ?? "") ?? [],
      },
    ]);
  const views = relations.filter(([, kind]) => kind === "v" || kind === "m").map(([view]) => view ?? "");
  return { tables: new Map(tables), views: new Set(views) };
}

const from = `FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace`;

const columnsSql = `SELECT c.relname, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, a.atthasdef, a.attidentity <> '', a.attgenerated <> ''
  ${from} JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
  WHERE n.nspname = $1 AND c.relkind IN ('r','p') AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum`;

/** Lists of names travel as JSON: PostgreSQL's array text would need a parser of its own. */
function names(relation: string, numbers: string): string {
  return `(SELECT pg_catalog.json_agg(a.attname ORDER BY k.nth) FROM unnest(${numbers}) WITH ORDINALITY k(num, nth) JOIN pg_catalog.pg_attribute a ON a.attrelid = ${relation} AND a.attnum = k.num)`;
}

// PostgreSQL 18 keeps NOT NULL here too (kind n); attnotnull says that in every version.
const constraintsSql = `SELECT c.relname, o.conname, o.contype, ${names("o.conrelid", "o.conkey")},
    p.relname, ${names("o.confrelid", "o.confkey")}, o.confupdtype, o.confdeltype, o.condeferrable, o.condeferred, o.convalidated
  ${from} JOIN pg_catalog.pg_constraint o ON o.conrelid = c.oid LEFT JOIN pg_catalog.pg_class p ON p.oid = o.confrelid
  WHERE n.nspname = $1 AND o.contype IN ('p','u','f','c') ORDER BY c.relname, o.conname`;

const indexesSql = `SELECT c.relname, x.relname, i.indisunique, i.indisvalid AND i.indisready, pg_catalog.pg_get_expr(i.indpred, i.indrelid, true),
    (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('column', a.attname, 'sql', pg_catalog.pg_get_indexdef(i.indexrelid, k.nth::int, true)) ORDER BY k.nth)
     FROM unnest(i.indkey) WITH ORDINALITY k(num, nth) LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.num AND k.num > 0
     WHERE k.nth <= i.indnkeyatts)
  ${from} JOIN pg_catalog.pg_index i ON i.indrelid = c.oid JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
  WHERE n.nspname = $1 ORDER BY c.relname, x.relname`;

function grouped<T>(rows: readonly TargetRow[], read: (row: TargetRow) => T): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const [table, ...rest] of rows) {
    const group = groups.get(table ?? "") ?? [];
    group.push(read(rest));
    groups.set(table ?? "", group);
  }
  return groups;
}

function columnOf([column, type, notNull, hasDefault, identity, generated]: TargetRow): [string, TargetColumn] {
  return [
    column ?? "",
    {
      type: type ?? "",
      notNull: notNull === "t",
      hasDefault: hasDefault === "t",
      identity: identity === "t",
      generated: generated === "t",
    },
  ];
}

function constraintOf(row: TargetRow): TargetConstraint {
  const [constraint, kind, columns, parent, parentColumns, onUpdate, onDelete, deferrable, deferred, validated] = row;
  return {
    name: constraint ?? "",
    kind: kind ?? "",
    columns: list(columns),
    parent: parent == null ? null : { table: parent, columns: list(parentColumns) },
    onUpdate: onUpdate ?? "",
    onDelete: onDelete ?? "",
    deferrable: deferrable !== "t" ? "no" : deferred === "t" ? "initially deferred" : "initially immediate",
    validated: validated === "t",
  };
}

function indexOf([index, unique, valid, where, parts]: TargetRow): TargetIndex {
  return {
    name: index ?? "",
    unique: unique === "t",
    valid: valid === "t",
    where: where ?? null,
    parts: JSON.parse(parts ?? "[]") ?? [],
  };
}

function list(json: string | null | undefined): string[] {
  return JSON.parse(json ?? "[]") ?? [];
}
