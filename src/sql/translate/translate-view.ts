/** CREATE VIEW: the SELECT that gives the same rows under the same names, and what its columns are, for views upon it. */
import { quoteName } from "../../core/quote.ts";
import type { Encoding } from "../../core/values/encoding.ts";
import { parseCreateView } from "../parse/parse-create-view.ts";
import type { VisibleColumn } from "./context.ts";
import type { Fragment } from "./fragment.ts";
import type { Scope, ScopeColumn } from "./scope.ts";
import { translateSelect } from "./select.ts";
import { contextOf } from "./translate-expression.ts";
import { type Refused, refuse, translating } from "./translation.ts";

/** `sql` is the SELECT, to stand after `CREATE VIEW … AS`. */
export type ViewTranslation =
  | { readonly ok: true; readonly sql: string; readonly notes: string[]; readonly columns: readonly ScopeColumn[] }
  | Refused;

export function translateView(sql: string, scope: Scope): ViewTranslation {
  return translating((notes) => {
    const view = parseCreateView(sql);
    const made = translateSelect(view.select, contextOf({ ...scope, current: null }, notes));
    if (view.columns === null) return { sql: made.sql, columns: made.columns.map((column) => scopeColumn(column)) };
    const names = view.columns;
    if (names.length !== made.columns.length) return refuse("a column list of another width than the SELECT");
    const renamed = made.columns.map(({ fragment }, i) => `${fragment.sql} AS ${quoteName(names[i] ?? "")}`);
    const columns = made.columns.map((column, i) => scopeColumn(column, names[i]));
    return { sql: `SELECT ${renamed.join(", ")} FROM (${made.sql}) AS "result"`, columns };
  });
}

function scopeColumn({ name, fragment }: VisibleColumn, renamed?: string): ScopeColumn {
  const { pgType, affinity, collation } = fragment;
  const target = renamed ?? fragment.sql.slice(1, -1).replaceAll('""', '"');
  return {
    source: renamed ?? name,
    target,
    pgType,
    affinity,
    collation: collation ?? "BINARY",
    encoding: encodingOf(fragment),
  };
}

/** A column keeps its encoding; a computed value has that of its type. */
function encodingOf({ type, encoding }: Fragment): Encoding {
  switch (type) {
    case "integer":
      return encoding?.kind === "integer" ? encoding : { kind: "integer", width: 8, wide: false };
    case "real":
    case "numeric":
      return { kind: type };
    case "blob":
      return { kind: "bytes" };
    case "boolean":
      return encoding ?? { kind: "boolean", true: { integer: 1 }, false: { integer: 0 } };
    case "text":
    case "null":
      return { kind: "text" };
    default:
      return encoding ?? { kind: "tagged" };
  }
}
