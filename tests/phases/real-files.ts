/**
 * Real databases, made by others, in `shared/data` beside the repository, by their path below it; none where that folder
 * is absent. The large ones move with `npm run test:all`.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { sharedData } from "../support/shared-data.ts";

const all = ["sqlite", "sqlite-wal"].flatMap((kind) => {
  const path = sharedData(kind);
  if (path === null) return [];
  return readdirSync(path)
    .filter((name) => /\.(sqlite|db)$/.test(name))
    .map((name) => join(kind, name));
});

/** Each takes seconds, and has little that the others have not. */
const large = ["bible-fts", "spider-flight_4", "spider-formula_1", "spider-bike_1", "chinook"];

const isLarge = (file: string): boolean => large.some((name) => file.endsWith(`/${name}.sqlite`));

export const smallFiles: readonly string[] = all.filter((file) => !isLarge(file));
export const largeFiles: readonly string[] = all.filter(isLarge);
