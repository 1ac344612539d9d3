/** Errors of sources that are files: SQLite, JSON, exports. */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import Database from "better-sqlite3";
import { expect } from "vitest";
import { compiledPath, installWithoutSqlite, putCompiled, runInstalled } from "../cli/installation.ts";
import type { Cases } from "./cases.ts";
import { type Place, shop } from "./place.ts";
import { printedBy } from "./printed.ts";

const moved = async (place: Place): Promise<void> => {
  await place.ends("run", "pipeline.yaml");
  expect(await place.value("SELECT count(*)::int FROM orders")).toBe(3);
};

export const files = {
  NATIVE_MODULE: {
    when: "install scripts were blocked",
    async then(place) {
      const { space } = place;
      installWithoutSqlite(space);
      mkdirSync(space.path("work"));
      space.sqlite(shop, "work/app.db");
      const copy = ["copy", "app.db", "other.db"];
      const printed = printedBy(await runInstalled(space, "work", copy));
      expect(printed.code).toBe("NATIVE_MODULE");
      place.met.add("NATIVE_MODULE");
      expect(printed.hint).toContain(`cd ${space.folder} && npm rebuild better-sqlite3`);
      // What that command does: it needs the registry, or a compiler.
      putCompiled(space, readFileSync(compiledPath));
      expect((await runInstalled(space, "work", copy)).exit).toBe(0);
    },
  },
  SOURCE_NOT_FOUND: {
    when: "the path is wrong",
    async then(place) {
      place.pipeline();
      const { hint } = await place.refused("SOURCE_NOT_FOUND", "run", "pipeline.yaml");
      expect(hint).toBe("Check the path.");
      expect(existsSync(place.space.path("app.db"))).toBe(false);
      place.space.sqlite(shop);
      await moved(place);
    },
  },
  SOURCE_UNREADABLE: {
    when: "it is a folder",
    async then(place) {
      mkdirSync(place.space.path("app.db"));
      place.pipeline();
      const { hint } = await place.refused("SOURCE_UNREADABLE", "run", "pipeline.yaml");
      expect(hint).toMatch(/^Give a file, a URL, or a folder that `.* export` wrote\.$/);
      rmSync(place.space.path("app.db"), { recursive: true });
      place.space.sqlite(shop);
      await moved(place);
    },
  },
  SOURCE_NOT_SQLITE: {
    when: "it is something else, or encrypted",
    async then(place) {
      writeFileSync(place.space.path("app.db"), randomBytes(8192));
      place.pipeline();
      const { hint } = await place.refused("SOURCE_NOT_SQLITE", "run", "pipeline.yaml");
      expect(hint).toContain("Decrypt it first");
      place.space.write("app.db", "a,b\n1,2\n3,4\n");
      const { text } = await place.refused("SOURCE_NOT_SQLITE", "run", "pipeline.yaml");
      expect(text).toMatch(/app\.db is .*(CSV|comma)/);
    },
  },
  SOURCE_CORRUPT: {
    when: "a page is damaged: the printed command recovers the rest",
    async then(place) {
      place.space.sqlite(`${shop} CREATE INDEX by_name ON customers (name)`);
      const page = pageOf(place, "by_name");
      const fd = openSync(place.space.path("app.db"), "r+");
      writeSync(fd, Buffer.alloc(200, 0xff), 0, 200, (page - 1) * 4096);
      closeSync(fd);
      place.pipeline();
      const { hint } = await place.refused("SOURCE_CORRUPT", "run", "pipeline.yaml");
      const [, command = ""] = /`(sqlite3 [^`]+)`/.exec(hint) ?? [];
      expect(command).toContain(place.space.path("app.db"));
      // As the hint says, not every machine has such a sqlite3.
      if ((await place.type("sqlite3 empty.db .recover")).exit !== 0) return;
      await place.follow(command);
      place.pipeline("source: { kind: sqlite, path: recovered.db }", "tables: { customers: {}, orders: {} }");
      await moved(place);
    },
  },
  SOURCE_WAL_INCOMPLETE: {
    when: "only the index of the log was copied along",
    async then(place) {
      const path = place.space.sqlite(`PRAGMA journal_mode = WAL; ${shop}`, "live.db");
      const live = new Database(path);
      live.exec("INSERT INTO customers VALUES (3, 'Joan')");
      for (const end of ["", "-shm"]) copyFileSync(`${path}${end}`, `${place.space.path("app.db")}${end}`);
      place.pipeline();
      const { hint } = await place.refused("SOURCE_WAL_INCOMPLETE", "run", "pipeline.yaml");
      expect(hint).toContain("Copy the -wal file along");
      copyFileSync(`${path}-wal`, `${place.space.path("app.db")}-wal`);
      live.close();
      await moved(place);
      expect(await place.value("SELECT count(*)::int FROM customers")).toBe(3);
    },
  },
  SOURCE_EMPTY: {
    when: "nothing is in it",
    async then(place) {
      place.space.write("app.db", "");
      place.pipeline();
      const { hint } = await place.refused("SOURCE_EMPTY", "run", "pipeline.yaml");
      expect(hint).toContain("Check the path");
      place.space.sqlite(shop);
      await moved(place);
    },
  },
  SOURCE_BUSY: {
    when: "the application holds it",
    async then(place) {
      const application = new Database(place.space.sqlite(shop));
      application.exec("BEGIN EXCLUSIVE");
      place.pipeline();
      const { hint } = await place.refused("SOURCE_BUSY", "run", "pipeline.yaml");
      expect(hint).toContain("Close long transactions");
      application.exec("COMMIT");
      application.close();
      await moved(place);
    },
  },
  SOURCE_CHANGED: {
    when: "the application wrote since the snapshot",
    async then(place) {
      place.space.sqlite(shop);
      place.space.write(".env", "DATABASE_URL=sqlite\n");
      place.pipeline('cutover: [{ file: .env, set: { DATABASE_URL: "${target.url}" } }]');
      await place.ends("load", "pipeline.yaml");
      place.space.sqlite("INSERT INTO customers VALUES (3, 'Joan')");
      const printed = await place.refused("SOURCE_CHANGED", "run", "pipeline.yaml");
      await place.follow(printed.command("run"));
      expect(await place.value("SELECT name FROM customers WHERE id = 3")).toBe("Joan");
    },
  },
  SOURCE_JSON: [
    {
      when: "a key stands twice in an object, for an import",
      async then(place) {
        place.space.write("list.json", '[{ "id": 1, "a": 1, "a": 2 }]');
        const printed = await place.refused("SOURCE_JSON", "import", "list.json", place.shown);
        place.space.write("list.yaml", printed.lines);
        await place.follow(printed.command("run"));
        expect(await place.value("SELECT a::int FROM list")).toBe(1);
      },
    },
    {
      when: "a key stands twice in an object, for an export",
      async then(place) {
        place.space.write("my list.json", '[{ "id": 1, "a": 1, "a": 2 }]');
        const printed = await place.refused("SOURCE_JSON", "export", "my list.json", "my folder");
        place.space.write("my-list.yaml", printed.lines);
        await place.follow(printed.command("export"));
        expect(existsSync(place.space.path("my folder/manifest.json"))).toBe(true);
      },
    },
    {
      when: "the declared key is none of its fields",
      async then(place) {
        place.space.write("list.json", '[{ "number": 1 }]');
        const source = (key: string) => `source: { kind: json, path: list.json, key: { list: [${key}] } }`;
        place.pipeline(source("nr"));
        const { hint } = await place.refused("SOURCE_JSON", "run", "pipeline.yaml");
        const [, field = ""] = /^Its fields are: (\w+)\.$/.exec(hint) ?? [];
        place.pipeline(source(field));
        await place.ends("run", "pipeline.yaml");
        expect(await place.value("SELECT number::int FROM list")).toBe(1);
      },
    },
  ],
  MISSING_AND_NULL: [
    {
      when: "a pipeline's source has both",
      async then(place) {
        place.space.write("list.json", '[{ "id": 1, "a": null }, { "id": 2 }]');
        place.pipeline("source: { kind: json, path: list.json }");
        const { hint, details } = await place.refused("MISSING_AND_NULL", "run", "pipeline.yaml");
        expect(details).toEqual(["list.a: missing in 1 rows (first: row 2), null in 1 (first: row 1)"]);
        const [, setting = ""] = /the source's `([^`]+)`/.exec(hint) ?? [];
        place.pipeline(`source: { kind: json, path: list.json, ${setting} }`);
        await place.ends("run", "pipeline.yaml");
        expect(await place.value("SELECT count(*)::int FROM list WHERE a IS NULL")).toBe(2);
      },
    },
    {
      when: "a file that is imported, or to be looked at, has both",
      async then(place) {
        place.space.write("list.json", '[{ "id": 1, "a": null }, { "id": 2 }]');
        const looked = await place.refused("MISSING_AND_NULL", "init", "list.json");
        expect(looked.lines).toContain("missing: null");
        const printed = await place.refused("MISSING_AND_NULL", "import", "list.json", "out.db");
        place.space.write("list.yaml", printed.lines);
        await place.follow(printed.command("run"));
        expect(rows(place, "out.db", "SELECT * FROM list")).toEqual([
          { id: 1, a: null },
          { id: 2, a: null },
        ]);
      },
    },
  ],
  SOURCE_TRUNCATED: {
    when: "an export's file was cut short: it is exported again",
    async then(place) {
      place.space.sqlite(shop);
      await place.ends("export", "app.db", "out");
      const path = place.space.path("out/orders.ndjson");
      truncateSync(path, statSync(path).size - 5);
      const { hint } = await place.refused("SOURCE_TRUNCATED", "import", "out", place.shown);
      expect(hint).toBe("Copy or export it again.");
      await place.ends("export", "app.db", "out", "--overwrite");
      await place.ends("import", "out", place.shown);
      expect(await place.value("SELECT count(*)::int FROM orders")).toBe(3);
    },
  },
  EXPORT_INVALID: {
    when: "a file was changed since it was written",
    async then(place) {
      place.space.sqlite(shop);
      await place.ends("export", "app.db", "out");
      const name = "out/customers.ndjson";
      place.space.write(name, readFileSync(place.space.path(name), "utf8").replace("Ada", "Eve"));
      const { hint } = await place.refused("EXPORT_INVALID", "import", "out", place.shown);
      expect(hint).toContain("Export again");
      await place.ends("export", "app.db", "out", "--overwrite");
      await place.ends("import", "out", place.shown);
      expect(await place.value("SELECT name FROM customers WHERE id = 1")).toBe("Ada");
    },
  },
  EXPORT_EXISTS: [
    {
      when: "an export is there",
      async then(place) {
        place.space.sqlite(shop);
        await place.ends("export", "app.db", "out");
        const { hint } = await place.refused("EXPORT_EXISTS", "export", "app.db", "out");
        const [option = ""] = /--\w+/.exec(hint) ?? [];
        await place.ends("export", "app.db", "out", option);
      },
    },
    {
      when: "something else is there, which stays",
      async then(place) {
        place.space.sqlite(shop);
        place.space.write("out/mine.txt", "mine");
        const { hint } = await place.refused("EXPORT_EXISTS", "export", "app.db", "out");
        expect(hint).toBe("Choose another folder.");
        await place.ends("export", "app.db", "other");
        expect(place.space.read("out/mine.txt")).toBe("mine");
      },
    },
  ],
  SELECTION_INCOMPLETE: {
    when: "a row would leave without its parent",
    async then(place) {
      place.space.sqlite(shop);
      const selected = ["export", "app.db", "out", "--where", "customers: id = 1"];
      const { hint } = await place.refused("SELECTION_INCOMPLETE", ...selected);
      const [, option = ""] = /or pass (--[\w-]+)/.exec(hint) ?? [];
      await place.ends(...selected, option);
      expect(hint).toContain("--root");
      await place.ends("export", "app.db", "with-parents", "--root", "orders: id = 1");
      expect(place.space.read("with-parents/customers.ndjson")).toContain("Ada");
    },
  },
} satisfies Cases;

function pageOf({ space }: Pick<Place, "space">, name: string): number {
  const [row] = rows({ space }, "app.db", `SELECT rootpage FROM sqlite_schema WHERE name = '${name}'`);
  return (row as { rootpage: number }).rootpage;
}

function rows({ space }: Pick<Place, "space">, file: string, sql: string): unknown[] {
  const db = new Database(space.path(file), { readonly: true });
  try {
    return db.prepare(sql).all();
  } finally {
    db.close();
  }
}
