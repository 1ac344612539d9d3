/**
 * What a transaction writes besides the plan's rows: triggers, rules and foreign keys of the application's write where
 * they like, and no proof looks there. The server counts it table by table; what empties a table at a stroke
 * (TRUNCATE) is not counted and shows by its lock.
 */
import { plural } from "../../../../core/messages/count.ts";
import { RowhaulError } from "../../../../core/messages/errors.ts";
import { acceptLines } from "../../../../core/messages/yaml-text.ts";
import type { Plan } from "../../../../core/plan/plan.ts";
import type { Client } from "../../../../postgres/transaction.ts";
import { isSearchSchema } from "./trigger-sql.ts";

type Counts = {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  /** Holds a lock that writing rows does not take. */
  readonly taken: boolean;
};

/**
 * To be called before any row goes in; the returned function once no trigger can fire any more.
 * That throws TRIGGER_WRITES unless the plan accepts every table.
 */
export async function watchWrites(client: Client, plan: Plan): Promise<() => Promise<void>> {
  // A session counts on from one transaction to the next.
  const before = new Map((await readCounts(client, plan)).map((counts) => [counts.oid, counts]));
  return async () => {
    const found = (await readCounts(client, plan)).map((now) => since(now, before.get(now.oid)));
    const accepted = new Set(plan.target.writes ?? []);
    const written = found.filter(
      (counts) => isWritten(counts) && !["*", placeOf(plan, counts), fullName(counts)].some((one) => accepted.has(one)),
    );
    if (written.length > 0) throw refusal(plan, written);
  };
}

function refusal(plan: Plan, written: readonly Counts[]): RowhaulError {
  const places = written.map((counts) => placeOf(plan, counts));
  const kept = plan.tables.flatMap(({ source, triggers }) => (triggers?.keep ?? []).map((name) => `${source}.${name}`));
  const by =
    kept.length === 0
      ? "No trigger was to fire: a rule, a foreign key's action or a trigger of another table did it."
      : `Triggers that may fire: ${kept.join(", ")}; to switch one off: { code: TRIGGER_FIRES, object: ${kept[0]}, policy: disable }.`;
  return new RowhaulError(
    "TRIGGER_WRITES",
    `While rows went in, the application's own triggers, rules or foreign keys wrote to ${places.join(", ")}, which ${places.length === 1 ? "is no table" : "are no tables"} of the plan. Everything was undone.`,
    {
      place: { table: places[0] ?? "" },
      details: [...written.map((counts) => `${placeOf(plan, counts)}: ${countsText(counts)}`), by],
      paste: acceptLines("TRIGGER_WRITES", "table", "keep", places),
      hint: `${kept.length === 0 ? "Add" : "Switch the trigger off while the rows go in (`policy: disable` of TRIGGER_FIRES), or add"} the printed lines if these writes are meant; a rollback does not undo them.`,
    },
  );
}

function countsText({ inserted, updated, deleted, taken }: Counts): string {
  const parts = [
    ...(inserted > 0 ? [`${plural(inserted, "row")} inserted`] : []),
    ...(updated > 0 ? [`${plural(updated, "row")} updated`] : []),
    ...(deleted > 0 ? [`${plural(deleted, "row")} deleted`] : []),
    ...(taken ? ["locked as by TRUNCATE or ALTER TABLE"] : []),
  ];
  return parts.join(", ");
}

/** As an accept entry names it. */
function placeOf({ target }: Plan, counts: Counts): string {
  return counts.schema === target.schema ? counts.name : fullName(counts);
}

function fullName({ schema, name }: Counts): string {
  return `${schema}.${name}`;
}

function isWritten({ inserted, updated, deleted, taken }: Counts): boolean {
  return inserted > 0 || updated > 0 || deleted > 0 || taken;
}

function since(now: Counts, before: Counts | undefined): Counts {
  return {
    ...now,
    inserted: now.inserted - (before?.inserted ?? 0),
    updated: now.updated - (before?.updated ?? 0),
    deleted: now.deleted - (before?.deleted ?? 0),
    taken: now.taken && before?.taken !== true,
  };
}

/** Of all tables but the plan's own, with their partitions, and rowhaul's. What was never touched has no counts. */
async function readCounts(client: Client, { target, tables }: Plan): Promise<Counts[]> {
  const own = [target.staging, ...(target.aside === null ? [] : [target.aside])];
  const indexed = await indexedTables(client);
  const { rows } = await client.query<Counts>(
    `WITH planned AS (SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = ANY($2::text[])),
     ours AS (SELECT oid FROM planned UNION SELECT p.relid::oid FROM planned, pg_catalog.pg_partition_tree(planned.oid) p UNION SELECT unnest($4::oid[])),
     held AS (SELECT l.relation FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_database d ON d.oid = l.database AND d.datname = pg_catalog.current_database()
               WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.granted AND l.pid = pg_catalog.pg_backend_pid())
     SELECT * FROM (
       SELECT c.oid::text AS oid, n.nspname::text AS schema, c.relname::text AS name,
              pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid)::float8 AS inserted, pg_catalog.pg_stat_get_xact_tuples_updated(c.oid)::float8 AS updated,
              pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid)::float8 AS deleted, c.oid IN (SELECT relation FROM held) AS taken
         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND n.nspname <> ALL($3::text[])
          AND NOT ${isSearchSchema("n.oid")} AND c.oid NOT IN (SELECT oid FROM ours)) counted
      WHERE inserted > 0 OR updated > 0 OR deleted > 0 OR taken ORDER BY 2, 3`,
    [target.schema, tables.map((table) => table.target), own, indexed],
  );
  return rows;
}

/** Full-text tables that rowhaul's own triggers keep, also where the plan leaves them out. */
async function indexedTables(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT format('%I.indexes', n.nspname) AS name FROM pg_catalog.pg_namespace n
      WHERE ${isSearchSchema("n.oid")} AND has_schema_privilege(n.oid, 'USAGE')`,
  );
  const found: string[] = [];
  for (const { name } of rows) {
    const indexes = await client.query<{ oid: string }>(`SELECT relation::oid::text AS oid FROM ${name}`);
    found.push(...indexes.rows.map(({ oid }) => oid));
  }
  return found;
}
