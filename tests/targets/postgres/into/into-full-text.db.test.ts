/** Full-text tables that are there: rowhaul's own take rows, the application's take texts, and of all others it is asked. */
import { describe, expect, it } from "vitest";
import { copySettings, run } from "../../../../src/index.ts";
import { makeDatabase } from "../../../support/scratch-database.ts";
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

  it("texts go into a table of the application's, whose vector is left alone", () =>
    into(
      "append",
      own("(1, 'red fox')"),
      "CREATE TABLE notes (rowid bigint PRIMARY KEY, body text, search tsvector)",
      async (scene) => {
        await scene.run();
        expect(await scene.rows("SELECT * FROM notes")).toEqual([{ rowid: "1", body: "red fox", search: null }]);
        await scene.rollback();
        expect(await scene.rows("SELECT * FROM notes")).toEqual([]);
      },
    ));

  it("one that is not there is asked about, and nothing advises to lose texts unawares", () =>
    into("merge", external("(1, 'red fox')"), "CREATE TABLE docs (id bigint PRIMARY KEY, body text)", async (scene) => {
      const { code, text } = await refusal(() => scene.run());
      expect(code).toBe("HAZARDS_NOT_ACCEPTED");
      expect(text).toContain("FULL_TEXT_INTO docs_fts: rowhaul's search cannot be added to schema public");
      expect(text).toContain("nothing is lost: its texts are those of docs");
      expect(text).not.toContain("exclude it");
    }));

  it("one of ours in a schema with other tables still takes rows, and another beside it is asked about", () =>
    into("append", external("(1, 'red fox')"), "SELECT 1", async (scene) => {
      await scene.run();
      const more = `${external("(2, 'old bird')")}; ${own("(5, 'grey wolf')")}`;
      const settings = copySettings(makeDatabase(more), scene.db.url, {
        existing: "append",
        folder: `${scene.settings.folder}/more`,
      });
      const { code, text } = await refusal(() => run(quick(settings)));
      expect(code).toBe("HAZARDS_NOT_ACCEPTED");
      expect(text).toContain("FULL_TEXT_INTO notes");
      expect(text).not.toContain("FULL_TEXT_INTO docs_fts");
      const accept = [{ code: "FULL_TEXT_INTO", at: "notes", policy: "table", why: null }] as const;
      await run(quick({ ...settings, accept, digest: "answered" }));
      expect(await scene.rows("SELECT rowid FROM fts5.search('docs_fts', 'bird OR fox') ORDER BY rowid")).toEqual([
        { rowid: "1" },
        { rowid: "2" },
      ]);
      expect(await scene.rows("SELECT rowid, body FROM notes")).toEqual([{ rowid: "5", body: "grey wolf" }]);
    }));
});
