/** What the next insert into an identity column gets, and the largest value that is there. */
import type { TablePlan } from "../../../core/plan/plan.ts";
import { quoteName } from "../../quote.ts";
import { askTogether, portions } from "../many-tables.ts";
import type { Target } from "../target-reader.ts";
import type { TargetObjects } from "./target-objects.ts";

export type IdentityState = { readonly next: bigint | null; readonly largest: bigint | null };
export type Identities = ReadonlyMap<TablePlan, IdentityState>;

/** Of the tables whose planned identity is one in the target. */
export async function readIdentities(
  target: Target,
  schema: string,
  tables: readonly TablePlan[],
  objects: TargetObjects,
): Promise<Identities> {
  const wanted = tables.flatMap((table) => {
    const column = table.identity?.column ?? "";
    if (!objects.tables.get(table.target)?.columns.get(column)?.identity) return [];
    return [{ table, column, relation: `${quoteName(schema)}.${quoteName(table.target)}` }];
  });
  const found = new Map<TablePlan, IdentityState>();
  for (const some of portions(wanted)) {
    const sequences = await target.query(
      "SELECT pg_catalog.pg_get_serial_sequence(t, c) FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w (t, c, nth) ORDER BY nth",
      [some.map(({ relation }) => relation), some.map(({ column }) => column)],
    );
    const owned = some.map((one, i) => ({ ...one, sequence: sequences[i]?.[0] ?? null }));
    const answers = await askTogether(target, owned, asking);
    for (const [i, one] of owned.entries()) {
      const row = answers[i] ?? (await target.query(asking(one)))[0] ?? [];
      const [last = null, step = null, largest = null] = row;
      found.set(one.table, {
        next: last === null ? null : BigInt(last) + BigInt(step ?? 0),
        largest: largest === null ? null : BigInt(largest),
      });
    }
  }
  return found;
}

type Owned = { readonly column: string; readonly relation: string; readonly sequence: string | null };

function asking({ column, relation, sequence }: Owned): string {
  const largest = `(SELECT max(${quoteName(column)})::text FROM ${relation})`;
  if (sequence === null) return `SELECT NULL::text, NULL::text, ${largest}`;
  // The sequence's name comes from PostgreSQL, quoted where it must be.
  const step = `(SELECT s.seqincrement FROM pg_catalog.pg_sequence s WHERE s.seqrelid = '${sequence.replaceAll("'", "''")}'::pg_catalog.regclass)`;
  return `SELECT q.last_value::text, CASE WHEN q.is_called THEN ${step} ELSE 0 END::text, ${largest} FROM ${sequence} q`;
}
