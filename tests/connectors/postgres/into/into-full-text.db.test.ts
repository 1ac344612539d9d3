/** Full-text tables that are there: rowhaul's own take rows, others are refused. */
import { describe, expect, it } from "vitest";
import { copySettings, run } from "../../../../src/index.ts";
import { makeDatabase } from "../../scratch.ts";
import { into, quick, refusal } from "./into-run.ts";

const external = (rows: string): string => `
  CREATE TABLE docs (id INTEGER PRIMARY KEY, body TEXT);
  CREATE VIRTUAL TABLE docs_fts USING fts5(body, content='docs', content_rowid='id');
  INSERT INTO docs VALUES ${rows};
  INSERT INTO docs_fts(docs_fts) VALUES ('rebuild');
  CREATE TRIGGER docs_ai AFTER INSERT ON docs BEGIN INSERT INTO docs_fts(rowid, body) VALUES (new.id, new.body); END`;
const own = (rows: string): string => `
  CREATE VIRTUAL TABLE notes USING fts5(body);
  INSERT INTO notes(rowid, body) VALUES ${rows}`;

describe.concurrent("full text", () => {
  it.each([
    ["of another table", external, "docs_fts", "docs"],
    ["with texts of its own", own, "notes", "notes"],
  ])("%s, made by an earlier run, is merged into and put back", (_, source, index, texts) =>
    into("merge", source("(1, 'red fox'), (2, 'blue bird')"), "SELECT 1", async (scene) => {
      await run(
        quick(
          copySettings(makeDatabase(source("(2, 'old bird'), (3, 'grey wolf')")), scene.db.url, {
            folder: scene.settings.folder,
          }),
        ),
      );
      const vectors = `SELECT tsv::text AS tsv FROM ${index} ORDER BY 1`;
      const before = await scene.rows(vectors);
      await scene.run();
      expect((await scene.rows(vectors)).length).toBe(3);
      expect(await scene.rows(`SELECT body FROM ${texts} ORDER BY body`)).toEqual([
        { body: "blue bird" },
        { body: "grey wolf" },
        { body: "red fox" },
      ]);
      expect(JSON.stringify(await scene.rows(vectors))).not.toContain("old");
      await scene.rollback();
      expect(await scene.rows(vectors)).toEqual(before);
    }),
  );

  it.each([
    [
      "a table of the application's",
      own,
      "CREATE TABLE notes (rowid bigint PRIMARY KEY, body text, search tsvector)",
      "notes is a full-text table that rowhaul did not make so",
    ],
    [
      "one that is not there",
      external,
      "CREATE TABLE docs (id bigint PRIMARY KEY, body text)",
      "docs_fts comes with full-text search, which cannot be added to a schema in use",
    ],
  ])("%s is refused", (_, source, live, message) =>
    into("merge", source("(1, 'red fox')"), live, async (scene) => {
      const { code, text } = await refusal(() => scene.run());
      expect(code).toBe("TARGET_MISMATCH");
      expect(text).toContain(message);
      expect(text).toContain("exclude it, or set `search.mode: off`");
    }),
  );
});
