/** The validators of a SQLite target in a process of its own: SQLite compares a table in one call. */
import type { ValidatorResult } from "../../core/finding.ts";
import type { SqliteValidatorInput } from "./input.ts";
import { sqliteValidators } from "./registry.ts";

/** `wanted`: their names. A process is ended from outside, and few rows end by themselves. */
export type ProofOrder = Omit<SqliteValidatorInput, "signal"> & { readonly wanted: readonly string[] };

export default async function prove({ wanted, ...input }: ProofOrder): Promise<ValidatorResult[]> {
  const { signal } = new AbortController();
  const results: ValidatorResult[] = [];
  for (const [name, validator] of Object.entries(sqliteValidators))
    if (wanted.some((one) => one === name)) results.push(await validator({ ...input, signal }));
  return results;
}
