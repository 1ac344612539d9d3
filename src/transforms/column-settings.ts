/**
 * Transforms given at the column: `columns: { tags: { split: "," } }`. They
 * become steps in this order, whatever their order in the file: trim, case, map,
 * default, parse, cast, split, json, mask, hash.
 */
import { z } from "zod";
import type { TransformStep } from "../core/settings.ts";
import { castTypes } from "./values/cast-types.ts";
import { scalar } from "./values/constant.ts";
import { otherwise } from "./values/otherwise.ts";

/** Put into the schema of a column's settings. */
export const columnTransforms = {
  trim: z.boolean().optional().describe("take spaces at both ends away"),
  case: z.enum(["lower", "upper"]).optional().describe("letters in lower or upper case"),
  map: z.record(z.string(), scalar).optional().describe("other values for those given"),
  otherwise: otherwise.optional().describe("what `map` makes of a value that is not in it (default: fail)"),
  ignoreCase: z.boolean().optional().describe("`map` finds a value whatever its case"),
  default: scalar.optional().describe("a value for NULL"),
  parse: z
    .union([
      z.string().min(1),
      z.strictObject({
        layout: z.string().min(1),
        to: z.enum(["date", "timestamp", "timestamptz"]).optional(),
        zone: z.string().optional(),
        otherwise: z.enum(["fail", "null"]).optional(),
      }),
    ])
    .optional()
    .describe("how its dates are written: `DD.MM.YYYY HH:MM`, `epoch seconds` …"),
  cast: z.enum(castTypes).optional().describe("values of that type, exact or refused"),
  split: z
    .union([z.string().min(1), z.strictObject({ by: z.string().min(1), as: z.enum(["text[]", "json"]).optional() })])
    .optional()
    .describe("a list in one text, taken apart at this separator"),
  json: z
    .union([z.literal("keep"), z.strictObject({ flatten: z.array(z.string().min(1)).min(1) })])
    .optional()
    .describe("a JSON text: keep it whole, or make columns of these members"),
  mask: z
    .union([
      z.strictObject({ keepLast: z.number().int().min(0) }),
      z.strictObject({ fixed: z.string() }),
      z.strictObject({ email: z.strictObject({ keyFrom: z.string().min(1) }) }),
    ])
    .optional()
    .describe("hide what the value says"),
  hash: z
    .strictObject({ keyFrom: z.string().min(1).describe("environment variable with the key") })
    .optional()
    .describe("HMAC-SHA-256 of the value"),
};

const schema = z.strictObject(columnTransforms);
export type ColumnTransforms = z.infer<typeof schema>;

/** Other keys of the column's settings are no concern of this. */
export function stepsOfColumn(column: string, given: ColumnTransforms): TransformStep[] {
  const steps: TransformStep[] = [];
  const add = (use: string, options: unknown): void => void steps.push({ use, options });
  const { parse, split, json } = given;
  if (given.trim === true) add("trim", column);
  if (given.case !== undefined) add("case", { columns: column, to: given.case });
  if (given.map !== undefined)
    add("map", {
      column,
      values: given.map,
      ...(given.otherwise === undefined ? {} : { otherwise: given.otherwise }),
      ...(given.ignoreCase === undefined ? {} : { ignoreCase: given.ignoreCase }),
    });
  if (given.default !== undefined) add("default", { values: { [column]: given.default } });
  if (parse !== undefined) add("parse-date", { column, ...(typeof parse === "string" ? { layout: parse } : parse) });
  if (given.cast !== undefined) add("cast", { columns: { [column]: given.cast } });
  if (split !== undefined) add("split", { column, ...(typeof split === "string" ? { by: split } : split) });
  if (json === "keep") add("cast", { columns: { [column]: "jsonb" } });
  else if (json !== undefined) add("flatten", { column, members: json.flatten });
  if (given.mask !== undefined) add("mask", { columns: column, ...given.mask });
  if (given.hash !== undefined) add("hash", { columns: column, ...given.hash });
  return steps;
}
