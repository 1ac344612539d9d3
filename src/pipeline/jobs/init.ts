/** A pipeline file to begin with, on disk. */
import { existsSync, writeFileSync } from "node:fs";
import { RowhaulError } from "../../core/messages/errors.ts";
import { type Draft, type DraftOptions, draftPipeline } from "../draft/draft-pipeline.ts";

/** Writes the file that {@link draftPipeline} makes. Throws USAGE where one is there already, SOURCE_*, TARGET_*. */
export async function init(source: string, options: DraftOptions = {}): Promise<Draft> {
  const draft = await draftPipeline(source, options);
  if (existsSync(draft.path))
    throw new RowhaulError("USAGE", `${draft.path} is there already; it is not overwritten.`, {
      hint: "Choose another file with --output.",
    });
  writeFileSync(draft.path, draft.text, { flag: "wx" });
  return draft;
}
