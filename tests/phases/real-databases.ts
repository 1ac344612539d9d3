/** Real databases, made by others: each moves with every default accepted, and the proof passes; without, it moves or says why not. */
import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { workspace } from "../cli/workspace.ts";
import { library } from "../library/built.ts";
import { freshDatabase } from "../support/database.ts";

const { copySettings, plan, RowhaulError, report, run } = library;

const folder = fileURLToPath(new URL("../../../shared/data/", import.meta.url));

/** Defines the tests of these files. */
export function moveEach(files: readonly string[]): void {
  describe.skipIf(files.length > 0)("real databases", () => {
    it.skip("are not beside this repository", () => {});
  });

  describe.skipIf(files.length === 0).each(files)("%s", (file) => {
    it("moves, and every cell is proven", async () => {
      const database = await freshDatabase();
      try {
        const space = workspace();
        for (const end of ["", "-wal", "-shm"])
          if (existsSync(join(folder, `${file}${end}`)))
            copyFileSync(join(folder, `${file}${end}`), space.path(`app.db${end}`));
        const settings = copySettings(space.path("app.db"), database.url, { folder: space.folder });
        const refused = await codesOf(plan(settings));
        expect({ [file]: refused }).toEqual({ [file]: expected[file] ?? [] });
        const done = await run(settings, { acceptAll: true });
        expect(done.stage).toBe("done");
        const { validation = [] } = report(settings) ?? {};
        const searched = fullText.includes(file) ? [["search", true, 0]] : [];
        expect(validation.map((result) => [result.validator, result.passed, result.differences])).toEqual([
          ["counts", true, 0],
          ["schema", true, 0],
          ["parity", true, 0],
          ...searched,
        ]);
        expect(validation[0]?.checked.rows ?? 0).toBeGreaterThan(0);
      } finally {
        await database.drop();
      }
    });
  });
}

/** Codes of the hazards that nobody has accepted, each once; none when it would move as it is. */
async function codesOf(planned: Promise<unknown>): Promise<string[]> {
  try {
    await planned;
    return [];
  } catch (thrown) {
    if (!(thrown instanceof RowhaulError) || thrown.code !== "HAZARDS_NOT_ACCEPTED") throw thrown;
    const codes = thrown.paste.flatMap((line) => /^ {2}- \{ code: (\w+)/.exec(line)?.[1] ?? []);
    return [...new Set(codes)].sort();
  }
}

/** What each file would need accepted; files that are not named need nothing. */
const expected: Record<string, string[]> = {
  "sqlite/edge-load-statistics.sqlite": ["INVALID_TEXT"],
  "sqlite/northwind.sqlite": ["VIEW_LOST"],
  "sqlite/spider-car_1.sqlite": ["FOREIGN_KEY_LOST", "ORPHAN_ROWS"],
  "sqlite/spider-flight_4.sqlite": ["ORPHAN_ROWS"],
  "sqlite/spider-hr_1.sqlite": ["ORPHAN_ROWS"],
  "sqlite/spider-voter_1.sqlite": ["FOREIGN_KEY_LOST", "ORPHAN_ROWS"],
};

/** Their searches are compared, too. */
const fullText = ["sqlite/bible-fts.sqlite", "sqlite/datasette-fixtures.sqlite"];
