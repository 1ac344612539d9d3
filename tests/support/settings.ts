/** What tests ask of settings. */
import type { SchemaTarget, Settings } from "../../src/core/settings.ts";
import { copySettings } from "../../src/pipeline/file/copy-settings.ts";

/** Of a pipeline file that says nothing about it. */
export const defaultSearch = copySettings("source.db", "target.db").search;

export function schemaTarget({ target }: Settings): SchemaTarget {
  if (target.kind === "sqlite") throw new Error("a file is no schema");
  return target;
}

/** Of a server. */
export function serverTarget(settings: Settings): Extract<SchemaTarget, { kind: "postgres" }> {
  const target = schemaTarget(settings);
  if (target.kind !== "postgres") throw new Error("not a server");
  return target;
}
