/** The triggers of live tables that fire, as the planner is to ask about them. */
import type { LiveTrigger, TriggerEvent } from "../../../../core/schema/live-schema.ts";
import type { Client } from "../../../../postgres/transaction.ts";
import { isMade, isOurs, partsOf } from "./trigger-sql.ts";

type Row = {
  readonly table: string;
  readonly name: string;
  /** Null where the table has it itself, or every partition has it from there. */
  readonly partition: string | null;
  readonly function: string;
  readonly text: string;
  readonly type: number;
  readonly ours: boolean;
};

/** By table. `relations`: what there is in the schema, to be looked for in the functions' text. */
export async function readLiveTriggers(
  client: Client,
  schema: string,
  relations: readonly string[],
): Promise<Map<string, LiveTrigger[]>> {
  const { rows } = await client.query<Row>(firingSql, [schema]);
  const found = new Map<string, LiveTrigger[]>();
  for (const table of new Set(rows.map((row) => row.table))) {
    const own = rows.filter((row) => row.table === table);
    const names = [...new Set(own.map(({ name }) => name))];
    found.set(
      table,
      names.map((name) =>
        triggerOf(
          name,
          own.filter((row) => row.name === name),
          relations,
        ),
      ),
    );
  }
  return found;
}

const firingSql = `
WITH ${partsOf("true")}
SELECT parts.relname::text AS "table", g.tgname::text AS name, g.tgtype::int AS type, f.prosrc AS text, ${isOurs("g")} AS ours,
       CASE WHEN fn.nspname = $1 THEN quote_ident(f.proname) ELSE format('%I.%I', fn.nspname, f.proname) END AS function,
       CASE WHEN parts.part <> parts.oid AND g.tgparentid = 0 THEN p.relname::text END AS partition
  FROM pg_catalog.pg_trigger g JOIN parts ON parts.part = g.tgrelid JOIN pg_catalog.pg_class p ON p.oid = parts.part
  JOIN pg_catalog.pg_proc f ON f.oid = g.tgfoid JOIN pg_catalog.pg_namespace fn ON fn.oid = f.pronamespace
 WHERE g.tgenabled IN ('O', 'A') AND ${isMade("g")} ORDER BY 1, 2, 7`;

function triggerOf(name: string, rows: readonly Row[], relations: readonly string[]): LiveTrigger {
  const own = new Set(rows.map(({ table }) => table));
  const partitions = rows.every(({ partition }) => partition !== null)
    ? rows.map(({ partition }) => partition ?? "")
    : [];
  const words = new Set(rows.flatMap(({ text }) => wordsOf(text)));
  return {
    name,
    functions: [...new Set(rows.map((row) => row.function))],
    events: (["INSERT", "UPDATE", "DELETE"] as const).filter((event) => rows.some(({ type }) => type & bits[event])),
    statement: rows.every(({ type }) => (type & perRow) === 0),
    partitions,
    mentions: relations.filter((relation) => words.has(relation) && !own.has(relation)),
    ours: rows.every(({ ours }) => ours),
  };
}

/** Of pg_trigger.tgtype. */
const perRow = 1;
const bits: Readonly<Record<TriggerEvent, number>> = { INSERT: 4, UPDATE: 16, DELETE: 8 };

/** What could be a name: PostgreSQL folds what is not quoted. */
function wordsOf(text: string): string[] {
  return (text.match(/"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []).map((word) =>
    word.startsWith('"') ? word.slice(1, -1).replaceAll('""', '"') : word.toLowerCase(),
  );
}
