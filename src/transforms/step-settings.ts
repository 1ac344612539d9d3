/** A step as it stands in the pipeline file: `- trim: name`, or the path of a function's file alone. */
import { z } from "zod";
import type { TransformStep } from "../core/settings.ts";
import { transforms } from "./registry.ts";

const named = z
  .strictObject(
    Object.fromEntries(
      transforms.map((transform) => [transform.name, transform.options.optional().describe(transform.summary)]),
    ),
  )
  .refine((step) => givenKeys(step).length === 1, "a step names one transform; give each a step of its own");

export const transformStep = z
  .union([z.string().min(1).describe("a file with a function of yours"), named])
  .describe("one transform");

export type TransformStepFile = z.infer<typeof transformStep>;

export function stepOf(step: TransformStepFile): TransformStep {
  if (typeof step === "string") return { use: "function", options: { file: step } };
  const [use = ""] = givenKeys(step);
  return { use, options: (step as Readonly<Record<string, unknown>>)[use] };
}

function givenKeys(step: object): string[] {
  return Object.entries(step).flatMap(([name, options]) => (options === undefined ? [] : [name]));
}
