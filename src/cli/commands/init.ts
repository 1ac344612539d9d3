import { existsSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { RowhaulError } from "../../core/errors.ts";
import { exitStatus } from "../../core/exit-status.ts";
import { draftPipeline } from "../../index.ts";
import type { Command } from "../command.ts";
import { asTyped } from "../invoked-as.ts";
import { shellWord } from "./next-steps.ts";
import { required } from "./run-options.ts";

export const initCommand: Command = {
  name: "init",
  arguments: "<source>",
  summary: "profile a database and write its pipeline file",
  description:
    "Looks at every value and writes a pipeline file that spells out what would become of each table and column, and which hazards you would have to accept. Never overwrites a file.",
  options: ["output"],
  examples: ["rowhaul init app.db", "rowhaul init app.db -o pipelines/app.yaml"],
  async run(call) {
    const source = required(call, 0, "a source: a SQLite or JSON file, an export, or a PostgreSQL URL");
    const draft = await draftPipeline(source, {
      onEvent: call.emit,
      signal: call.signal,
      output: call.value("output") ?? null,
    });
    if (existsSync(draft.path))
      throw new RowhaulError("USAGE", `${draft.path} is there already; it is not overwritten.`, {
        hint: "Choose another file with --output.",
      });
    const file = shellWord(relative(process.cwd(), draft.path));
    writeFileSync(draft.path, draft.text, { flag: "wx" });
    call.print(
      call.json
        ? JSON.stringify({ type: "written", path: draft.path })
        : asTyped(
            [
              `Wrote ${draft.path}. Its target is the server in DATABASE_URL:`,
              "  export DATABASE_URL=postgres://user:password@localhost:5432/database",
              `  rowhaul plan ${file}       see every decision`,
              `  rowhaul rehearse ${file}   try it on a throw-away PostgreSQL`,
            ].join("\n"),
          ),
    );
    return exitStatus.ok;
  },
};
