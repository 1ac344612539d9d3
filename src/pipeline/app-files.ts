/** The application's settings files as the phases' port. */
import { readFileSync } from "node:fs";
import { readConfig } from "../app-config/edit.ts";
import { applyEdit, checkUndo, planFileEdits, undoEdit } from "../app-config/files.ts";
import type { AppFiles } from "../core/ports.ts";

export const appFiles: AppFiles = {
  plan: (edits) => planFileEdits(edits),
  apply: (planned, edits) => {
    applyEdit(planned, edits);
  },
  undo: (planned) => {
    undoEdit(planned);
  },
  checkUndo,
  added(edits) {
    return edits.flatMap(({ path, set }) => {
      const there = readConfig(path, readFileSync(path, "utf8"));
      const known = [...there.keys()];
      const isNew = (key: string): boolean => !there.has(key) && !known.some((one) => one.startsWith(`${key}.`));
      return Object.keys(set)
        .filter(isNew)
        .map((key) => `${path} has no setting "${key}"; it will be added`);
    });
  },
  variables(paths) {
    const settings: Record<string, string> = {};
    for (const path of paths) {
      if (!/(^|[/\\])[^/\\]*\.env(\.[^/\\]*)?$/.test(path)) continue;
      for (const [name, value] of readConfig(path, readFileSync(path, "utf8"))) settings[name] = String(value ?? "");
    }
    return settings;
  },
};
