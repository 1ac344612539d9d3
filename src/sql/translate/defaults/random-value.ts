/**
 * `random()` and `randomblob(n)`, which only a default may have: a row gets its value once. They are made of random uuids,
 * for PostgreSQL has no random bytes without an extension.
 */
import type { CallKind, Expression } from "../../parse/ast.ts";
import type { Context } from "../context.ts";
import { asText, asValue } from "../convert.ts";
import { cast, type Fragment, fragment, invoke } from "../fragment.ts";
import { refuse } from "../translation.ts";
import { constantNumber } from "./constant-number.ts";

const uuid = "uuid_send(gen_random_uuid())";
/** A uuid has six bits that are always the same, and these bytes lie before them. */
const freeBytes = 6;
const digest = `sha256(${uuid} || ${uuid})`;
const digestBytes = 32;
const mostBytes = 1024;

/** Null for anything else. */
export function randomValue(node: Expression, context: Context): Fragment | null {
  if (node.kind !== "call" || node.over !== null) return null;
  if (node.name === "random" && node.args.length === 0)
    return fragment(`('x' || encode(${randomBytes(8)}, 'hex'))::bit(64)::bigint`, "integer", { atom: true });
  if (node.name === "randomblob" && node.args.length === 1) return randomBlob(node);
  // A uuid's letter among four: substr('89ab', abs(random()) % 4 + 1, 1).
  if (/^substr(ing)?$/.test(node.name)) return picked(node, context);
  return null;
}

function randomBlob({ args }: CallKind): Fragment {
  const size = args[0] === undefined ? null : constantNumber(args[0]);
  if (typeof size !== "bigint" || size > mostBytes) return refuse("randomblob() of anything but a fixed length");
  return fragment(randomBytes(Math.max(1, Number(size))), "blob", { atom: true });
}

function randomBytes(count: number): string {
  if (count <= freeBytes) return `substr(${uuid}, 1, ${count})`;
  const blocks = Array.from({ length: Math.ceil(count / digestBytes) }, () => digest);
  return `substr(${blocks.join(" || ")}, 1, ${count})`;
}

/** From a place that is computed, but never negative, both take the same characters. */
function picked({ args }: CallKind, context: Context): Fragment | null {
  const [value, start, count] = args;
  if (value === undefined || start === undefined || count === undefined || args.length !== 3) return null;
  const length = constantNumber(count);
  if (constantNumber(start) !== null || !isSmall(start) || typeof length !== "bigint" || length < 0n) return null;
  const text = asText(asValue(context.expression(value, context)));
  const place = cast(asValue(context.expression(start, context)), "int");
  return invoke("substr", [text.sql, place.sql, String(length)], "text");
}

/** A sum of whole numbers from 0 on that are known to be small. */
function isSmall(node: Expression): boolean {
  if (node.kind === "binary" && node.op === "+") return isSmall(node.left) && isSmall(node.right);
  if (node.kind === "binary" && node.op === "%")
    return node.left.kind === "call" && node.left.name === "abs" && isSmall(node.right);
  const number = constantNumber(node);
  return typeof number === "bigint" && number >= 0n && number < 1_000_000n;
}
