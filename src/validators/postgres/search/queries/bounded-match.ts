/**
 * A regular expression of the user's, on lines of any content. One such as `(a+)+b` takes longer than anybody waits for
 * a line that almost matches, and nothing else would be heard meanwhile: so it has its time.
 */
import { type Context, createContext, Script } from "node:vm";

const limitMs = 1_000;
/** Setting up the limit takes a tenth of a millisecond, so that it is done for many lines at once. */
export const linesAtOnce = 500;

/** `slow`: the position of a line that takes more than a second by itself. */
export type Matched = { readonly groups: readonly (string | undefined)[] } | { readonly slow: number };

/** Gives the first group of the first match in each line. */
export function firstGroups(expression: RegExp): (lines: readonly string[]) => Matched {
  const context = createContext({ expression, lines: [] });
  const script = new Script("lines.map((line) => expression.exec(line)?.[1])");
  return (lines) => {
    const groups = match(context, script, lines);
    if (groups !== null) return { groups };
    const each = lines.map((line) => match(context, script, [line]));
    const slow = each.indexOf(null);
    return slow >= 0 ? { slow } : { groups: each.flatMap((group) => group ?? []) };
  };
}

/** Null when there was not enough time. */
function match(context: Context, script: Script, lines: readonly string[]): (string | undefined)[] | null {
  context.lines = lines;
  try {
    return script.runInContext(context, { timeout: limitMs }) as (string | undefined)[];
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return null;
    throw thrown;
  }
}
