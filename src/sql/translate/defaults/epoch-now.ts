/** The current time as a number since 1970, in the ways that SQLite's users write it. */

import { affinityOf } from "../../../core/schema/affinity.ts";
import type { EpochUnit } from "../../../core/values/encoding.ts";
import type { CallKind, Expression } from "../../parse/ast.ts";

/** `to`: the unit to which it is exact; `as`: the class that SQLite makes of it. */
export type EpochNow = {
  readonly unit: Exclude<EpochUnit, "microseconds">;
  readonly to: "second" | "milliseconds";
  readonly as: "integer" | "real" | "text";
};

/** Null when it is none. */
export function epochNow(node: Expression): EpochNow | null {
  switch (node.kind) {
    case "call":
      return calledNow(node);
    case "cast":
      return castNow(epochNow(node.operand), affinityOf(node.type));
    case "unary":
      return node.op === "+" ? epochNow(node.operand) : null;
    case "binary":
      if (node.op === "*") return scaled(node.left, node.right) ?? scaled(node.right, node.left);
      // `strftime('%s','now') || substr(strftime('%f','now'), 4)`
      if (node.op === "||" && isMilliseconds(node.right)) return joined(epochNow(node.left));
      return null;
    default:
      return null;
  }
}

/** SQL of PostgreSQL; `at`: a timestamptz. */
export function epochSql({ unit, to }: Pick<EpochNow, "unit" | "to">, at = "statement_timestamp()"): string {
  const seconds = `extract(epoch FROM ${at})`;
  if (unit === "seconds") return to === "second" ? `floor(${seconds})::bigint` : `floor(${seconds} * 1000) / 1000`;
  return to === "second" ? `floor(${seconds})::bigint * 1000` : `floor(${seconds} * 1000)::bigint`;
}

function calledNow(call: CallKind): EpochNow | null {
  const texts = call.args.map((arg) => (arg.kind === "string" ? arg.value.toLowerCase() : null));
  const given = texts.join(",");
  if (call.name === "strftime" && /^%s(,now)?$/.test(given)) return { unit: "seconds", to: "second", as: "text" };
  if (call.name === "unixepoch") {
    if (given === "" || given === "now") return { unit: "seconds", to: "second", as: "integer" };
    // A modifier alone is taken for a moment that is now.
    if (/^((now,)?subsec(ond)?)$/.test(given)) return { unit: "seconds", to: "milliseconds", as: "real" };
  }
  if (call.name === "round" && call.args.length === 1 && call.args[0] !== undefined) return epochNow(call.args[0]);
  return null;
}

function castNow(now: EpochNow | null, affinity: string): EpochNow | null {
  if (now === null) return null;
  if (affinity === "TEXT") return now.as === "integer" ? { ...now, as: "text" } : null;
  if (affinity !== "INTEGER") return null;
  return now.unit === "seconds" ? { ...now, to: "second", as: "integer" } : { ...now, as: "integer" };
}

/** Seconds times 1000; days since 1970, from julianday(), times what a day has. */
function scaled(value: Expression, factor: Expression): EpochNow | null {
  const times = factor.kind === "number" ? Number(factor.text) : null;
  const now = epochNow(value);
  if (times === 1000 && now?.unit === "seconds")
    return { unit: "milliseconds", to: now.to, as: now.as === "real" ? "real" : "integer" };
  if (!isDaysSince1970(value)) return null;
  if (times === 86_400_000) return { unit: "milliseconds", to: "milliseconds", as: "real" };
  return times === 86_400 ? { unit: "seconds", to: "milliseconds", as: "real" } : null;
}

/** `julianday('now') - 2440587.5`. */
function isDaysSince1970(node: Expression): boolean {
  if (node.kind !== "binary" || node.op !== "-") return false;
  const { left, right } = node;
  if (left.kind !== "call" || left.name !== "julianday") return false;
  const [moment] = left.args;
  const now = moment === undefined || (moment.kind === "string" && moment.value.toLowerCase() === "now");
  return now && left.args.length < 2 && right.kind === "number" && Number(right.text) === 2_440_587.5;
}

/** `substr(strftime('%f','now'), 4)`: what stands after the point. */
function isMilliseconds(node: Expression): boolean {
  if (node.kind !== "call" || !/^substr(ing)?$/.test(node.name)) return false;
  const [text, from, length] = node.args;
  if (text?.kind !== "call" || text.name !== "strftime" || from?.kind !== "number" || from.text !== "4") return false;
  const given = text.args.map((arg) => (arg.kind === "string" ? arg.value.toLowerCase() : null)).join(",");
  return /^%f(,now)?$/.test(given) && (length === undefined || (length.kind === "number" && length.text === "3"));
}

function joined(now: EpochNow | null): EpochNow | null {
  return now?.as === "text" && now.unit === "seconds" && now.to === "second"
    ? { unit: "milliseconds", to: "milliseconds", as: "text" }
    : null;
}
