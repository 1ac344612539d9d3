import { relative } from "node:path";
import { plural } from "../../core/messages/count.ts";
import { type ExitStatus, exitStatus } from "../../core/messages/exit-status.ts";
import { shellWord } from "../../core/messages/shell-word.ts";
import type { Draft } from "../../pipeline/draft/draft-pipeline.ts";
import { init } from "../../pipeline/jobs/init.ts";
import type { Call } from "../command.ts";
import { asTyped } from "../invoked-as.ts";
import { missingOf } from "./missing-option.ts";
import { required } from "./run-options.ts";

export async function initCommand(call: Call): Promise<ExitStatus> {
  const source = required(call, 0, "a source: a SQLite or JSON file, an export, or a PostgreSQL URL");
  const draft = await init(source, {
    onEvent: call.emit,
    signal: call.signal,
    output: call.value("output") ?? null,
    target: call.arguments[1] ?? null,
    schema: call.value("schema") ?? null,
    ...missingOf(call),
  });
  const file = shellWord(relative(process.cwd(), draft.path));
  call.print(
    call.json
      ? JSON.stringify({ type: "written", path: draft.path })
      : asTyped(
          [
            `Wrote ${draft.path}. Its target is the server in DATABASE_URL${foundText(draft)}:`,
            "  export DATABASE_URL=postgres://user:password@localhost:5432/database",
            `  rowhaul plan ${file}       see every decision`,
            // A throw-away server has none of the application's tables.
            draft.modes.size > 0
              ? `  rowhaul run ${file}        the move, proven in those tables before it commits`
              : `  rowhaul rehearse ${file}   try it on a throw-away PostgreSQL`,
          ].join("\n"),
        ),
  );
  return exitStatus.ok;
}

/** The notice about a target whose tables were examined. */
function foundText({ modes }: Draft): string {
  if (modes.size === 0) return "";
  const skipped = [...modes.values()].filter(({ mode }) => mode === "skip").length;
  const held = skipped === 0 ? "" : `, ${skipped} of them with rows of the same keys`;
  return `, which has ${plural(modes.size, "table")} already${held}; the file says how rows go into each`;
}
