/** Function calls: aggregates and windows go their own ways, scalar functions are a table. */

import type { CallKind } from "../parse/ast.ts";
import { isAggregate } from "../parse/ast-walk.ts";
import { aggregate } from "./aggregate.ts";
import { collate, compare } from "./comparison.ts";
import type { Context } from "./context.ts";
import { asCondition, asNumber, asReal, asText, asValue, resultOf, spellings, unify } from "./convert.ts";
import { dateFunction } from "./dates.ts";
import { cast, type Fragment, fragment, invoke, logic, nullLiteral, wrap } from "./fragment.ts";
import { lengthOfMixture } from "./length.ts";
import { refuse } from "./translation.ts";
import { isNumber } from "./value-type.ts";

export function translateCall(call: CallKind, context: Context): Fragment {
  if (call.over !== null || isAggregate(call)) return aggregate(call, context);
  const made = functions[call.name];
  if (made === undefined || call.star || call.distinct || call.filter !== null)
    return refuse(`the function ${call.name}()`);
  const args = call.args.map((arg) => context.expression(arg, context));
  return made(args, call.name, context);
}

type Make = (args: readonly Fragment[], name: string, context: Context) => Fragment;

const functions: Readonly<Record<string, Make>> = {
  ifnull: (args) => pick("coalesce", exactly(2, args, "ifnull")),
  coalesce: (args) => pick("coalesce", args),
  nullif: nullIfEqual,
  iif: conditional,
  if: conditional,
  length(args) {
    const [value] = exactly(1, args, "length");
    const mixed = lengthOfMixture(value);
    if (mixed !== null) return mixed;
    if (value.type === "blob") return invoke("octet_length", [value.sql], "integer", { pgType: "integer" });
    return invoke("char_length", [asText(asValue(value)).sql], "integer", { pgType: "integer" });
  },
  substr: substring,
  substring,
  instr(args) {
    const [a, b] = exactly(2, args.map(text), "instr");
    return invoke("strpos", [a.sql, b.sql], "integer", { pgType: "integer" });
  },
  upper: (args) => folded("upper", args),
  lower: (args) => folded("lower", args),
  trim: (args) => trimmed("btrim", args),
  ltrim: (args) => trimmed("ltrim", args),
  rtrim: (args) => trimmed("rtrim", args),
  replace: replaced,
  abs(args) {
    const value = asNumber(asValue(exactly(1, args, "abs")[0]), "abs()");
    return invoke("abs", [value.sql], value.type, { pgType: value.pgType });
  },
  round: rounded,
  sign(args) {
    const value = asNumber(asValue(exactly(1, args, "sign")[0]), "sign()");
    return cast(invoke("sign", [value.sql], value.type), "int", "integer");
  },
  min: (args, _name, context) => extreme("LEAST", args, context),
  max: (args, _name, context) => extreme("GREATEST", args, context),
  hex(args) {
    const [value] = exactly(1, args, "hex");
    if (value.type !== "blob") return refuse(`hex() of a value of type ${value.type}`);
    return invoke("coalesce", [`upper(encode(${value.sql}, 'hex'))`, "''"], "text");
  },
  typeof: storageClass,
  json_valid(args) {
    const [value] = exactly(1, args, "json_valid");
    if (value.type !== "json") return refuse("json_valid() of a value that is not jsonb");
    return { ...logic(`(CASE WHEN ${wrap(value)} IS NOT NULL THEN TRUE END)`), atom: true };
  },
  likely: (args) => hinted(exactly(1, args, "likely")[0]),
  unlikely: (args) => hinted(exactly(1, args, "unlikely")[0]),
  date: dates,
  time: dates,
  datetime: dates,
  strftime: dates,
  unixepoch: dates,
  julianday: dates,
};

function exactly<N extends 1 | 2 | 3>(count: N, args: readonly Fragment[], name: string): Fixed[N] {
  if (args.length !== count) refuse(`${name}() with ${args.length} arguments`);
  return args as readonly Fragment[] as Fixed[N];
}
type Fixed = {
  1: readonly [Fragment];
  2: readonly [Fragment, Fragment];
  3: readonly [Fragment, Fragment, Fragment];
};

function text(piece: Fragment): Fragment {
  return asText(asValue(piece));
}

function dates(args: readonly Fragment[], name: string): Fragment {
  return dateFunction(name, args);
}

function pick(name: string, args: readonly Fragment[]): Fragment {
  const values = unify(args, `${name}()`);
  return resultOf(`${name}(${values.map((value) => value.sql).join(", ")})`, values);
}

function conditional(args: readonly Fragment[]): Fragment {
  const [condition, yes, no = nullLiteral] = args;
  if (condition === undefined || yes === undefined || args.length > 3) return refuse("this form of iif()");
  const values = unify([yes, no], "iif()");
  return resultOf(`CASE WHEN ${asCondition(condition).sql} THEN ${values[0]?.sql} ELSE ${values[1]?.sql} END`, values);
}

/** Where there is nothing to look for, SQLite does not look at what should stand in its place either, not even for a NULL. */
function replaced(args: readonly Fragment[]): Fragment {
  const [value, sought, other] = exactly(3, args.map(text), "replace");
  const made = invoke("replace", [value.sql, sought.sql, other.sql], "text");
  if ((sought.literal ?? "") !== "" || other.literal !== null) return made;
  return fragment(`(CASE WHEN ${wrap(sought)} = '' THEN ${value.sql} ELSE ${made.sql} END)`, "text", { atom: true });
}

/** The value is its argument's; a column's affinity and collation are not. */
function hinted(piece: Fragment): Fragment {
  return { ...piece, affinity: null, collation: piece.collated ? piece.collation : null };
}

/** As a function SQLite compares without any affinity, and by the collation of the first argument that has one. */
function nullIfEqual(args: readonly Fragment[], _name: string, context: Context): Fragment {
  const [a, b] = exactly(2, args.map(asValue), "nullif");
  const [one, other] = [asArgument(a), asArgument(b)];
  for (const { type } of [one, other]) if (type === "other" || type === "json") refuse("nullif() of such values");
  // Of two classes, so never equal.
  if (isNumeral(one) !== isNumeral(other) && one.type !== "null" && other.type !== "null") return resultOf(a.sql, [a]);
  return resultOf(`CASE WHEN ${compare("=", one, other, context.scope).sql} THEN NULL ELSE ${a.sql} END`, [a]);
}

function asArgument(piece: Fragment): Fragment {
  return { ...piece, affinity: null, collated: false };
}

function isNumeral(piece: Fragment): boolean {
  return isNumber(piece.type) && spellings(piece) === null;
}

/** SQLite counts positions from the end when negative, and takes 0 for one before the first. */
function substring(args: readonly Fragment[]): Fragment {
  const [value, start, count] = args;
  if (value === undefined || start === undefined || args.length > 3) return refuse("this form of substr()");
  if (!(Number(start.literal ?? 0) >= 1) || start.type !== "integer")
    return refuse("substr() from anywhere but a fixed place from 1 on");
  if (count && (!(Number(count.literal ?? -1) >= 0) || count.type !== "integer"))
    return refuse("substr() of anything but a fixed length");
  const source = text(value);
  const sqls = [source, start, ...(count ? [count] : [])].map((arg) => arg.sql);
  return invoke("substr", sqls, source.type);
}

/** SQLite folds ASCII letters only, as the collation C does. */
function folded(name: string, args: readonly Fragment[]): Fragment {
  return invoke(name, [`${wrap(text(exactly(1, args, name)[0]))} COLLATE "C"`], "text");
}

function trimmed(name: string, args: readonly Fragment[]): Fragment {
  const [value, characters] = args;
  if (value === undefined || args.length > 2) return refuse("this form of trim()");
  return invoke(name, [text(value).sql, characters ? text(characters).sql : "' '"], "text");
}

function rounded(args: readonly Fragment[], _name: string, context: Context): Fragment {
  const [value, digits] = args;
  if (value === undefined || args.length > 2) return refuse("this form of round()");
  const places = digits === undefined ? 0 : Number(digits.literal ?? -1);
  if (!Number.isInteger(places) || places < 0 || places > 30)
    return refuse("round() to anything but a fixed number of places");
  const number = asNumber(asValue(value), "round()");
  if (number.type === "integer" || number.type === "null") return { ...asReal(number), type: "real", affinity: null };
  context.approximate(
    "round() of a REAL",
    "round() is done in decimal: where the binary value lies beside a half, the last digit may differ from SQLite's",
  );
  return cast(invoke("round", [`${wrap(number)}::numeric`, String(places)], "numeric"), "float8", "real");
}

/** NULL as soon as one argument is; PostgreSQL's own skip NULLs. */
function extreme(name: string, args: readonly Fragment[], context: Context): Fragment {
  const values = unify(args, `${name === "LEAST" ? "min" : "max"}()`);
  const collation = values[0]?.collation ?? "BINARY";
  if (values.some((value) => value.type === "text" && (value.collation ?? "BINARY") !== "BINARY"))
    refuse(`min() or max() by the collation ${collation}`);
  if (values.some((value) => value.type === "boolean" || value.type === "other" || value.type === "json"))
    refuse("min() or max() of such values");
  const compared = values.map(
    (value) => (value.type === "text" ? collate({ ...value, literal: null }, "BINARY", context.scope) : value).sql,
  );
  const nulls = values.filter((value) => value.literal === null).map((value) => `${wrap(value)} IS NULL`);
  const picked = `${name}(${compared.join(", ")})`;
  return resultOf(nulls.length === 0 ? picked : `CASE WHEN ${nulls.join(" OR ")} THEN NULL ELSE ${picked} END`, values);
}

function storageClass(args: readonly Fragment[]): Fragment {
  const value = asValue(exactly(1, args, "typeof")[0]);
  if (value.type === "null") return fragment("'null'", "text", { atom: true, literal: "null" });
  const name =
    value.type === "integer" || value.type === "real" || value.type === "text" || value.type === "blob"
      ? value.type
      : null;
  if (name === null) return refuse(`typeof() of a value of type ${value.type}`);
  return fragment(`(CASE WHEN ${wrap(value)} IS NULL THEN 'null' ELSE '${name}' END)`, "text", { atom: true });
}
