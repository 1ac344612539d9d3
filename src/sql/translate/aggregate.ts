/** Aggregates and window functions. */
import type { CallKind } from "../parse/ast.ts";
import { isAggregate } from "../parse/ast-walk.ts";
import { refuseCommon, refuseOtherOrder } from "./common-dates.ts";
import { collate } from "./comparison.ts";
import type { Context } from "./context.ts";
import { asCondition, asNumber, asReal, asText, asValue } from "./convert.ts";
import { type Fragment, fragment, invoke } from "./fragment.ts";
import { orderTerms } from "./order.ts";
import { refuse } from "./translation.ts";

export function aggregate(call: CallKind, context: Context): Fragment {
  // Inside an aggregate any column may be used; inside a window's arguments only those that are grouped.
  const inside = call.over === null ? { ...context, grouped: null } : context;
  const args = call.args.map((arg) => asValue(context.expression(arg, inside)));
  const tail = `${filterOf(call, inside)}${overOf(call, context)}`;
  if (call.over !== null && !isAggregate(call)) return ranking(call, tail);
  const [first] = args;
  if (call.star || (call.name === "count" && first === undefined)) {
    return call.name === "count" ? fragment(`count(*)${tail}`, "integer", { atom: true }) : refuse(`${call.name}(*)`);
  }
  if (first === undefined) return refuse(`${call.name}() without an argument`);
  if (call.distinct) distinctable(first);
  const distinct = call.distinct ? "DISTINCT " : "";
  const over = (name: string, sql: string): string => `${name}(${distinct}${sql})${tail}`;
  switch (call.name) {
    case "count":
      return fragment(over("count", first.sql), "integer", { atom: true });
    case "sum":
    case "total":
    case "avg":
      return summed(call.name, first, over, context);
    case "min":
    case "max":
      return extreme(call.name, first, over, context);
    default:
      return joined(call, args, context, tail);
  }
}

function summed(
  name: string,
  value: Fragment,
  over: (name: string, sql: string) => string,
  context: Context,
): Fragment {
  const number = asNumber(value, `${name}()`);
  if (number.type === "null") return refuse(`${name}() of NULL`);
  const integers = number.type === "integer";
  if (!integers)
    context.notes.add(`${name}() of REAL values: the last digits depend on the order of the rows, in SQLite too`);
  const sum = over("sum", integers ? number.sql : asReal(number).sql);
  if (name === "sum")
    return integers
      ? fragment(`(${sum})::bigint`, "integer", { atom: true })
      : fragment(sum, number.type, { atom: true, pgType: "double precision" });
  const real = integers ? `(${sum})::float8` : sum;
  if (name === "total") return invoke("coalesce", [real, "0"], "real");
  return fragment(`${real} / ${over("count", number.sql)}`, "real");
}

function extreme(
  name: string,
  value: Fragment,
  over: (name: string, sql: string) => string,
  context: Context,
): Fragment {
  refuseOtherOrder(value, `${name}() of`);
  if (
    ["integer", "real", "numeric"].includes(value.type) ||
    value.type === "date" ||
    value.type.startsWith("timestamp")
  )
    return { ...value, sql: over(name, value.sql), atom: true, literal: null, affinity: null, collation: null };
  if (value.type === "boolean")
    return fragment(over(name, asNumber(value, name).sql), "integer", { atom: true, pgType: "integer" });
  if (value.type !== "text" || (value.collation ?? "BINARY") !== "BINARY") return refuse(`${name}() of such values`);
  return fragment(over(name, collate({ ...value, literal: null }, "BINARY", context.scope).sql), "text", {
    atom: true,
  });
}

function joined(call: CallKind, args: readonly Fragment[], context: Context, tail: string): Fragment {
  const [value, separator] = args;
  if (value === undefined || args.length > 2) return refuse(`this form of ${call.name}()`);
  if (call.distinct && call.orderBy.length > 0) return refuse(`${call.name}(DISTINCT … ORDER BY …)`);
  const order =
    call.orderBy.length > 0 ? ` ORDER BY ${orderTerms(call.orderBy, { ...context, grouped: null }).join(", ")}` : "";
  if (order === "") context.notes.add(`${call.name}() joins the rows in no particular order, in SQLite too`);
  const between = separator ? asText(separator).sql : "','";
  return fragment(
    `string_agg(${call.distinct ? "DISTINCT " : ""}${asText(value).sql}, ${between}${order})${tail}`,
    "text",
    { atom: true },
  );
}

const rankings = new Set(["row_number", "rank", "dense_rank"]);

function ranking(call: CallKind, tail: string): Fragment {
  if (!rankings.has(call.name) || call.args.length > 0) return refuse(`the window function ${call.name}()`);
  return fragment(`${call.name}()${tail}`, "integer", { atom: true });
}

function filterOf(call: CallKind, context: Context): string {
  return call.filter === null ? "" : ` FILTER (WHERE ${asCondition(context.expression(call.filter, context)).sql})`;
}

function overOf(call: CallKind, context: Context): string {
  if (call.over === null) return "";
  const { base, partitionBy, orderBy, hasFrame } = call.over;
  if (base !== null) return refuse("a named window");
  if (hasFrame) return refuse("a window's frame");
  const parts = partitionBy.map((node) => context.expression(node, context));
  parts.forEach(distinctable);
  const partition = parts.length > 0 ? `PARTITION BY ${parts.map((part) => part.sql).join(", ")}` : "";
  const order = orderBy.length > 0 ? `ORDER BY ${orderTerms(orderBy, context).join(", ")}` : "";
  return ` OVER (${[partition, order].filter((part) => part !== "").join(" ")})`;
}

/** For DISTINCT, GROUP BY, UNION: which values are the same must not depend on a collation or a lost text. */
export function distinctable(piece: Fragment): void {
  refuseCommon(piece, "telling apart");
  if (piece.type === "other" || piece.type === "json")
    refuse(`telling apart ${piece.type === "json" ? "JSON" : "mixed"} values`);
  if ((piece.type === "text" || piece.type === "null") && (piece.collation ?? "BINARY") !== "BINARY")
    refuse(`telling apart texts by the collation ${piece.collation}`);
}
