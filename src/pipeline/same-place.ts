/** Whether a source is its own target. */
import { existsSync, statSync } from "node:fs";
import { RowhaulError } from "../core/messages/errors.ts";
import type { Settings } from "../core/settings.ts";
import { parseTarget } from "../postgres/url.ts";

/** Nothing can be moved into itself. */
export function refuseSamePlace({ source, target }: Settings): void {
  const hint = "Name another target: what is moved is there already.";
  if (source.kind !== "postgres") {
    if (target.kind === "sqlite" && isSameFile(source.path, target.path))
      throw new RowhaulError("USAGE", `${source.path} is both source and target.`, { hint });
    return;
  }
  if (target.kind !== "postgres" || source.schema !== target.schema) return;
  const [from, to] = [parseTarget(source.url), parseTarget(target.url)];
  if (from.shown === to.shown)
    throw new RowhaulError("USAGE", `Schema ${source.schema} of ${from.shown} is both source and target.`, { hint });
}

/** Also by a link or under another name. */
function isSameFile(a: string, b: string): boolean {
  if (a === b) return true;
  if (!existsSync(a) || !existsSync(b)) return false;
  const [one, other] = [statSync(a, { bigint: true }), statSync(b, { bigint: true })];
  return one.dev === other.dev && one.ino === other.ino;
}
