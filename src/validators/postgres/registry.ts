/** The validators in the order they run: cheap ones first, since each later one reads more. */
import type { ValidatorName } from "../../core/finding.ts";
import { counts } from "./counts.ts";
import { parity } from "./parity/parity.ts";
import { schema } from "./schema/schema.ts";
import { search } from "./search/search.ts";
import type { Validator } from "./validator.ts";

export const validators = { counts, schema, parity, search } as const satisfies Partial<
  Record<ValidatorName, Validator>
>;
