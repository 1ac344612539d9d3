/** A key from the environment; neither it nor its length ever stands in a message. */
import type { StepContext } from "../definition.ts";

export function secretOf(variable: string, context: StepContext): string {
  const value = context.environment[variable];
  if (value === undefined || value === "") context.problem(`the environment variable ${variable} is not set`);
  return value ?? "";
}
