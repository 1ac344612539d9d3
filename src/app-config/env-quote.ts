/**
 * Spells a value so that dotenv and `sh` read the same back. They agree on
 * little: dotenv undoes no escape but `\n` and `\r` in double quotes, `sh` acts
 * upon `$`, backtick and backslash there. What no spelling carries in both is
 * refused rather than read differently by one of them.
 */
import type { Quote } from "./env-lines.ts";

/** The spellings that both read back, the old value's way of quoting first; empty when there is none. */
export function envSpellings(value: string, old: Quote | null): string[] {
  // dotenv turns carriage returns into newlines; NUL has no place in an environment.
  if (/[\0\r]/.test(value)) return [];
  const single = inSingle(value);
  const double = inDouble(value);
  const bare = isBare(value) ? value : null;
  const order = old === "'" ? [single, double, bare] : old === '"' ? [double, single, bare] : [bare, single, double];
  return order.filter((spelling) => spelling !== null);
}

/** Without quotes, even after `export` (where some shells split and expand); also what `docker --env-file` needs. */
function isBare(value: string): boolean {
  return /^[\w./:@%+,=-]*$/.test(value);
}

/** A backslash before the closing quote would make dotenv look for another one further on. */
function inSingle(value: string): string | null {
  return value.includes("'") || value.endsWith("\\") ? null : `'${value}'`;
}

function inDouble(value: string): string | null {
  const acted = /["$`]|\\(?:[\\nr\n]|$)/;
  return acted.test(value) ? null : `"${value}"`;
}
