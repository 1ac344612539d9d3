import { readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { hazardCodes, hazards } from "../../../src/core/plan/hazards.ts";
import type { Settings } from "../../../src/core/settings.ts";
import { plainTable } from "../../../src/core/settings.ts";
import { withAcceptAll } from "../../../src/pipeline/file/digest.ts";
import { parsePipeline, readPipeline } from "../../../src/pipeline/file/read-pipeline.ts";
import { codeOf, errorOf, freshPath } from "../../support/scratch-database.ts";
import { schemaTarget, serverTarget } from "../../support/settings.ts";

function read(text: string, env: NodeJS.ProcessEnv = {}): Settings {
  const path = freshPath("pipeline.yaml");
  writeFileSync(path, text);
  return readPipeline(path, env);
}

async function mistakes(text: string, env: NodeJS.ProcessEnv = {}): Promise<readonly string[]> {
  const error = await errorOf(() => read(text, env));
  expect([error.code, error.exit]).toEqual(["PIPELINE_INVALID", 1]);
  return error.details;
}

const head = `name: n
source: { kind: sqlite, path: a.db }
target: { kind: postgres, url: "postgres://localhost/d" }
`;

describe("a pipeline file", () => {
  it("is filled in with defaults", () => {
    const settings = read(head);
    expect(settings).toEqual({
      name: "n",
      folder: expect.stringMatching(/^\//),
      source: { kind: "sqlite", path: `${settings.folder}/a.db` },
      target: {
        kind: "postgres",
        url: "postgres://localhost/d",
        schema: "public",
        existing: "refuse",
        state: "rowhaul",
        owner: null,
        grants: [],
        rowSecurity: null,
        collation: "binary",
      },
      tables: null,
      root: null,
      include: null,
      exclude: [],
      accept: [],
      interpret: [],
      acceptAll: false,
      validate: { counts: true, schema: true, parity: true, search: true },
      search: {
        mode: "exact",
        schema: "fts5",
        config: "english",
        like: [],
        postings: false,
        check: { queries: 100, seed: 1, files: [], thresholds: { sets: 1, order10: 1, order50: null } },
      },
      cutover: null,
      environment: expect.objectContaining({ name: null, backup: "skip", confirm: "ask", maxDowntimeMs: null }),
      concurrency: 2,
      integers: "bigint",
      disk: "refuse",
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it("may say what is searched and how it is compared", () => {
    const { search, validate } = read(`${head}
search: { mode: native, schema: find, config: german, like: [t.a] }
validate:
  search:
    sample: 7
    seed: 3
    queries: [mine.txt, { lines: l.txt, table: f }, { csv: q.csv, column: q }, { log: a.log, pattern: "q=(.*)" }]
    order50: 0.5
`);
    const folder = search.check.files[0]?.path.replace(/\/mine\.txt$/, "");
    expect({ search, on: validate.search }).toEqual({
      on: true,
      search: {
        mode: "native",
        schema: "find",
        config: "german",
        like: ["t.a"],
        postings: false,
        check: {
          queries: 7,
          seed: 3,
          files: [
            { kind: "lines", path: `${folder}/mine.txt` },
            { kind: "lines", path: `${folder}/l.txt`, table: "f" },
            { kind: "csv", path: `${folder}/q.csv`, column: "q" },
            { kind: "log", path: `${folder}/a.log`, pattern: "q=(.*)" },
          ],
          thresholds: { sets: null, order10: null, order50: 0.5 },
        },
      },
    });
    expect(read(`${head}\nsearch: { postings: [f] }`).search.postings).toEqual(["f"]);
    expect(read(`${head}\nvalidate: { search: "off" }`).validate.search).toBe(false);
  });

  it("may not have postings of PostgreSQL's own search", async () => {
    const [found] = await mistakes(`${head}search: { mode: native, postings: true }`);
    expect(found).toContain("only `mode: exact` has postings");
  });

  it("may say everything", () => {
    const settings = read(`name: all
source: { kind: sqlite, path: /data/a.db }
target:
  kind: embedded
  schema: app
  existing: keep-aside
  state: meta
  owner: boss
  grants: [{ privileges: [select, insert], to: web }]
  rowSecurity: none
  collation: database
tables:
  t: { as: items, where: "id > 5", rename: { a: b }, drop: [c], columns: { d: { epoch: seconds }, e: { type: jsonb }, f: { trim: true }, g: { map: { x: y }, otherwise: keep } }, transform: [{ filter: { column: g, op: "=", value: y } }, ./entry.js], onError: quarantine, belongsTo: u }
  "*": {}
include: [u]
exclude: [v]
accept:
  - { code: NUL_IN_TEXT, column: t.x, policy: bytea, why: because }
  - { code: VIEW_LOST, object: v }
  - { code: CHECK_LOST, table: t }
  - { code: INDEX_LOST }
integers: fit
validate: { counts: false, parity: "off" }
cutover:
  - { file: ./app/.env, set: { URL: "\${target.url}", "a.b": 5, c: null, d: true } }
  - { check: "npm test", in: ./app, timeout: 5 }
preflight: { disk: warn }
concurrency: 4
`);
    expect([settings.source, settings.target.kind, schemaTarget(settings).grants]).toEqual([
      { kind: "sqlite", path: "/data/a.db" },
      "embedded",
      [{ privileges: ["select", "insert"], to: "web" }],
    ]);
    expect(settings.tables).toEqual({
      t: {
        as: "items",
        where: "id > 5",
        rename: { a: "b" },
        drop: ["c"],
        columns: {
          d: { type: null, epoch: "seconds" },
          e: { type: "jsonb", epoch: null },
          f: { type: null, epoch: null },
          g: { type: null, epoch: null },
        },
        steps: [
          { use: "trim", options: "f" },
          { use: "map", options: { column: "g", values: { x: "y" }, otherwise: "keep" } },
          { use: "filter", options: { column: "g", op: "=", value: "y" } },
          { use: "function", options: { file: "./entry.js" } },
        ],
        onError: "quarantine",
        belongsTo: "u",
        existing: null,
        key: null,
        references: {},
      },
      "*": plainTable,
    });
    expect(settings.accept).toEqual([
      { code: "NUL_IN_TEXT", at: "t.x", policy: "bytea", why: "because" },
      { code: "VIEW_LOST", at: "v", policy: null, why: null },
      { code: "CHECK_LOST", at: "t", policy: null, why: null },
      { code: "INDEX_LOST", at: null, policy: null, why: null },
    ]);
    expect(settings.validate).toEqual({ counts: false, schema: true, parity: false, search: true });
    expect(settings.cutover).toEqual([
      { kind: "file", path: `${settings.folder}/app/.env`, set: { URL: "${target.url}", "a.b": 5, c: null, d: true } },
      { kind: "check", command: "npm test", folder: `${settings.folder}/app`, timeoutSeconds: 5 },
    ]);
  });

  it("that is not there", async () => {
    expect(await codeOf(() => readPipeline(freshPath()))).toBe("PIPELINE_NOT_FOUND");
  });
});

describe("the examples", () => {
  const folder = fileURLToPath(new URL("../../../pipelines", import.meta.url));
  it.each(readdirSync(folder).filter((name) => name.endsWith(".yaml")))("%s can be read", (name) => {
    const settings = readPipeline(`${folder}/${name}`, {
      SQLITE_DB_PATH: "/x.db",
      DATABASE_URL: "postgres://localhost/d",
    });
    expect(settings.name).toBe(name.replace(".yaml", ""));
  });
});

describe("mistakes", () => {
  it("are reported together, each with its line", async () => {
    const found = await mistakes(`name: "bad name"
source: { kind: sqlite, path: "\${NOWHERE}" }
target:
  kind: postgres
  url: 5
  shema: public
  grants: [{ privileges: [selekt], to: web }]
tables:
  t:
    wher: "x"
    columns:
      c: { type: int }
accept:
  - { code: NUL_IN_TEXT, policy: drop }
  - { code: NO_SUCH }
  - code: VIEW_LOST
    object: v
    table: t
concurrency: 99
extra: 1
`);
    const lines = found.map((line) => line.replace(/:.*$/s, ""));
    expect(lines).toEqual([1, 2, 5, 6, 7, 10, 12, 14, 15, 16, 19, 20].map((n) => `line ${n}`));
    const at = (line: number): string => found[lines.indexOf(`line ${line}`)] ?? "";
    expect(at(1)).toContain("letters, digits, dot, dash and underscore");
    expect(at(2)).toBe('line 2: the variable NOWHERE is not set (in "${NOWHERE}")');
    expect(at(5)).toMatch(/target\.url: .*expected string/);
    expect(at(6)).toBe('line 6: unknown key "shema" in target; did you mean "schema"?');
    expect(at(10)).toBe('line 10: unknown key "wher" in tables.t; did you mean "where"?');
    expect(at(12)).toMatch(/tables\.t\.columns\.c\.type/);
    expect(at(14)).toBe(
      'line 14: accept.0.policy: "drop" is no policy of NUL_IN_TEXT; one of: strip, escape, bytea, quarantine',
    );
    expect(at(15)).toContain("accept.1.code");
    expect(at(16)).toBe("line 16: accept.2: give one of column, table, object");
    expect(at(20)).toBe('line 20: unknown key "extra"');
  });

  it.each([
    ["", "line 1: the file: "],
    ["- a", "line 1: the file: "],
    ["just text", "line 1: the file: "],
    [`${head}tables: [t]`, "line 4: tables: "],
    [`${head}cutover:\n  - { chek: x }`, "line 5: "],
    [`${head}cutover:\n  - { file: x, sets: {} }`, "line 5: "],
    [`${head}cutover:\n  - file: x\n    set: { a: [1] }`, "line 6: "],
    ["name: n\nsource: { kind: sqlite, path: a.db }\ntarget: { kind: mysql }", "line 3: target.kind: "],
    ["name: n\nsource: { kind: mysql, path: a.db }\ntarget: { kind: embedded }", "line 2: source.kind: "],
    ["name: n\nname: m\n", "line 2: "],
    [`${head}accept: {`, "line 4: "],
    [`${head}a: [1\nb: 2`, "line 5: "],
    ["name: n\ntarget: { kind: embedded }", "line 1: source: "],
  ])("%j", async (text, start) => {
    const [first] = await mistakes(text);
    expect(first?.slice(0, start.length)).toBe(start);
    expect(first?.length).toBeGreaterThan(start.length);
  });

  it.each(hazardCodes)("a policy of another code: %s", async (code) => {
    const own = hazards[code].policies.map((policy): string => policy.name);
    const wrong = hazardCodes
      .flatMap((other) => hazards[other].policies.map((policy): string => policy.name))
      .filter((policy) => !own.includes(policy));
    for (const policy of new Set(wrong)) {
      const [found] = await mistakes(`${head}accept:\n  - { code: ${code}, policy: "${policy}" }`);
      expect(found).toBe(`line 5: accept.0.policy: "${policy}" is no policy of ${code}; one of: ${own.join(", ")}`);
    }
    for (const policy of own)
      expect(read(`${head}accept:\n  - { code: ${code}, policy: "${policy}" }`).accept[0]?.policy).toBe(policy);
  });
});

describe("aliases", () => {
  const parts = "source: { kind: sqlite, path: a.db }\ntarget: { kind: sqlite, path: b.db }\n";
  const level = (i: number): string =>
    `a${i}: &a${i} [${Array(9)
      .fill(`*a${i - 1}`)
      .join(", ")}]\n`;
  const bomb = `a0: &a0 [x, x, x]\n${Array.from({ length: 12 }, (_, i) => level(i + 1)).join("")}`;

  it.each([
    ["of far too much", `name: app\n${parts}${bomb}`, /line 5: its aliases stand for far too much/],
    ["of nothing", `name: app\n${parts}tables: *nope\n`, /line 4: the alias \*nope refers to nothing/],
    ["of what they stand in", `name: app\n${parts}tables: &t { x: *t }\n`, /line 4: an alias stands within/],
  ])("%s are a mistake of the file", async (_, text, message) => {
    const error = await errorOf(() => parsePipeline(text, "p.yaml", {}));
    expect([error.code, error.exit]).toEqual(["PIPELINE_INVALID", 1]);
    expect(error.details.join("\n")).toMatch(message);
  });

  it("of something else are what they stand for", () => {
    const file = parsePipeline(`name: &n app\n${parts.replace("b.db", "*n")}`, "p.yaml", {});
    expect(file.target).toMatchObject({ path: "app" });
  });
});

describe("variables", () => {
  const withUrl = (url: string) => head.replace('"postgres://localhost/d"', url);

  it("are put in, or their defaults", () => {
    const env = { HOST: "db", EMPTY: "" };
    const url = (text: string) => serverTarget(read(withUrl(text), env)).url;
    expect(url('"postgres://${HOST}:${PORT:-5433}/${NAME:-}x"')).toBe("postgres://db:5433/x");
    expect(url('"${EMPTY:-fallback}"')).toBe("fallback");
    expect(url('"a$HOST${}$"')).toBe("a$HOST${}$");
  });

  it("are never read as YAML, nor filled in again", () => {
    const secret = 'x", schema: "stolen" }\nextra: [1]\n# ${HOST} $& $1 \'';
    const settings = read(withUrl('"${SECRET}"'), { SECRET: secret, HOST: "db" });
    expect([serverTarget(settings).url, serverTarget(settings).schema]).toEqual([secret, "public"]);
    expect(serverTarget(read(withUrl('"${N}"'), { N: "5" })).url).toBe("5");
  });

  it("that are missing are all named, and no other's value is shown", async () => {
    const found = await mistakes(withUrl('"postgres://u:${PASSWORD}@${HOST}/d"').replace("a.db", '"${FILE}"'), {
      PASSWORD: "hush",
    });
    expect(found).toEqual([
      'line 2: the variable FILE is not set (in "${FILE}")',
      'line 3: the variable HOST is not set (in "postgres://u:${PASSWORD}@${HOST}/d")',
    ]);
    expect(found.join()).not.toContain("hush");
  });

  it("of the target wait until it is known", () => {
    const settings = read(`${head}cutover:\n  - { file: .env, set: { U: "\${target.url}/\${X}" } }`, { X: "y" });
    expect(settings.cutover).toMatchObject([{ set: { U: "${target.url}/y" } }]);
  });
});

describe("the digest", () => {
  const digest = (more: string) => read(`${head.replace("a.db", "/a.db")}${more}`).digest;

  it("changes with what decides about the data", () => {
    const all = [
      "",
      "integers: fit",
      "exclude: [x]",
      "include: [x]",
      "tables: { t: {} }",
      "tables: { t: { where: a } }",
      "accept: [{ code: VIEW_LOST }]",
    ].map(digest);
    expect(new Set(all).size).toBe(all.length);
    const settings = read(head);
    expect(withAcceptAll(settings).digest).not.toBe(settings.digest);
  });

  it("stays with what does not", () => {
    expect(
      new Set(
        [
          "",
          "concurrency: 5",
          "preflight: { disk: warn }",
          "validate: { counts: false }",
          "cutover: [{ check: x }]",
        ].map(digest),
      ).size,
    ).toBe(1);
  });
});

describe("a mistake that is easily made", () => {
  it("is a SQLite file in the pipeline file's place", async () => {
    const path = freshPath("app.db");
    writeFileSync(path, "SQLite format 3\0 and so on");
    const error = await errorOf(() => readPipeline(path));
    expect([error.code, error.message]).toEqual([
      "PIPELINE_INVALID",
      `${path} is a SQLite database, and no pipeline file.`,
    ]);
    expect(error.hint).toBe(`\`rowhaul init ${path}\` (or \`rowhaul copy ${path} embedded\`)`);
  });

  it("is a misspelled key, reported once with the right one", async () => {
    expect(
      await mistakes(`name: n
sorce: { kind: sqlite, path: a.db }
target: { kind: postgres, url: x, shema: public }
tables: { t: { colums: {} } }
cutover: [{ file: .env, sett: { A: b } }]
zzz: 1
`),
    ).toEqual([
      'line 2: unknown key "sorce"; did you mean "source"?',
      'line 3: unknown key "shema" in target; did you mean "schema"?',
      'line 4: unknown key "colums" in tables.t; did you mean "columns"?',
      'line 5: unknown key "sett" in cutover.0; did you mean "set"?',
      'line 6: unknown key "zzz"',
    ]);
  });

  it("is a variable that is not set", async () => {
    const two = head.replace("postgres://localhost/d", "${URL_ONE}").replace("a.db", '"${FILE_TWO}"');
    const unset = await errorOf(() => read(two));
    expect(unset.hint).toBe("Set them: export FILE_TWO=… URL_ONE=…");
    const mixed = await errorOf(() => read(`${head.replace("a.db", '"${FILE_TWO}"')}zzz: 1\n`));
    expect(mixed.hint).toBe("Set it: export FILE_TWO=…; and correct the other lines named.");
  });

  it("is YAML's null for the policy of that name", () => {
    const policies = read(
      `${head}accept: [{ code: MIXED_DATES, policy: null }, { code: MIXED_DATES, policy: "null" }, { code: MIXED_DATES }]\n`,
    ).accept.map((entry) => entry.policy);
    expect(policies).toEqual(["null", "null", null]);
  });
});
