/** A key from an environment variable; neither it nor its length ever appears in a message. */
import type { StepContext } from "../definition.ts";

export function secretOf(variable: string, context: StepContext): string {
  const value = context.env[variable];
  if (value === undefined || value === "") context.problem(`the environment variable ${variable} is not set`);
  return value ?? "";
}
