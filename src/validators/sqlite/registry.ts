/** The validators of a SQLite target, in the order they run. */
import type { ValidatorName, ValidatorResult } from "../../core/finding.ts";
import { counts } from "./counts.ts";
import type { SqliteValidatorInput } from "./input.ts";
import { parity } from "./parity.ts";
import { schema } from "./schema.ts";

export type SqliteValidator = (input: SqliteValidatorInput) => Promise<ValidatorResult>;

export const sqliteValidators = { counts, schema, parity } as const satisfies Partial<
  Record<ValidatorName, SqliteValidator>
>;
