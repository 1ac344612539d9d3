import { comparisonText } from "../../compare/comparison-text.ts";
import { plural } from "../../core/messages/count.ts";
import { exitStatus } from "../../core/messages/exit-status.ts";
import { compare } from "../../index.ts";
import { wrapText } from "../../report/wrap.ts";
import type { Command } from "../command.ts";
import { missingOf } from "./missing-option.ts";
import { namesOf, required } from "./run-options.ts";

export const compareCommand: Command = {
  name: "compare",
  arguments: "<a> <b>",
  summary: "name every row and cell in which two stores differ",
  description:
    "Compares any two of: a SQLite file, a PostgreSQL URL, an export, a JSON file. Two of a kind are compared byte by byte; otherwise by meaning: 1 is true, a numeric is its value, a timestamp its instant. Exit status 0 when nothing differs, 4 when something does. Neither side is changed.",
  options: ["tables", "schema", "other-schema", "missing", "by-meaning", "redact", "full"],
  examples: [
    "rowhaul compare app.db postgres://me@localhost/app",
    "rowhaul compare backup-2026-11-20 backup-2026-11-21",
  ],
  async run(call) {
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
        wrapText(
          comparisonText(found, call.paint, { full: call.flag("full"), redact: call.flag("redact") }),
          call.width,
        ),
      );
    return exit;
  },
};
