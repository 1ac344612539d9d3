/** A large database with full text on PostgreSQL 15. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Embedded } from "../../src/embedded/index.ts";
import { copySettings, report, run } from "../../src/index.ts";
import { workspace } from "../cli/workspace.ts";
import { debianPostgres15, freshDatabase } from "../support/database.ts";
import { sharedData } from "../support/shared-data.ts";

describe("PostgreSQL 15", () => {
  let server: Embedded | null = null;
  beforeAll(async () => {
    server = await debianPostgres15();
  });
  afterAll(() => server?.stop());

  it("answers the searches of a database that nobody here made as FTS5 does", async ({ skip }) => {
    const bible = sharedData("sqlite/bible-fts.sqlite");
    if (server === null || bible === null) return skip("PostgreSQL 15 or the database is not there");
    const database = await freshDatabase(server.url);
    try {
      const space = workspace();
      const settings = copySettings(bible, database.url, { folder: space.folder });
      expect((await run(settings)).stage).toBe("done");
      const searched = report(settings)?.validation.find((result) => result.validator === "search");
      const answers = searched?.search?.indexes.map(({ table, tokens, classes }) => ({
        table,
        otherWords: tokens?.different,
        classes: classes.length,
        otherRows: classes.filter((one) => one.sets < one.queries),
        otherOrder: classes.filter((one) => one.order10 < one.queries),
      }));
      const same = { otherWords: 0, classes: 9, otherRows: [], otherOrder: [] };
      expect(answers).toEqual([
        { table: "verse_fts", ...same },
        { table: "verse_porter", ...same },
      ]);
    } finally {
      await database.drop();
    }
  });
});
