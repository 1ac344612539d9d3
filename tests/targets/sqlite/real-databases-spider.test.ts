import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { freshPath } from "../../support/scratch-database.ts";
import { sharedData } from "../../support/shared-data.ts";
import { dump, schemaOf } from "./contents.ts";
import { differences, runAll } from "./run.ts";

const folder = sharedData("sqlite");
const files = folder === null ? [] : readdirSync(folder).filter((name) => /^spider.*\.sqlite$/.test(name));

describe.skipIf(folder === null)("a real database becomes a new SQLite file", { timeout: 20_000 }, () => {
  it.each(files)("%s, to the byte of every cell", async (name) => {
    const source = join(folder ?? "", name);
    const path = freshPath();
    const { plan, results } = await runAll(source, path);
    expect(differences(results)).toEqual([]);
    expect(plan.hazards).toEqual([]);
    expect(schemaOf(path)).toEqual(schemaOf(source));
    expect(dump(path)).toEqual(dump(source));
  });
});
