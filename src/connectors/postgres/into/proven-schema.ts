import type { Plan } from "../../../core/plan.ts";
import type { Pool } from "../transaction.ts";

/**
 * Where the run's tables can be validated: staging while it is there, which is always when
 * its rows went into tables of the application's, since those may hold others too.
 */
export async function provenSchema(pool: Pool, { target }: Plan): Promise<string> {
  const { rows } = await pool.query("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", [target.staging]);
  return rows.length > 0 ? target.staging : target.schema;
}
