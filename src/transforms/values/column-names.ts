/** One column or several, as steps name them. */
import { z } from "zod";

export const columnName = z.string().min(1);
export const columnNames = z.union([columnName, z.array(columnName).min(1)]);

export function listOf(
  given: z.infer<typeof columnNames> | { readonly columns: z.infer<typeof columnNames> },
): readonly string[] {
  if (typeof given === "string") return [given];
  return "columns" in given ? listOf(given.columns) : given;
}
