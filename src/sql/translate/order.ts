/** ORDER BY: SQLite sorts NULL first, text by bytes (or the column's collation), never by a locale. */
import type { OrderTerm } from "../parse/ast.ts";
import { refuseOtherOrder } from "./common-dates.ts";
import { collate } from "./comparison.ts";
import type { Context } from "./context.ts";
import { asText, asValue, spellings } from "./convert.ts";
import type { Fragment } from "./fragment.ts";
import type { Scope } from "./scope.ts";
import { refuse } from "./translation.ts";

export function orderTerms(terms: readonly OrderTerm[], context: Context): string[] {
  return terms.map((term) => orderTerm(term, context.expression(term.expression, context), context.scope));
}

export function orderTerm(term: OrderTerm, piece: Fragment, scope: Scope): string {
  const nulls = (term.nulls ?? (term.descending ? "last" : "first")).toUpperCase();
  return `${sortable(piece, scope)} ${term.descending ? "DESC" : "ASC"} NULLS ${nulls}`;
}

function sortable(piece: Fragment, scope: Scope): string {
  const value = asValue(piece);
  refuseOtherOrder(value, "ORDER BY");
  if (value.literal !== null || value.type === "null") return refuse("ORDER BY a literal");
  if (value.type === "other" || value.type === "json")
    return refuse(`ORDER BY ${value.type === "json" ? "JSON" : "mixed"} values`);
  const text = value.type === "text" || spellings(value) !== null ? asText(value) : null;
  return (text === null ? value : collate(text, value.collation ?? "BINARY", scope)).sql;
}
