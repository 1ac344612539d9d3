/** New columns of which nothing says what they are for: no declaration, and no value. */
import { foldName } from "../../core/names.ts";
import type { Note } from "../../core/plan.ts";
import type { Seen } from "../../core/seen.ts";
import type { CompiledChain } from "../compile-chain.ts";

export function untypedColumns(chains: readonly CompiledChain[], seen: Seen): Note[] {
  const notes = new Map<string, Note>();
  for (const { table, columns } of chains.flatMap(({ outputs }) => outputs))
    for (const { name, origin, declaredType, pgType } of columns) {
      if (origin !== null || declaredType !== "" || pgType !== undefined) continue;
      if (seen.column(table, name)?.filled !== false) continue;
      const message = "a new column without a declared type, and every value is NULL: it becomes text";
      notes.set(`${foldName(table)}.${foldName(name)}`, { code: "NO_TYPE_NO_VALUES", at: `${table}.${name}`, message });
    }
  return [...notes.values()];
}
