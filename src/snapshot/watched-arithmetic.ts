/**
 * SQL whose arithmetic tells where PostgreSQL would fail: integers that leave 64 bits, with which SQLite goes on as a
 * REAL, and REALs that become infinite, or 0.
 */
import type { Overflow } from "../core/ports.ts";
import { parseCreateView } from "../sql/parse/parse-create-view.ts";
import { parseExpressionText } from "../sql/parse/parse-select.ts";
import type { Sqlite } from "../sqlite/open.ts";

const watch = "rowhaul_watched";

/** Null where nothing in it is calculated, or it cannot be read. */
export function watchedExpression(text: string): string | null {
  return written(text, 0, () => parseExpressionText(text));
}

/** The view's SELECT; null as {@link watchedExpression}. */
export function watchedView(sql: string): string | null {
  try {
    const { select, selectFrom } = parseCreateView(sql);
    return written(sql, selectFrom, () => select);
  } catch {
    return null;
  }
}

/** Makes the connection count while watched SQL runs. */
export function watchArithmetic(db: Sqlite): { counted(): Overflow | null } {
  let found: Partial<Record<Overflow["of"], Overflow>> = {};
  db.function(watch, { deterministic: true, safeIntegers: true }, (result, left, op, right) => {
    const of = beyond(result, left, op, right);
    if (of !== null)
      found[of] = { of, count: (found[of]?.count ?? 0) + 1, sample: found[of]?.sample ?? `${left} ${op} ${right}` };
    return result;
  });
  return {
    counted() {
      const { reals, integers } = found;
      found = {};
      return reals ?? integers ?? null;
    },
  };
}

function beyond(result: unknown, left: unknown, op: unknown, right: unknown): Overflow["of"] | null {
  if (typeof result !== "number") return null;
  if (typeof left === "bigint" && typeof right === "bigint") return "integers";
  const [a, b] = [Number(left), Number(right)];
  const infinite = !Number.isFinite(result) && Number.isFinite(a) && Number.isFinite(b);
  const vanished = result === 0 && a !== 0 && (op === "*" ? b !== 0 : op === "/" && Number.isFinite(b));
  return infinite || vanished ? "reals" : null;
}

type Calculation = {
  readonly from: number;
  readonly to: number;
  readonly op: string;
  readonly left: { readonly from: number; readonly to: number };
  readonly right: { readonly from: number; readonly to: number };
};

function written(sql: string, from: number, parse: () => unknown): string | null {
  try {
    const calculations = [...calculationsIn(parse())].sort((a, b) => a.from - b.from || b.to - a.to);
    return calculations.length === 0 ? null : watched(sql, from, sql.length, calculations);
  } catch {
    return null;
  }
}

/** Everywhere in a tree, subqueries too. */
function* calculationsIn(node: unknown): Generator<Calculation> {
  if (typeof node !== "object" || node === null) return;
  const { kind, op } = node as { readonly kind?: unknown; readonly op?: unknown };
  if (kind === "binary" && ["+", "-", "*", "/"].includes(String(op))) yield node as Calculation;
  for (const part of Object.values(node)) yield* calculationsIn(part);
}

/** `inside`: in the order in which they begin, the outer before the inner. */
function watched(sql: string, from: number, to: number, inside: readonly Calculation[]): string {
  let [text, at] = ["", from];
  for (const [i, outer] of inside.entries()) {
    if (outer.from < at) continue;
    const within = inside.slice(i + 1).filter((one) => one.to <= outer.to);
    const operands = [outer.left, outer.right].map((one) => `(${sql.slice(one.from, one.to)}\n)`);
    text += `${sql.slice(at, outer.from)}${watch}((${watched(sql, outer.from, outer.to, within)}), ${operands[0]}, '${outer.op}', ${operands[1]})`;
    at = outer.to;
  }
  return text + sql.slice(at, to);
}
