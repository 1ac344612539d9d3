/** Errors of a statement on one table, with the table named, and reworded where the server's own message does not help. */
import { RowhaulError } from "../../../core/messages/errors.ts";
import { targetError } from "../../../postgres/errors.ts";
import type { MatchedTable } from "./match.ts";
import { callsOf, raised } from "./triggers/raised.ts";

/** A proven run is resumed on its own snapshot, with its own plan. */
export const startOver = "then start over: `rowhaul run <pipeline> --fresh`.";

export async function failing<T>(
  { plan, live, mode }: MatchedTable,
  doing: string,
  work: () => Promise<T>,
): Promise<T> {
  const place = { table: plan.source };
  try {
    return await work();
  } catch (thrown) {
    const refused = raised(thrown, plan);
    if (refused !== null) throw refused;
    const { code, detail, constraint } = thrown as { code?: string; detail?: string; constraint?: string };
    if (code === "23505")
      throw new RowhaulError(
        "CONSTRAINT_VIOLATED",
        `${live.name} has such a row already, or the source has two: ${(detail ?? "a key occurs twice").replace(/\.$/, "")} (${constraint}).`,
        { place, cause: thrown, hint: takenHint(mode, detail ?? "", live.key) },
      );
    if (code === "21000")
      throw new RowhaulError(
        "CONSTRAINT_VIOLATED",
        `Two rows of ${plan.source} have the same key (${live.key.join(", ")}) in ${live.name}.`,
        {
          place,
          cause: thrown,
          hint: `Correct the rows in the source, or select among them with \`where\`; ${startOver}`,
        },
      );
    const error = targetError(thrown, doing, place);
    if (!(error instanceof RowhaulError)) throw error;
    const details = [...error.details, ...callsOf(thrown)];
    // The constraint is the application's, so it cannot be left out.
    if (error.code !== "CONSTRAINT_VIOLATED")
      throw new RowhaulError(error.code, error.message, { place, details, cause: error.cause, hint: error.hint });
    throw new RowhaulError(error.code, error.message, {
      place,
      details,
      cause: error.cause,
      hint: `Nothing was changed. Correct the rows in the source, or leave them out with \`where\` (the constraint is ${live.name}'s own); ${startOver}`,
    });
  }
}

/** Rows are matched by one key; under any other they must be distinct. */
function takenHint(mode: MatchedTable["mode"], detail: string, matched: readonly string[]): string {
  const select = "Correct the rows in the source, or leave them out with `where`";
  if (mode === "replace") return `${select}; ${startOver}`;
  const [, columns = ""] = /^Key \((.*?)\)=/.exec(detail) ?? [];
  if (mode === "append" && columns === matched.join(", "))
    return `${select}; or let them replace those that are there: \`existing: merge\`; ${startOver}`;
  return `${select}; or match rows by that key: \`existing: merge\` and \`key: [${columns}]\` for the table; ${startOver}`;
}
