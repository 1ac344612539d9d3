/** The validators in the order they run: cheap ones first, since each later one reads more. */
import { counts } from "./counts.ts";
import { parity } from "./parity/parity.ts";
import { schema } from "./schema/schema.ts";
import { search } from "./search/search.ts";
import type { Validator } from "./validator.ts";

export const validators = { counts, schema, parity, search } as const satisfies Record<string, Validator>;

export type ValidatorName = keyof typeof validators;
