/** Names of our own SQL, gathered from the sources, as names of tables and columns: none of them may capture one of ours. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { workspace } from "../cli/workspace.ts";
import { rowhaul } from "../support/cli.ts";
import { freshDatabase } from "../support/database.ts";

/** What stands after AS, after a relation, or after a subquery's parenthesis. Long ones are words of messages, mostly. */
const names = (() => {
  const src = fileURLToPath(new URL("../../src", import.meta.url));
  const found = new Set<string>();
  for (const entry of readdirSync(src, { recursive: true, encoding: "utf8" })) {
    if (!/\.(ts|sql)$/.test(entry) || entry.startsWith("cli")) continue;
    for (const line of readFileSync(`${src}/${entry}`, "utf8").split("\n")) {
      if (!/\b(SELECT|FROM|JOIN|AS|WHERE|INSERT|UPDATE|DELETE|WITH)\b/.test(line)) continue;
      const aliases = [
        ...line.matchAll(/\bAS "?([a-z_]\w*)\b/g),
        ...line.matchAll(
          /\b(?:FROM|JOIN|UPDATE|INTO)\s+(?:[\w.]+|\$\{[^}]*\}|"[^"]*")(?:\.\$\{[^}]*\})?\s+([a-z_]\w*)\b/g,
        ),
        ...line.matchAll(/\)\s+([a-z_]\w*)\b(?=\s*(?:$|`|ON|WHERE|JOIN|,|\())/g),
        ...line.matchAll(/\b([a-z_]\w*)\.\$\{/g),
      ];
      for (const [, name = ""] of aliases) found.add(name.toLowerCase());
    }
  }
  return [...found].filter((name) => name !== "rowid" && name !== "id").sort();
})();
/** Enough for a table each: those that an alias is likely to be. */
const short = names.filter(
  (name) => name.length <= 3 || /^(old|new|main|temp|snap|live|before|base|target|written)/.test(name),
);

const quoted = (name: string) => `"${name}"`;

/** With an integer key, a text key, two, or none; the key itself has the name. */
function tables(postgres: boolean, rows: readonly number[], tag: string): string {
  const whole = postgres ? "bigint" : "INTEGER";
  const statements = short.flatMap((name, i) => {
    const own = quoted(name);
    const columns = [
      `${own} ${whole} PRIMARY KEY, _up ${whole} REFERENCES ${own} (${own}), _t text`,
      `${own} text PRIMARY KEY, _up text REFERENCES ${own} (${own}), _t text`,
      `${own} ${whole}, _up text, _t text, PRIMARY KEY (${own}, _up)`,
      `${own} text, _up ${whole}, _t text`,
    ][i % 4];
    const values = (k: number) => [`${k}, ${k}`, `'k${k}', 'k${k}'`, `${k}, 'u${k}'`, `'k${k}', ${k}`][i % 4];
    return [
      `CREATE TABLE ${own} (${columns})`,
      ...rows.map((k) => `INSERT INTO ${own} VALUES (${values(k)}, '${tag} ${k}')`),
    ];
  });
  const types = ["text", whole, "double precision"];
  const all = names.map((name, i) => `${quoted(name)} ${types[i % 3]}`);
  const wide = rows.map(
    (k) =>
      `INSERT INTO _wide VALUES (${k}, ${names.map((_, i) => (i % 3 === 0 ? `'${tag} ${k}'` : k + (i % 3 === 1 ? 0 : 0.5)))})`,
  );
  return [...statements, `CREATE TABLE _wide (_id ${whole} PRIMARY KEY, ${all})`, ...wide].join(";\n");
}

async function succeed(folder: string, ...args: string[]): Promise<void> {
  const done = await rowhaul(args, { cwd: folder });
  expect(done.exit === 0 ? "" : `${args.join(" ")}: ${done.all}`).toBe("");
}

describe.concurrent("names of our own SQL", () => {
  it("are an application's in every direction and mode", async () => {
    expect(short.length).toBeGreaterThan(30);
    const [fresh, there] = [await freshDatabase(), await freshDatabase()];
    const space = workspace();
    try {
      space.sqlite(tables(false, [1, 2, 3], "new"));
      space.sqlite(tables(false, [2, 3, 4], "old"), "there.db");
      await there.pool.query(tables(true, [2, 3, 4], "old"));
      const run = (...args: string[]) => succeed(space.folder, ...args);
      await run("copy", "app.db", fresh.url);
      await run("compare", "app.db", fresh.url);
      await run("copy", fresh.url, "back.db");
      await run("export", "app.db", "exported");
      await run("import", "exported", "imported.db");
      await run("compare", "exported", "imported.db");
      await run("copy", "app.db", "there.db", "--replace");
      await run("copy", "app.db", there.url, "--merge", "--tables", short.filter((_, i) => i % 4 !== 3).join());
      await run("copy", fresh.url, "there.db", "--replace", "--fresh");
    } finally {
      await fresh.drop();
      await there.drop();
    }
  });

  it.each([
    ["append", "new 2,new 3,old 5,old 6", [5, 6]],
    ["skip", "old 2,new 3", [2]],
  ] as const)("are those of an application's live tables, with integer keys: %s", async (mode, wanted, rows) => {
    const database = await freshDatabase();
    const space = workspace();
    const made = (whole: string, keys: readonly number[], tag: string): string =>
      short
        .map(quoted)
        .flatMap((name) => [
          `CREATE TABLE ${name} (${name} ${whole} PRIMARY KEY, _up ${whole} REFERENCES ${name} (${name}), _t text, UNIQUE (_t, ${name}))`,
          ...keys.map((key) => `INSERT INTO ${name} VALUES (${key}, ${key}, '${tag} ${key}')`),
        ])
        .join(";\n");
    try {
      for (const letter of ["r", "s", "t", "o", "n"]) expect(short).toContain(letter);
      space.sqlite(made("INTEGER", [2, 3], "new"));
      await database.pool.query(made("bigint", rows, "old"));
      await succeed(space.folder, "copy", "app.db", database.url, `--${mode}`);
      for (const name of short) {
        const { rows: texts } = await database.pool.query(
          `SELECT string_agg(_t, ',' ORDER BY ${quoted(name)}) AS texts FROM ${quoted(name)}`,
        );
        expect([name, texts]).toEqual([name, [{ texts: wanted }]]);
      }
    } finally {
      await database.drop();
    }
  });

  it.each(["quarantine", "null"])("orphans of tables with such names: %s", async (policy) => {
    const database = await freshDatabase();
    const space = workspace();
    try {
      const file = new Database(space.path("app.db"));
      file.exec(`
        PRAGMA foreign_keys = OFF;
        CREATE TABLE p (id INTEGER PRIMARY KEY, r INTEGER, k INTEGER REFERENCES q (id), boss INTEGER REFERENCES p (id));
        CREATE TABLE q (id INTEGER PRIMARY KEY, n TEXT);
        CREATE TABLE r (r INTEGER PRIMARY KEY, p INTEGER REFERENCES r (r), q INTEGER REFERENCES p (id));
        INSERT INTO q VALUES (1, 'a');
        INSERT INTO p VALUES (1, 1, 1, NULL), (2, 2, 77, 1), (3, 3, NULL, 99);
        INSERT INTO r VALUES (1, NULL, 1), (2, 1, 50), (3, 60, 2);`);
      file.close();
      space.pipeline(database.url, `accept: [{ code: ORPHAN_ROWS, policy: "${policy}" }]`);
      await succeed(space.folder, "run", "pipeline.yaml");
      const { rows } = await database.pool.query(
        "SELECT (SELECT count(*) FROM p)::int AS p, (SELECT count(*) FROM r)::int AS r",
      );
      expect(rows).toEqual([policy === "null" ? { p: 3, r: 3 } : { p: 1, r: 1 }]);
    } finally {
      await database.drop();
    }
  });
});
