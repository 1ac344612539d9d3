/** Asks PostgreSQL itself whether it takes a plan's statements: in a transaction that is always rolled back. */
import { messageOf } from "../../core/messages/errors.ts";
import { begun } from "../../postgres/begin.ts";
import { targetError } from "../../postgres/errors.ts";
import type { Pool } from "../../postgres/transaction.ts";

export type ProbeScript = {
  readonly setup: readonly string[];
  readonly trials: readonly { readonly id: string; readonly sql: string }[];
};

/** SQLSTATE classes that are not the statement's fault: no connection, a deadlock, no space, a shutdown, damage, a lock. */
const ofTheServer = /^(08|40|53|57|58|F0|XX|55P03)/;

function isObjection(thrown: unknown): boolean {
  const code = (thrown as { code?: unknown } | null)?.code;
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && !ofTheServer.test(code);
}

/** Returns the objections by trial id. A trial that works stays, so that a view may read another. */
export async function probe(pool: Pool, script: ProbeScript): Promise<Map<string, string>> {
  const objections = new Map<string, string>();
  const client = await begun(pool, "read-write").catch((thrown: unknown) => {
    throw targetError(thrown, "asking the target about the plan");
  });
  try {
    for (const statement of script.setup) await client.query(statement);
    for (const trial of script.trials) {
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
    await client.query("ROLLBACK");
    client.release();
    return objections;
  } catch (thrown) {
    client.release(thrown instanceof Error ? thrown : true);
    throw targetError(thrown, "asking the target about the plan");
  }
}
