/** What the application made in the file: its tables, with what decides about the rows that come. */

import type { StorageClass } from "../../../core/plan/profile.ts";
import { quoteName } from "../../../core/quote.ts";
import { affinityOf } from "../../../core/schema/affinity.ts";
import type { FileColumn, FileKey, FileSchema, FileTable } from "../../../core/schema/file-schema.ts";
import { conditionsOf } from "../enforced/conditions.ts";
import type { Sqlite } from "../state/state.ts";

type Listed = { readonly name: string; readonly type: string; readonly wr: number; readonly strict: number };
type Info = {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly dflt_value: string | null;
  readonly pk: number;
  readonly hidden: number;
};

export function readFileSchema(db: Sqlite): FileSchema {
  const listed = db
    .prepare(
      "SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    )
    .all() as Listed[];
  const named = (type: string): string[] => listed.filter((one) => one.type === type).map(({ name }) => name);
  return {
    tables: listed.filter(({ type }) => type === "table").map((one) => readTable(db, one)),
    views: named("view"),
    virtual: named("virtual"),
  };
}

function readTable(db: Sqlite, { name, wr, strict }: Listed): FileTable {
  const info = db.prepare("SELECT * FROM pragma_table_xinfo(?, 'main')").all(name) as Info[];
  const key = info.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
  const index = db.prepare("SELECT 1 FROM pragma_index_list(?, 'main') WHERE origin = 'pk'").get(name);
  // A key of one column without an index is the rowid itself.
  const alias = wr === 0 && key.length === 1 && index === undefined ? key[0] : undefined;
  return {
    name,
    columns: info
      .filter(({ hidden }) => hidden !== 1)
      .map((one) => readColumn(one, one === alias, wr === 1, strict === 1)),
    keys: [
      ...(alias === undefined
        ? []
        : [{ name: "primary key", primary: true, columns: [alias.name], collations: ["BINARY"] }]),
      ...readKeys(db, name),
    ],
    hasRows: db.prepare(`SELECT 1 FROM main.${quoteName(name)} LIMIT 1`).get() !== undefined,
    uncheckable: conditionsOf(db, name).flatMap(({ name: own, expression }, i) => {
      const objection = objectionTo(db, name, expression);
      return objection === null ? [] : [{ name: own ?? `check ${i + 1}`, expression, objection }];
    }),
  };
}

function readColumn(
  { name, type, notnull, dflt_value, pk, hidden }: Info,
  alias: boolean,
  withoutRowid: boolean,
  strict: boolean,
): FileColumn {
  return {
    name,
    type,
    affinity: affinityOf(type, strict),
    only: alias ? ["integer"] : strict ? taken(type) : null,
    notNull: notnull === 1 || alias || (withoutRowid && pk > 0),
    default: dflt_value,
    generated: hidden !== 0,
    numbered: alias,
  };
}

/** Of a STRICT table. */
function taken(type: string): StorageClass[] | null {
  const classes: Readonly<Record<string, StorageClass>> = {
    INT: "integer",
    INTEGER: "integer",
    REAL: "real",
    TEXT: "text",
    BLOB: "blob",
  };
  const own = classes[type.toUpperCase()];
  return own === undefined ? null : [own];
}

function readKeys(db: Sqlite, table: string): FileKey[] {
  const indexes = db
    .prepare(
      "SELECT name, origin FROM pragma_index_list(?, 'main') WHERE \"unique\" = 1 AND partial = 0 ORDER BY seq DESC",
    )
    .all(table) as { name: string; origin: string }[];
  return indexes.flatMap(({ name, origin }) => {
    const parts = db
      .prepare("SELECT name, coll FROM pragma_index_xinfo(?, 'main') WHERE key = 1 ORDER BY seqno")
      .all(name) as { name: string | null; coll: string }[];
    const columns = parts.flatMap((part) => (part.name === null ? [] : [part.name]));
    if (columns.length !== parts.length) return [];
    return [
      {
        name: origin === "pk" ? "primary key" : name.startsWith("sqlite_autoindex_") ? columns.join(", ") : name,
        primary: origin === "pk",
        columns,
        collations: parts.map(({ coll }) => coll),
      },
    ];
  });
}

function objectionTo(db: Sqlite, table: string, expression: string): string | null {
  try {
    db.prepare(`SELECT 1 FROM main.${quoteName(table)} WHERE NOT (${expression}\n)`);
    return null;
  } catch (thrown) {
    return (thrown as Error).message;
  }
}
