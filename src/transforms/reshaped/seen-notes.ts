/** Observations about the values, for readers of the plan. */

import type { Note } from "../../core/plan/plan.ts";
import type { Seen } from "../../core/plan/seen.ts";
import type { Table } from "../../core/schema/catalog.ts";
import { foldName } from "../../core/schema/names.ts";
import type { CompiledChain } from "../compile-chain.ts";

export function seenNotes(tables: readonly Table[], chains: readonly CompiledChain[], seen: Seen): Note[] {
  return [...untyped(chains, seen), ...computedAnew(tables, chains)];
}

/** New columns of which nothing says what they are for: no declaration, and no value. */
function untyped(chains: readonly CompiledChain[], seen: Seen): Note[] {
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

function computedAnew(tables: readonly Table[], chains: readonly CompiledChain[]): Note[] {
  const made = new Set(chains.map(({ outputs }) => foldName(outputs[0].table)));
  return tables
    .filter(({ name }) => made.has(foldName(name)))
    .flatMap(({ name: table, columns }) =>
      columns.flatMap(({ name, generated }): Note[] =>
        generated?.anew === true
          ? [
              {
                code: "COMPUTED_ANEW",
                at: `${table}.${name}`,
                message: `generated column AS (${generated.expression}): computed again from the values that a function changed`,
              },
            ]
          : [],
      ),
    );
}
