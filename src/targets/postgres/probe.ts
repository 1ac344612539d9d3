/** Asks PostgreSQL itself whether it takes a plan's statements: in a transaction that is always rolled back. */
import { messageOf } from "../../core/messages/errors.ts";
import type { IndexDefinition } from "../../core/plan/plan.ts";
import type { Probed, ProbeScript } from "../../core/ports.ts";
import { begun } from "../../postgres/begin.ts";
import { targetError } from "../../postgres/errors.ts";
import { executeAll, joined } from "../../postgres/many-statements.ts";
import type { Client, Pool } from "../../postgres/transaction.ts";

/** SQLSTATE classes that are not the statement's fault: no connection, a deadlock, no space, a shutdown, damage, a lock. */
const ofTheServer = /^(08|40|53|57|58|F0|XX|55P03)/;

function isObjection(thrown: unknown): boolean {
  const code = (thrown as { code?: unknown } | null)?.code;
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && !ofTheServer.test(code);
}

type Trial = ProbeScript["trials"][number];

/** Trials to a message: each by itself costs three ways there and back. */
const together = 32;

/**
 * Makes the trials many at a time, and yields those to be made one by one: the ones that share a message with one that
 * fails. Their order stays, as a view must find what it reads.
 */
async function* withoutAccepted(client: Client, trials: readonly Trial[]): AsyncGenerator<Trial> {
  for (let i = 0; i < trials.length; i += together) {
    const some = trials.slice(i, i + together);
    // By itself: a message that cannot be parsed does nothing at all.
    await client.query("SAVEPOINT trials");
    try {
      await client.query(joined([...some.flatMap(attempt), "RELEASE SAVEPOINT trials"]));
    } catch (thrown) {
      if (!isObjection(thrown)) throw thrown;
      await client.query("ROLLBACK TO SAVEPOINT trials; RELEASE SAVEPOINT trials");
      yield* some;
    }
  }
}

/** Generated columns are tried under one name. */
function attempt({ id, sql }: Trial): string[] {
  return id.startsWith("generated:") ? ["SAVEPOINT trial", sql, "ROLLBACK TO SAVEPOINT trial"] : [sql];
}

/** A trial that works stays, so that a view may read another. */
export async function probe(pool: Pool, script: ProbeScript): Promise<Probed> {
  const objections = new Map<string, string>();
  const client = await begun(pool, "read-write").catch((thrown: unknown) => {
    throw targetError(thrown, "asking the target about the plan");
  });
  try {
    await executeAll(client, script.setup);
    for await (const trial of withoutAccepted(client, script.trials)) {
      await client.query("SAVEPOINT trial");
      try {
        await client.query(trial.sql);
        // Generated columns are tried under one name.
        if (trial.id.startsWith("generated:")) await client.query("ROLLBACK TO SAVEPOINT trial");
        else await client.query("RELEASE SAVEPOINT trial");
      } catch (thrown) {
        if (!isObjection(thrown)) throw thrown;
        objections.set(trial.id, messageOf(thrown));
        await client.query("ROLLBACK TO SAVEPOINT trial");
      }
    }
    const definitions = await definitionsOf(client, script.trials);
    await client.query("ROLLBACK");
    client.release();
    return { objections, definitions };
  } catch (thrown) {
    client.release(thrown instanceof Error ? thrown : true);
    throw targetError(thrown, "asking the target about the plan");
  }
}

/** Of the indexes that were made, by step of finish. The schema validator reads the finished ones in the same words. */
async function definitionsOf(client: Client, trials: readonly Trial[]): Promise<Map<string, IndexDefinition>> {
  const wanted = trials.flatMap(({ index }) => (index === undefined ? [] : [index]));
  if (wanted.length === 0) return new Map();
  const { rows } = await client.query<{ step: string; parts: string[]; where: string | null }>(
    `SELECT t.step, pg_catalog.pg_get_expr(i.indpred, i.indrelid, true) AS where,
       (SELECT pg_catalog.json_agg(pg_catalog.pg_get_indexdef(i.indexrelid, n, true) ORDER BY n)
          FROM pg_catalog.generate_series(1, i.indnkeyatts) n) AS parts
     FROM unnest($1::text[], $2::text[]) t(step, name) JOIN pg_catalog.pg_index i ON i.indexrelid = pg_catalog.to_regclass(t.name)`,
    [wanted.map(({ step }) => step), wanted.map(({ name }) => name)],
  );
  return new Map(rows.map(({ step, parts, where }) => [step, { parts, where }]));
}
