/** --missing: how to treat JSON fields that are missing in some rows and null in others (`missing` in the pipeline file). */
import { RowhaulError } from "../../core/messages/errors.ts";
import type { JsonSettings } from "../../core/settings.ts";
import type { Call } from "../command.ts";

const choices = ["refuse", "null", "keep"] as const satisfies readonly JsonSettings["missing"][];

/** To be spread into what a command asks for. Throws USAGE. */
export function missingOf(call: Call): { readonly missing?: JsonSettings["missing"] } {
  const given = call.value("missing");
  if (given === undefined) return {};
  const missing = choices.find((one) => one === given);
  if (missing === undefined)
    throw new RowhaulError("USAGE", `--missing is one of ${choices.join(", ")}.`, {
      hint: "--missing null makes both NULL; --missing keep keeps the names of the fields that are missing.",
    });
  return { missing };
}
