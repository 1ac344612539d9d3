/** What a translation gives, and the way out of one: a refusal names the construct that has no equal. */
import { SqlSyntaxError } from "../parse/syntax-error.ts";

export type Translation =
  | { readonly ok: true; readonly sql: string; readonly notes: string[] }
  | { readonly ok: false; readonly reason: string };

export type Refused = { readonly ok: false; readonly reason: string };

/** Thrown inside a translation only. */
class Refusal extends Error {}

export function refuse(reason: string): never {
  throw new Refusal(reason);
}

/** Runs a translation; a refusal or a syntax error becomes its reason. */
export function translating<T>(body: (notes: Set<string>) => T): (T & { ok: true; notes: string[] }) | Refused {
  const notes = new Set<string>();
  try {
    return { ...body(notes), ok: true, notes: [...notes] };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, reason: error.message };
    if (error instanceof SqlSyntaxError) return { ok: false, reason: `its SQL is not understood: ${error.message}` };
    throw error;
  }
}
