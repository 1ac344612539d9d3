/** Transforms, selections and sources that cannot be: each with its exit status and what it says, and nothing left in the target. */
import { execFileSync } from "node:child_process";
import { copyFileSync, linkSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { type CliResult, rowhaul } from "../support/cli.ts";
import { useDatabase } from "../support/database.ts";
import { schemas, workspace } from "./workspace.ts";

const database = useDatabase();

const clinic = `
  CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT UNIQUE, kind TEXT);
  CREATE TABLE pets (id INTEGER PRIMARY KEY, owner_id INTEGER REFERENCES owners (id), name TEXT);
  CREATE TABLE loose (id INTEGER PRIMARY KEY, v TEXT);
  CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INTEGER REFERENCES b (id));
  CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a (id));
  INSERT INTO owners VALUES (1, ' Ann ', 'ann@example.org', 'P1'), (2, 'Bob', 'bob@example.org', 'P2'), (3, 'Cy', NULL, 'P9');
  INSERT INTO pets VALUES (1, 1, 'Rex'), (2, 2, 'Mia'), (3, 3, 'Tom');
  INSERT INTO loose VALUES (1, 'x'); INSERT INTO a VALUES (1, NULL); INSERT INTO b VALUES (1, 1);`;

type Space = ReturnType<typeof workspace>;

const functions: Readonly<Record<string, string>> = {
  "throws.mjs": "export default (row) => { if (row.id === 2) throw new Error('no Bobs here'); return row; };",
  "rubbish.mjs": "export default (row) => ({ ...row, name: row.id === 2 ? Number.NaN : row.name });",
  "forgets.mjs": "export default ({ id, email }) => ({ id, email });",
  "surplus.mjs": "export default (row) => ({ ...row, extra: 1 });",
  "async.mjs": "export default async (row) => row;",
  "text.mjs": "export default (row) => row.name;",
  "empty.mjs": "export const columns = {};",
  "broken.mjs": "export default (row => row;",
};

/** A run of these lines; the source is the clinic unless they name another. */
async function run(lines: readonly string[], prepare: (space: Space) => void = () => {}): Promise<CliResult> {
  const space = workspace();
  space.sqlite(clinic);
  for (const [name, text] of Object.entries(functions)) space.write(name, text);
  prepare(space);
  const has = (key: string): boolean => lines.some((line) => line.startsWith(key));
  space.write(
    "pipeline.yaml",
    [
      "name: clinic",
      ...(has("source:") ? [] : ["source: { kind: sqlite, path: app.db }"]),
      ...(has("target:") ? [] : [`target: { kind: postgres, url: "${database.url}" }`]),
      ...lines,
      "",
    ].join("\n"),
  );
  return rowhaul(["run", "pipeline.yaml"], { cwd: space.folder });
}

async function refused(
  exit: number,
  lines: readonly string[],
  words: readonly (string | RegExp)[],
  prepare?: (space: Space) => void,
): Promise<void> {
  const result = await run(lines, prepare);
  for (const word of words)
    if (typeof word === "string") expect(result.stderr).toContain(word);
    else expect(result.stderr).toMatch(word);
  expect(result.stderr).toMatch(/^Try: /m);
  expect(result.stderr).not.toContain("DEFECT");
  expect(result.exit).toBe(exit);
}

afterAll(async () => expect(await schemas(database.pool)).toEqual(["public"]));

const owners = (settings: string) => [`tables: { owners: { ${settings} } }`];

describe.concurrent("1: the pipeline file is wrong", () => {
  it("an unknown transform, and a known one's unknown option", () =>
    refused(1, owners("transform: [{ tirm: [name] }, { case: { columns: [name], two: lower } }]"), [
      "PIPELINE_INVALID: pipeline.yaml has 3 mistakes:",
      /line 4: unknown key "tirm" in .*; did you mean "trim"\?/,
      /line 4: unknown key "two" in .*case; did you mean "to"\?/,
    ]));

  it("the source is the target, also by a link", async () => {
    const target = (name: string) => [`target: { kind: sqlite, path: ${name}, existing: replace }`];
    const words = ["USAGE", "app.db is both source and target."];
    await refused(1, target("./x/../app.db"), words);
    await refused(1, target("soft.db"), words, (space) => symlinkSync("app.db", space.path("soft.db")));
    await refused(1, target("hard.db"), words, (space) => linkSync(space.path("app.db"), space.path("hard.db")));
    const same = `source: { kind: postgres, url: "${database.url}" }`;
    await refused(1, [same], ["USAGE", /Schema public of \S+ is both source and target\./]);
  });

  it("--append with --clear", async () => {
    const space = workspace();
    space.write("rows.ndjson", '{"id":1}\n');
    const result = await rowhaul(["import", "rows.ndjson", "x.db", "--append", "--clear"], { cwd: space.folder });
    expect([result.exit, result.stderr]).toEqual([
      1,
      expect.stringContaining("--append and --clear contradict each other."),
    ]);
  });
});

describe.concurrent("2: the source does not have what is asked for", () => {
  it("misspelt columns, all of them, with what is meant", () =>
    refused(
      2,
      owners(
        "columns: { emial: { trim: true } }, transform: [{ trim: [nmae] }, { rename: { knd: k } }, { drop: [zzz] }]",
      ),
      [
        "PLAN_INVALID: The steps of owners have 4 mistakes:",
        "step 1 (trim): there is no column emial; did you mean email?",
        "step 2 (trim): there is no column nmae; did you mean name?",
        "step 3 (rename): there is no column knd; did you mean kind?",
        "step 4 (drop): there is no column zzz",
      ],
    ));

  it.each([
    [
      "a function's file that is not there",
      "transform: ./nowhere.mjs",
      ["There is no file ./nowhere.mjs with a function."],
    ],
    [
      "one that exports no function",
      "transform: ./empty.mjs",
      ["The function ./empty.mjs: its default export is no function"],
    ],
    ["one that cannot be parsed", "transform: ./broken.mjs", ["The function ./broken.mjs: it cannot be loaded: "]],
    [
      "a where that SQLite refuses",
      'where: "nope = 1", transform: [{ trim: name }]',
      ["The `where` of owners is refused: no such column: nope"],
    ],
    ["a key that is not in the environment", "columns: { email: { hash: { keyFrom: NO_SUCH_KEY } } }", ["NO_SUCH_KEY"]],
  ])("%s", (_, settings, words) => refused(2, owners(settings), ["PLAN_INVALID", ...words]));

  it("belongsTo in a circle", () =>
    refused(
      2,
      ["tables: { a: { belongsTo: b }, b: { belongsTo: a } }"],
      ["PLAN_INVALID: Tables belong to each other in a circle: a → b → a."],
    ));

  it("belongsTo without a foreign key, or to a table that is not there", async () => {
    await refused(
      2,
      ["tables: { owners: {}, loose: { belongsTo: owners } }"],
      ["loose belongs to owners in the pipeline file, but has no foreign key to it."],
    );
    await refused(2, ["tables: { pets: { belongsTo: ownrs } }"], ["PLAN_INVALID", "ownrs"]);
  });

  it("a root that selects nothing", () =>
    refused(
      2,
      ['root: { table: owners, where: "id = 99" }'],
      ["PLAN_INVALID: No row of owners is selected: where id = 99."],
    ));

  it("a row that is selected without its parent", () =>
    refused(
      2,
      ["tables: { owners: { where: 'id = 1' }, pets: {} }"],
      [
        "HAZARDS_NOT_ACCEPTED",
        "ORPHAN_ROWS pets.owner_id: 2 rows point to a row of owners that does not exist or is not selected",
        "id=2: integer 2",
        "  - { code: ORPHAN_ROWS, column: pets.owner_id, policy: not-valid }",
      ],
    ));
});

describe.concurrent("2: the source cannot be read whole", () => {
  it("NDJSON and gzip that end in the middle", async () => {
    const rows = `${Array.from({ length: 500 }, (_, i) => JSON.stringify({ id: i, text: `row ${i * 7919}` })).join("\n")}\n`;
    const json = (path: string) => [`source: { kind: json, path: ${path} }`];
    await refused(
      2,
      json("cut.ndjson"),
      [/SOURCE_TRUNCATED: \S+cut\.ndjson ends in the middle of its JSON, at line 500, byte \d+\./],
      (space) => {
        space.write("cut.ndjson", rows.slice(0, -5));
      },
    );
    await refused(
      2,
      json("cut.ndjson.gz"),
      [/SOURCE_TRUNCATED: \S+cut\.ndjson\.gz is compressed \(gzip\) and ends in the middle\./],
      (space) => {
        writeFileSync(space.path("cut.ndjson.gz"), gzipSync(rows).subarray(0, -40));
      },
    );
  });

  it("an export whose compressed file was cut, or changed", async () => {
    const made = (space: Space, change: (path: string) => void): void => {
      execFileSync(
        process.execPath,
        [
          new URL("../../dist/cli/main.js", import.meta.url).pathname,
          "export",
          "app.db",
          "exported",
          "--gzip",
          "--quiet",
        ],
        {
          cwd: space.folder,
        },
      );
      change(space.path("exported/owners.ndjson.gz"));
    };
    const source = ["source: { kind: export, path: exported }"];
    await refused(2, source, ["SOURCE_TRUNCATED", "owners.ndjson.gz"], (space) =>
      made(space, (path) => truncateSync(path, 60)),
    );
    await refused(2, source, ["EXPORT_INVALID", "owners.ndjson.gz"], (space) =>
      made(space, (path) => {
        writeFileSync(path, gzipSync(gunzipSync(readFileSync(path)).toString("utf8").replace("Bob", "Rob")));
      }),
    );
  });

  it("a PostgreSQL that is not there: one complaint, without the password", async () => {
    const source = (url: string) => [`source: { kind: postgres, url: "${url}" }`];
    const refusing = await run(source("postgres://me:s3cret@127.0.0.1:1/x"));
    expect(refusing.stderr).toMatch(/Error SOURCE_UNREACHABLE: .*ECONNREFUSED/);
    expect(refusing.exit).toBe(2);
    expect(refusing.all).not.toContain("s3cret");
    const wrong = new URL(database.url);
    wrong.pathname = "/no_such_database";
    await refused(2, source(wrong.href), ["SOURCE_UNREACHABLE", "no_such_database"]);
    const schema = [`source: { kind: postgres, url: "${database.url}", schema: nope }`];
    await refused(2, schema, ['SOURCE_NOT_FOUND: The source database has no schema "nope".']);
  });

  it("a file that is no database", () =>
    refused(2, [], ["SOURCE_NOT_SQLITE"], (space) => copyFileSync(space.path("throws.mjs"), space.path("app.db"))));
});

describe.concurrent("4: a row that a step cannot take", () => {
  it.each([
    ["a function that throws", "throws.mjs", "TRANSFORM_FAILED", "The function threw: no Bobs here", "key id=2"],
    [
      "a function that returns NaN",
      "rubbish.mjs",
      "TRANSFORM_RUBBISH",
      "The function returned NaN for name: NaN is no value.",
      "key id=2",
    ],
    [
      "a function that leaves a column out",
      "forgets.mjs",
      "TRANSFORM_RUBBISH",
      "The function returned undefined for name",
      "key id=1",
    ],
    [
      "a function that makes up a column",
      "surplus.mjs",
      "TRANSFORM_RUBBISH",
      "for extra: it is no column; name it in the export `columns`",
      "key id=1",
    ],
    [
      "a function that is async",
      "async.mjs",
      "TRANSFORM_RUBBISH",
      "Try: It must not be async: rows pass one by one.",
      "key id=1",
    ],
    [
      "a function that returns no row",
      "text.mjs",
      "TRANSFORM_RUBBISH",
      'returned " Ann " where a row, rows or null belong',
      "key id=1",
    ],
  ])("%s", (_, file, code, words, key) =>
    refused(4, owners(`transform: ./${file}`), [`Error ${code}: `, words, key, `In the step function ./${file}.`]),
  );

  it("a map that meets a new value", () =>
    refused(4, owners("columns: { kind: { map: { P1: critical, P2: high } } }"), [
      "TRANSFORM_FAILED: kind: the map has no such value.",
      '  at table owners, key id=3, sample text "P9"',
      "Try: Add it to `values`, or set `otherwise`.",
    ]));

  it("a cast without an exact result", () =>
    refused(4, owners("columns: { kind: { cast: integer } }"), ["TRANSFORM_FAILED: kind: ", 'sample text "P1"']));
});

describe("2: the target is not empty", () => {
  it("is seen before rows are loaded", async () => {
    await database.pool.query("CREATE TABLE owners (id int); INSERT INTO owners VALUES (7)");
    try {
      await refused(2, owners("transform: [{ trim: name }]"), [
        "TARGET_OCCUPIED: Schema public of",
        "already holds owners.",
      ]);
      expect((await database.pool.query("SELECT id FROM owners")).rows).toEqual([{ id: 7 }]);
    } finally {
      await database.pool.query("DROP TABLE owners");
    }
  });
});
