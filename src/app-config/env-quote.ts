/**
 * Spells a value so that dotenv and `sh` read the same back. They agree on
 * little: dotenv undoes no escape but `\n` and `\r` in double quotes, `sh` acts
 * upon `$`, backtick and backslash there. What no spelling carries in both is
 * refused rather than read differently by one of them.
 */
import type { Quote } from "./env-lines.ts";

/** The spelling, in the old value's quotes where those can carry it; null when there is none. */
export function spellEnvValue(value: string, old: Quote | null): string | null {
  // dotenv turns carriage returns into newlines; NUL has no place in an environment.
  if (/[\0\r]/.test(value) || /\p{Cs}/u.test(value)) return null;
  if (old !== '"' && old !== "'" && isBare(value)) return value;
  const order = old === '"' ? [inDouble, inSingle] : [inSingle, inDouble];
  for (const spell of order) {
    const spelling = spell(value);
    if (spelling !== null) return spelling;
  }
  return null;
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
