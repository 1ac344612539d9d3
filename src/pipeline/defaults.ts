/** Settings where no pipeline file says anything. */
import type { SearchSettings, TargetSettings } from "../core/settings.ts";

/** Of what makes a PostgreSQL schema, a file needs nothing. */
export function sqliteTargetSettings(path: string, existing: TargetSettings["existing"]): TargetSettings {
  return {
    kind: "sqlite",
    url: null,
    path,
    schema: "main",
    existing,
    state: "rowhaul",
    owner: null,
    grants: [],
    rowSecurity: null,
    collation: "binary",
  };
}

/** For a run without a pipeline file. */
export const defaultSearch: SearchSettings = {
  mode: "exact",
  schema: "fts5",
  config: "english",
  like: [],
  postings: false,
  check: { queries: 100, seed: 1, files: [], thresholds: { sets: 1, order10: 1, order50: null } },
};
