/** A part of a database as an export: from SQLite and from PostgreSQL the same part, whole in itself, that arrives as it is. */
import { readdirSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { type Workspace, workspace } from "../cli/workspace.ts";
import { library } from "../library/built.ts";
import { rowhaul } from "../support/cli.ts";
import { useDatabase } from "../support/database.ts";
import { expectSame } from "./round-trip.ts";

const { copySettings, run } = library;

/** In SQL that both understand. */
const forum = `
  CREATE TABLE countries (code TEXT PRIMARY KEY, name TEXT);
  CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, country TEXT REFERENCES countries (code), friend INTEGER REFERENCES users (id));
  CREATE TABLE settings (user_id INTEGER PRIMARY KEY REFERENCES users (id), value TEXT);
  CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id), title TEXT);
  CREATE TABLE comments (id INTEGER PRIMARY KEY, post_id INTEGER REFERENCES posts (id), user_id INTEGER REFERENCES users (id), answers INTEGER REFERENCES comments (id));
  CREATE TABLE tags (name TEXT PRIMARY KEY);
  CREATE TABLE post_tags (post_id INTEGER REFERENCES posts (id), tag TEXT REFERENCES tags (name), PRIMARY KEY (post_id, tag));
  CREATE TABLE audit (id INTEGER PRIMARY KEY, line TEXT);
  INSERT INTO countries VALUES ('de', 'Deutschland'), ('fr', 'France'), ('it', 'Italia');
  INSERT INTO users VALUES (1, 'Ada', 'de', NULL), (2, 'Bob', 'fr', 1), (3, 'Cyd', 'it', 2), (4, 'Dan', NULL, 4);
  INSERT INTO settings VALUES (1, 'dark'), (2, 'light');
  INSERT INTO posts VALUES (10, 1, 'one'), (11, 1, 'two'), (20, 2, 'three'), (40, 4, 'four');
  INSERT INTO comments VALUES (100, 10, 3, NULL), (101, 10, 1, 100), (200, 20, 3, NULL), (400, 40, 4, NULL);
  INSERT INTO tags VALUES ('a'), ('b'), ('c');
  INSERT INTO post_tags VALUES (10, 'a'), (11, 'b'), (20, 'c');
  INSERT INTO audit VALUES (1, 'x'), (2, 'y');`;

const source = useDatabase();
const target = useDatabase();
let space: Workspace;

beforeAll(async () => {
  space = workspace();
  space.sqlite(forum);
  await source.pool.query(forum);
});

type Lines = Record<string, string[]>;

/** Keys of what was exported, by table; of both sources, which must be the same. */
async function exported(name: string, ...options: readonly string[]): Promise<Lines> {
  const found: Lines[] = [];
  for (const [kind, from] of [
    ["sqlite", "app.db"],
    ["pg", source.url],
  ] as const) {
    const folder = `${name}-${kind}`;
    const result = await rowhaul(["export", from, folder, ...options], { cwd: space.folder });
    expect(result.all).not.toContain("Error");
    expect(result.exit).toBe(0);
    found.push(linesOf(folder));
  }
  expect(found[1]).toEqual(found[0]);
  await expectSame(space.path(`${name}-sqlite`), space.path(`${name}-pg`), "in meaning");
  return found[0] ?? {};
}

function linesOf(folder: string): Lines {
  const files = readdirSync(space.path(folder)).filter((file) => file.endsWith(".ndjson"));
  return Object.fromEntries(
    files.sort().flatMap((file) => {
      const rows = space.read(`${folder}/${file}`).split("\n").filter(Boolean);
      const keys = rows.map((row) => keyOf(JSON.parse(row) as Record<string, unknown>));
      return keys.length === 0 ? [] : [[file.replace(".ndjson", ""), keys.sort()]];
    }),
  );
}

/** The first column; a hidden rowid may stand before it. */
function keyOf({ $rowid: _, ...columns }: Record<string, unknown>): string {
  return String(Object.values(columns)[0]);
}

/** What was selected is whole: it arrives with its constraints, nothing accepted, and is the same there. */
async function arrives(name: string): Promise<void> {
  for (const kind of ["sqlite", "pg"]) {
    const folder = space.path(`${name}-${kind}`);
    const schema = `${name}_${kind}`;
    const more = { folder: space.folder, schema };
    expect((await run(copySettings(folder, target.url, more))).stage).toBe("done");
    await expectSame(folder, target.url, kind === "pg" ? "exact" : "in meaning", { schema });
    expect((await run(copySettings(folder, `${folder}.db`, more))).stage).toBe("done");
    await expectSame(folder, `${folder}.db`, kind === "pg" ? "in meaning" : "exact");
  }
}

describe("exports of a part", () => {
  it("--root: one user with all that hangs from it, and what that points to", async () => {
    // Cyd hangs from Bob as his friend, and so do her comments, with the post of Ada's that one of them is about.
    expect(await exported("root", "--root", "users: name = 'Bob'")).toEqual({
      comments: ["100", "101", "200"],
      countries: ["de", "fr", "it"],
      post_tags: ["20"],
      posts: ["10", "20"],
      settings: ["2"],
      tags: ["c"],
      users: ["1", "2", "3"],
    });
    await arrives("root");
  });

  it("--root of a row that points to itself ends", async () => {
    expect(await exported("self", "--root", "users: id = 4")).toEqual({
      comments: ["400"],
      posts: ["40"],
      users: ["4"],
    });
    await arrives("self");
  });

  it("--where on one table leaves the others whole", async () => {
    const all = await exported("where", "--where", "audit: line = 'y'");
    expect(all.audit).toEqual(["2"]);
    expect(all.users).toEqual(["1", "2", "3", "4"]);
    await arrives("where");
  });

  it("--tables with --where takes only what is named", async () => {
    expect(await exported("some", "--tables", "tags,audit", "--where", "tags: name > 'a'")).toEqual({
      audit: ["1", "2"],
      tags: ["b", "c"],
    });
    await arrives("some");
  });

  it("a selection that tears a row from its parent is refused, and nothing is left", async () => {
    for (const from of ["app.db", source.url]) {
      const result = await rowhaul(["export", from, "torn", "--where", "users: id < 3"], { cwd: space.folder });
      expect(result.stderr).toContain("SELECTION_INCOMPLETE");
      expect(result.stderr).toMatch(/rows? of (posts|comments) would leave without their parent in users: id=/);
      expect(result.exit).toBe(2);
      expect(readdirSync(space.folder).filter((name) => name.includes("torn"))).toEqual([]);
    }
  });
});
