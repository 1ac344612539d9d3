/**
 * Values that a table of the application's would not keep as they are: SQLite's affinities turn the text '007' into a
 * number and the number 5 into a text, without a word. Found before anything is loaded, by assignment to a column of the
 * same declared type in a temporary table.
 */
import { affinityOf } from "../../../core/affinity.ts";
import { plural } from "../../../core/count.ts";
import type { ColumnPlan, TablePlan } from "../../../core/plan.ts";
import { shorten } from "../../../core/render-cell.ts";
import { quoteName, selection } from "../open.ts";
import type { Sqlite } from "./state.ts";

type LiveColumn = {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly dflt_value: string | null;
  readonly pk: number;
  readonly hidden: number;
};

/**
 * One line for each column that has such values, and for keys that are taken. `live`: opened for reading, so that nothing
 * but its temporary tables is written; `snapshot`: the file that the rows come from.
 */
export function misfits(live: Sqlite, snapshot: string, tables: readonly TablePlan[], merge: boolean): string[] {
  live.prepare("ATTACH ? AS snap").run(snapshot);
  try {
    return tables.flatMap((table) => tableMisfits(live, table, merge));
  } finally {
    live.exec("DETACH snap");
  }
}

function tableMisfits(db: Sqlite, table: TablePlan, merge: boolean): string[] {
  const columns = db
    .prepare("SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?, 'main')")
    .all(table.target) as LiveColumn[];
  const strict =
    db
      .prepare("SELECT strict FROM pragma_table_list WHERE schema = 'main' AND name = ? COLLATE NOCASE")
      .pluck()
      .get(table.target) === 1;
  const sent = table.columns.filter(({ computed }) => !computed);
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
  return [
    ...columns.flatMap((column) => {
      const plan = sent.find(({ target }) => same(target, column.name));
      return plan === undefined ? unfilled(table, column) : columnMisfits(db, table, plan, column, strict);
    }),
    ...(merge
      ? []
      : taken(
          db,
          table,
          sent,
          columns.filter(({ pk }) => pk > 0),
        )),
  ];
}

function unfilled({ target, source }: TablePlan, { name, notnull, dflt_value, pk, hidden }: LiveColumn): string[] {
  if (notnull === 0 || dflt_value !== null || pk > 0 || hidden !== 0) return [];
  return [`${target}.${name} must not be null and has no default, and ${source} has no such column`];
}

function columnMisfits(db: Sqlite, table: TablePlan, plan: ColumnPlan, live: LiveColumn, strict: boolean): string[] {
  const c = quoteName(plan.source);
  const from = `FROM snap.${quoteName(table.relation ?? table.source)} WHERE ${table.where === null ? "1" : selection(table.where)}`;
  const rowid = table.rowidName === null ? "NULL" : table.rowidName;
  const at = `${table.target}.${live.name}`;
  db.exec(`CREATE TEMP TABLE probe (v ${declared(live.type, strict)}, was, key)`);
  try {
    db.exec(`INSERT INTO temp.probe SELECT ${c}, ${c}, ${rowid} ${from} AND ${suspect(c, live.type, strict)}`);
    const refused = strict && !/^any$/i.test(live.type) ? ` OR typeof(v) NOT IN (${allowed(live.type)})` : "";
    const found = db
      .prepare(
        `SELECT count(*) OVER () AS n, key, quote(was) AS was FROM temp.probe WHERE typeof(v) IS NOT typeof(was) OR v IS NOT was${refused} LIMIT 3`,
      )
      .all() as { n: number; key: unknown; was: string }[];
    const nulls =
      live.notnull === 1 && live.pk === 0
        ? (db.prepare(`SELECT count(*) ${from} AND ${c} IS NULL`).pluck().get() as number)
        : 0;
    const shown = found.map(({ key, was }) => `${key === null ? "" : `rowid=${key}: `}${shorten(was)}`);
    const [first] = found;
    return [
      ...(first === undefined
        ? []
        : [
            `${at} is ${live.type || "without a type"}${strict ? " (STRICT)" : ""} and does not keep ${plural(first.n, "value")} as ${first.n === 1 ? "it is" : "they are"}: ${shown.join(", ")}`,
          ]),
      ...(nulls > 0 ? [`${at} must not be null, and ${plural(nulls, "value is", "values are")} NULL`] : []),
    ];
  } finally {
    db.exec("DROP TABLE temp.probe");
  }
}

/** STRICT's own types have the affinity of the same names; ANY keeps everything. */
function declared(type: string, strict: boolean): string {
  return { INTEGER: "INTEGER", TEXT: "TEXT", REAL: "REAL", NUMERIC: "NUMERIC", BLOB: "" }[affinityOf(type, strict)];
}

/** Only these can be changed, or refused: the rest need not be copied. */
function suspect(c: string, type: string, strict: boolean): string {
  if (strict && !/^any$/i.test(type)) return `${c} IS NOT NULL AND typeof(${c}) NOT IN (${allowed(type)})`;
  const digits = `(typeof(${c}) = 'text' AND ${c} GLOB '*[0-9]*')`;
  switch (affinityOf(type, strict)) {
    case "TEXT":
      return `typeof(${c}) IN ('integer', 'real')`;
    case "INTEGER":
    case "NUMERIC":
      return `(typeof(${c}) = 'real' OR ${digits})`;
    case "REAL":
      return `(typeof(${c}) = 'integer' OR ${digits})`;
    case "BLOB":
      return "0";
  }
}

function allowed(type: string): string {
  const name = type.toUpperCase();
  const classes: Readonly<Record<string, string>> = {
    INT: "integer",
    INTEGER: "integer",
    REAL: "real",
    TEXT: "text",
    BLOB: "blob",
  };
  return `'${classes[name] ?? "null"}', 'null'`;
}

function taken(db: Sqlite, table: TablePlan, sent: readonly ColumnPlan[], key: readonly LiveColumn[]): string[] {
  const pairs = key.map(
    ({ name }) => [name, sent.find(({ target }) => target.toLowerCase() === name.toLowerCase())?.source] as const,
  );
  if (pairs.length === 0 || pairs.some(([, source]) => source === undefined)) return [];
  const joined = pairs.map(([name, source]) => `l.${quoteName(name)} = s.${quoteName(source ?? "")}`).join(" AND ");
  const from =
    table.where === null
      ? `snap.${quoteName(table.source)}`
      : `(SELECT * FROM snap.${quoteName(table.source)} WHERE ${selection(table.where)})`;
  const found = db
    .prepare(
      `SELECT count(*) OVER () AS n, ${pairs.map(([name]) => `quote(l.${quoteName(name)})`).join(" || ', ' || ")} AS key FROM ${from} s JOIN main.${quoteName(table.target)} l ON ${joined} LIMIT 3`,
    )
    .all() as { n: number; key: string }[];
  const [first] = found;
  if (first === undefined) return [];
  return [
    `${table.target} has ${plural(first.n, "key")} already that the source's rows have (${pairs.map(([name]) => name).join(", ")}: ${found.map((row) => row.key).join("; ")}): use \`existing: merge\``,
  ];
}
