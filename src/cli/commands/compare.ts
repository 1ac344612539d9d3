import { comparisonText } from "../../compare/comparison-text.ts";
import { plural } from "../../core/messages/count.ts";
import { type ExitStatus, exitStatus } from "../../core/messages/exit-status.ts";
import { compare } from "../../pipeline/jobs/compare.ts";
import { wrapText } from "../../report/wrap.ts";
import type { Call } from "../command.ts";
import { missingOf } from "./missing-option.ts";
import { namesOf, required } from "./run-options.ts";

export async function compareCommand(call: Call): Promise<ExitStatus> {
  const tables = call.value("tables");
  const schema = call.value("schema");
  const otherSchema = call.value("other-schema");
  const found = await compare(required(call, 0, "two stores"), required(call, 1, "a second store"), {
    onEvent: call.emit,
    signal: call.signal,
    byMeaning: call.flag("by-meaning"),
    ...missingOf(call),
    ...(tables === undefined ? {} : { tables: namesOf(tables) }),
    ...(schema === undefined ? {} : { schema }),
    ...(otherSchema === undefined ? {} : { otherSchema }),
  });
  const exit = found.differences === 0 ? exitStatus.ok : exitStatus.difference;
  if (call.json) call.print(JSON.stringify({ type: "comparison", comparison: found }));
  const outcome = exit === exitStatus.ok ? "nothing differs" : plural(found.differences, "difference");
  call.emit({ type: "result", exit, outcome, run: null });
  if (!call.json)
    call.print(
      wrapText(comparisonText(found, call.paint, { full: call.flag("full"), redact: call.flag("redact") }), call.width),
    );
  return exit;
}
