/** What the plan makes of full-text tables: how each is filled, what is lost and why, and what becomes of the triggers. */

import { describe, expect, it } from "vitest";
import { RowhaulError } from "../../../src/core/messages/errors.ts";
import type { Plan } from "../../../src/core/plan/plan.ts";
import { selectedRows } from "../../../src/plan/context.ts";
import { makePlan } from "../../../src/plan/to-postgres/make-plan.ts";
import { withFullText } from "../../../src/search/catalog.ts";
import { sqliteSource } from "../../../src/sources/sqlite/source.ts";
import { makeDatabase } from "../../support/scratch-database.ts";
import { defaultSearch } from "../../support/settings.ts";
import { inputOf, type Options, tableOf } from "./inputs.ts";

/** `wanted`: as the profile phase, which gives up what the pipeline names. */
async function planOf(
  fill: string,
  options: Options = {},
  wanted: (name: string) => boolean = () => true,
  boundaries: readonly string[] = [],
): Promise<Plan> {
  const input = await inputOf(fill, options);
  const path = makeDatabase(fill);
  const source = sqliteSource(path).open(path);
  try {
    const catalog = withFullText(source.catalog(), wanted);
    const requests = catalog.tables.map((table) => ({
      table,
      where: selectedRows(input, table),
      kinds: new Map(),
    }));
    const hooks = { progress() {}, signal: new AbortController().signal };
    const { tables } = await source.profile(catalog, requests, hooks);
    const profile = {
      tables: Object.fromEntries(Object.entries(tables).map(([name, facts]) => [name, { ...facts, boundaries }])),
    };
    return makePlan({ ...input, catalog, profile, orphans: await source.orphans(requests, hooks.signal) }).plan;
  } finally {
    source.close();
  }
}

async function refusal(fill: string, options: Options): Promise<string> {
  const thrown: unknown = await planOf(fill, options).catch((error: unknown) => error);
  if (!(thrown instanceof RowhaulError)) throw new Error("nothing was refused");
  return `${thrown.code} ${thrown.message}`;
}

const search = (own: Partial<typeof defaultSearch>): Options => ({
  settings: { search: { ...defaultSearch, ...own } },
});
const notes = (plan: Plan, code: string): string[] =>
  plan.notes.filter((note) => note.code === code).map(({ message }) => message);
const hazards = (plan: Plan): string[] => plan.hazards.map(({ code, at, message }) => `${code} ${at}: ${message}`);
const leftOut = (plan: Plan): string[] => plan.leftOut.map(({ object, reason }) => `${object}: ${reason}`);

const docs = "CREATE TABLE docs (id INTEGER PRIMARY KEY, title TEXT, body TEXT);";
const external = `${docs} CREATE VIRTUAL TABLE f USING fts5(title, body, content=docs, content_rowid=id);`;
const own = "CREATE VIRTUAL TABLE own USING fts5(a, b UNINDEXED);";
const sync = `
  CREATE TRIGGER ai AFTER INSERT ON docs BEGIN INSERT INTO f(rowid, title, body) VALUES (new.id, new.title, new.body); END;
  CREATE TRIGGER ad AFTER DELETE ON docs BEGIN INSERT INTO f(f, rowid, title, body) VALUES ('delete', old.id, old.title, old.body); END;`;

describe("a full-text table", () => {
  it("of its own texts", async () => {
    const plan = await planOf(`${own} INSERT INTO own VALUES ('x', 'y')`);
    const table = tableOf(plan, "own");
    expect(table.fullText).toEqual({
      module: "fts5",
      tokenize: "",
      key: "unicode61_1",
      columns: [
        { source: "a", target: "a", indexed: true },
        { source: "b", target: "b", indexed: false },
      ],
      content: { kind: "own" },
      contentTarget: null,
      detail: "full",
      build: "copy",
      vector: "tsv",
      length: "len",
      big: "big",
    });
    expect(table.columns.map(({ target, pgType }) => `${target} ${pgType}`)).toEqual([
      "rowid bigint",
      "a text",
      "b text",
    ]);
    expect(table.finish.map(({ kind, name, stage }) => `${stage}: ${kind} ${name}`)).toEqual([
      "keys: primary key own_pkey",
      "keys: identity own_rowid_seq",
      "keys: full text index",
      "keys: full text registry",
      "keys: full text statistics",
      "references: full text triggers",
    ]);
    expect(notes(plan, "FULL_TEXT")).toEqual(["FTS5 on a; vectors copied from the source's own index"]);
    expect(plan.search).toMatchObject({ schema: "fts5", mode: "exact", like: [] });
  });

  it("of another table's texts, renamed with it", async () => {
    const plan = await planOf(`${external} INSERT INTO docs VALUES (1, 'x', 'y')`, {
      tables: { docs: { as: "papers", rename: { title: "heading", id: "number" } }, f: { as: "papers_search" } },
    });
    const f = tableOf(plan, "f");
    expect(f).toMatchObject({
      target: "papers_search",
      relation: "f_docsize",
      fullText: { content: { kind: "external", table: "docs", rowid: "id" }, contentTarget: "papers", build: "copy" },
    });
    expect(f.fullText?.columns.map(({ target }) => target)).toEqual(["heading", "body"]);
    const registry = f.finish.find((step) => step.name === "registry")?.sql ?? "";
    for (const part of [`'"stage"."papers"'::regclass`, "'number'", "'heading', 'body'", "'title', 'body'"])
      expect(registry).toContain(part);
  });

  it("leaves its names to columns that have them already", async () => {
    const plan = await planOf("CREATE VIRTUAL TABLE own USING fts5(tsv, Len, big, vector, id)");
    const { columns, fullText } = tableOf(plan, "own");
    const names = [fullText?.vector, fullText?.length, fullText?.big];
    expect(new Set([...names, ...columns.map(({ target }) => target)]).size).toBe(9);
    expect(names.every((name) => name !== "tsv" && name !== "big")).toBe(true);
  });

  it.each<[string, string, string]>([
    ["without positions", "fts5(a, detail=none)", "tokenise"],
    ["with columns alone", "fts5(a, detail=column)", "tokenise"],
    ["of FTS4", "fts4(a)", "tokenise"],
    ["of FTS3", "fts3(a)", "tokenise"],
    ["without sizes", "fts5(a, columnsize=0)", "copy"],
    ["of trigrams", "fts5(a, tokenize=trigram)", "copy"],
    ["contentless", "fts5(a, content='')", "copy"],
  ])("%s (%s) is filled by: %s %s", async (_, using, build) => {
    const plan = await planOf(`CREATE VIRTUAL TABLE own USING ${using}`);
    const { fullText, finish } = tableOf(plan, "own");
    expect(fullText?.build).toBe(build);
    expect(finish.filter((step) => step.stage === "fill").map(({ name }) => name)).toEqual(
      build === "tokenise" ? ["vectors"] : [],
    );
  });

  it("is filled from the texts where cells of them are changed on purpose", async () => {
    const fill = `${external} INSERT INTO docs VALUES (1, 'a' || char(0) || 'b', 'y')`;
    const options: Options = { accept: [{ code: "NUL_IN_TEXT", policy: "strip" }] };
    expect(tableOf(await planOf(fill, options), "f").fullText?.build).toBe("tokenise");
    const elsewhere = `${docs} CREATE VIRTUAL TABLE f USING fts5(body, title UNINDEXED, content=docs); INSERT INTO docs VALUES (1, 'a' || char(0) || 'b', 'y')`;
    expect(tableOf(await planOf(elsewhere, options), "f").fullText?.build).toBe("copy");
  });

  it("has all its rowids filled, whatever they are", async () => {
    const plan = await planOf("CREATE VIRTUAL TABLE own USING fts5(a, detail=none)");
    const fill = tableOf(plan, "own").finish.find((step) => step.stage === "fill")?.sql;
    expect(fill).toContain("BETWEEN '-9223372036854775808'::bigint AND '9223372036854775807'::bigint");
  });

  it("has the weights of its own rank", async () => {
    const registry = async (rank: string): Promise<string> => {
      const plan = await planOf(`${own} INSERT INTO own(own, rank) VALUES ('rank', '${rank}')`);
      return tableOf(plan, "own").finish.find((step) => step.name === "registry")?.sql ?? "";
    };
    expect(await registry("bm25(10.0, 2.5)")).toContain("ARRAY['10', '2.5']::float8[]");
    expect(await registry("bm25()")).not.toContain("float8[]");
  });
});

describe("texts that are searched stay texts, as FTS5 saw them", () => {
  const values = `INSERT INTO docs VALUES (1, '2024-01-02', '{"a": 1}', 1), (2, '2024-01-03', '[]', 0);`;
  const typed = "CREATE TABLE docs (id INTEGER PRIMARY KEY, made DATETIME, body JSON, flag BOOLEAN);";
  const types = async (sql: string): Promise<string[]> =>
    tableOf(await planOf(sql), "docs").columns.map(({ pgType }) => pgType);

  it("dates and JSON", async () => {
    expect(await types(`${typed}${values}`)).toEqual(
      ["bigint", "date", "jsonb", "boolean"].map((t, i) => (i === 1 ? expect.stringMatching(/date|timestamp/) : t)),
    );
    const searched = `${typed}${values} CREATE VIRTUAL TABLE f USING fts5(made, body, flag, content=docs);`;
    expect(await types(searched)).toEqual(["bigint", "text", "text", "boolean"]);
    const beside = `${typed}${values} CREATE VIRTUAL TABLE f USING fts5(made UNINDEXED, body, content=docs);`;
    expect((await types(beside)).slice(1)).toEqual([expect.stringMatching(/date|timestamp/), "text", "boolean"]);
  });

  it("in a table of its own", async () => {
    const plan = await planOf(
      `CREATE VIRTUAL TABLE own USING fts5(a, b); INSERT INTO own VALUES ('2024-01-02', '{}'), ('2024-01-03', '[]')`,
    );
    expect(tableOf(plan, "own").columns.map(({ pgType }) => pgType)).toEqual(["bigint", "text", "text"]);
  });
});

describe("the hidden rowid", () => {
  it("becomes a column with a unique key and numbers for new rows", async () => {
    const plan = await planOf(
      "CREATE TABLE docs (k TEXT PRIMARY KEY, t TEXT); CREATE VIRTUAL TABLE f USING fts5(t, content=docs); INSERT INTO docs VALUES ('x', 'y'), ('z', 'w')",
    );
    const table = tableOf(plan, "docs");
    expect(table.columns.map(({ target, pgType }) => `${target} ${pgType}`)).toEqual([
      "k text",
      "t text",
      "rowid bigint",
    ]);
    expect(table.identity).toMatchObject({ column: "rowid", next: "3" });
    expect(table.finish.filter(({ kind }) => kind === "unique" || kind === "primary key")).toHaveLength(2);
    expect(plan.appNotes.some((note) => note.includes("docs.rowid is SQLite's hidden rowid"))).toBe(true);
  });
});

describe("what the pipeline selects", () => {
  const both = `${external}${own} INSERT INTO docs VALUES (1, 'x', 'y'), (2, 'x', 'y'); INSERT INTO f(f) VALUES ('rebuild'); INSERT INTO own VALUES ('x', 'y'), ('z', 'y');`;

  it("goes for the index, too", async () => {
    const plan = await planOf(both, { tables: { docs: { where: "id > 1 -- why" }, f: {}, own: { where: "a = 'z'" } } });
    expect(plan.tables.map(({ source, where, rows }) => [source, where, rows])).toEqual([
      ["docs", "id > 1 -- why", 1],
      ["f", `rowid IN (SELECT "id" FROM "docs" WHERE (id > 1 -- why\n))`, 1],
      ["own", "a = 'z'", 1],
    ]);
  });

  it("is no business of an index without texts of its own", async () => {
    expect(await refusal(both, { tables: { docs: {}, f: { where: "rowid > 1" } } })).toBe(
      "PLAN_INVALID f keeps no texts of its own, so `where` cannot select among them.",
    );
    expect(
      await refusal("CREATE VIRTUAL TABLE f USING fts5(a, content='')", { tables: { f: { where: "rowid > 1" } } }),
    ).toContain("f keeps no texts of its own");
  });

  it("leaves the index behind with its texts", async () => {
    const plan = await planOf(`${both}${sync}`, { settings: { exclude: ["docs"] } });
    expect(plan.tables.map(({ source }) => source)).toEqual(["own"]);
    expect(leftOut(plan)).toEqual([
      "table docs: not selected by the pipeline: 2 rows stay behind",
      "virtual table f: the pipeline does not select docs, whose texts it indexes",
      "trigger ai: its table docs is not selected",
      "trigger ad: its table docs is not selected",
    ]);
    expect(hazards(plan)).toEqual([]);
  });

  it("may be the texts without the index; its triggers are lost then", async () => {
    const plan = await planOf(`${both}${sync}`, { settings: { exclude: ["f"] } });
    expect(plan.tables.map(({ source }) => source)).toEqual(["docs", "own"]);
    expect(leftOut(plan)).toEqual([
      "virtual table f: not selected by the pipeline: its texts are those of docs, so it loses none",
    ]);
    expect(hazards(plan).map((line) => line.split(":")[0])).toEqual(["TRIGGER_LOST ai", "TRIGGER_LOST ad"]);
  });

  it("may not drop what the index needs", async () => {
    expect(await refusal(both, { tables: { docs: { drop: ["body"] }, f: {} } })).toBe(
      "PLAN_INVALID f indexes docs.body, which the pipeline drops.",
    );
    expect(await refusal(both, { tables: { docs: { drop: ["ID"] }, f: {} } })).toBe(
      "PLAN_INVALID f indexes docs.id, which the pipeline drops.",
    );
    expect(await refusal(both, { tables: { own: { drop: ["a"] } } })).toBe(
      "PLAN_INVALID own indexes own.a, which the pipeline drops.",
    );
    const unindexed = await planOf(both, { tables: { own: { drop: ["b"] } } });
    expect(tableOf(unindexed, "own").fullText?.columns.map(({ target }) => target)).toEqual(["a", null]);
  });
});

it("a rowid must be an integer in PostgreSQL too", async () => {
  const sql = (values: string): string =>
    `CREATE TABLE docs (k TEXT UNIQUE, t TEXT); CREATE VIRTUAL TABLE f USING fts5(t, content=docs, content_rowid=k); INSERT INTO docs VALUES ${values}`;
  expect(await refusal(sql("('12', 'x'), ('y', 'z')"), {})).toBe(
    "PLAN_INVALID f takes docs.k for its rowid, which is text in PostgreSQL.",
  );
});

describe("given up", () => {
  it("by an accept entry: lost, with its triggers, and nothing else of it is planned", async () => {
    const plan = await planOf(
      `${external}${sync}`,
      { accept: [{ code: "VIRTUAL_TABLE_LOST", at: "f" }, { code: "TRIGGER_LOST" }] },
      (name) => name !== "f",
    );
    expect(plan.tables.map(({ source }) => source)).toEqual(["docs"]);
    expect(plan.search).toBeUndefined();
    expect(plan.hazards.map(({ code, at, policy }) => [code, at, policy])).toEqual([
      ["VIRTUAL_TABLE_LOST", "f", "lose"],
      ["TRIGGER_LOST", "ai", "lose"],
      ["TRIGGER_LOST", "ad", "lose"],
    ]);
    expect(plan.hazards[0]?.message).toContain("given up in the pipeline file");
  });

  it("because PostgreSQL could not have it: lost, and not without being asked", async () => {
    const plan = await planOf(
      `${docs} CREATE VIEW v AS SELECT id, title FROM docs; CREATE VIRTUAL TABLE f USING fts5(title, content=v, content_rowid=id)`,
    );
    expect(hazards(plan)).toEqual([
      expect.stringMatching(/^VIRTUAL_TABLE_LOST f: .*its content v is not a table, so nothing could keep it true$/),
    ]);
    expect(plan.hazards[0]?.accepted).toBeNull();
  });
});

describe("search.mode native", () => {
  it("fills every table by to_tsvector", async () => {
    const plan = await planOf(`${external}${own}`, search({ mode: "native" }));
    for (const name of ["f", "own"])
      expect(tableOf(plan, name).fullText).toMatchObject({ build: "tokenise", key: "native_english" });
    expect(plan.search).toMatchObject({ mode: "native", config: "english" });
  });

  it("has nothing to make of texts that nobody keeps", async () => {
    expect(await refusal("CREATE VIRTUAL TABLE f USING fts5(a, content='')", search({ mode: "native" }))).toBe(
      "PLAN_INVALID Nobody keeps the texts of f, so search.mode native has nothing to index.",
    );
  });
});

it("says in the plan that native search answers otherwise", async () => {
  const plan = await planOf(`${docs}CREATE VIRTUAL TABLE f USING fts5(a);`, search({ mode: "native" }));
  expect(plan.notes.filter(({ code }) => code === "FULL_TEXT").map(({ message }) => message)).toEqual([
    "FTS5 on a; searched by PostgreSQL's own search (english), whose hits and order differ",
  ]);
});

it("refuses queries for a table that is not searched", async () => {
  const { check } = defaultSearch;
  const files = [{ kind: "lines" as const, path: "searches.txt", table: "docs" }];
  expect(await refusal(`${docs}CREATE VIRTUAL TABLE f USING fts5(a);`, search({ check: { ...check, files } }))).toBe(
    "PLAN_INVALID validate.search.queries names docs, which is no full-text table that is moved.",
  );
});

describe("search.like", () => {
  it("needs a column of text", async () => {
    const plan = await planOf(docs, search({ like: ["DOCS.Title"] }));
    expect(plan.search?.like).toEqual([{ table: "docs", column: "title", targetTable: "docs", targetColumn: "title" }]);
    const index = tableOf(plan, "docs").finish.filter((step) => step.sql.includes("gin_trgm_ops"));
    expect(index.map(({ kind, stage }) => [kind, stage])).toEqual([["index", "keys"]]);
    expect(await refusal(docs, search({ like: ["docs.id"] }))).toBe(
      "PLAN_INVALID search.like names docs.id, which is bigint in PostgreSQL.",
    );
    expect(await refusal(docs, search({ like: ["docs.nope"] }))).toBe(
      "PLAN_INVALID search.like names docs.nope, which is not among what is moved.",
    );
  });

  it("goes without an index where PostgreSQL objects to one", async () => {
    const plan = await planOf(docs, {
      ...search({ like: ["docs.title"] }),
      refused: { "like:docs.title": "no such extension" },
    });
    expect(tableOf(plan, "docs").finish.every((step) => !step.sql.includes("trgm"))).toBe(true);
    expect(notes(plan, "LIKE_UNINDEXED")).toEqual([expect.stringContaining("no such extension")]);
  });
});

describe("triggers", () => {
  const fate = async (trigger: string, tables = `${external}${own}`): Promise<string[]> => {
    const plan = await planOf(`${tables} ${trigger}`);
    return [...hazards(plan), ...notes(plan, "TRIGGER_REPLACED"), ...notes(plan, "TRIGGER_TRANSLATED")];
  };
  const on = (event: string, body: string): string => `CREATE TRIGGER tr AFTER ${event} ON docs BEGIN ${body} END;`;
  const replaced = ["trigger tr kept f true; in PostgreSQL f's own triggers do"];
  const translated = ["trigger tr is written again in PL/pgSQL"];
  const lost = (reason: string): string[] => [`TRIGGER_LOST tr: trigger tr on docs: ${reason}`];

  it.each([
    ["INSERT INTO f(rowid, title, body) VALUES (new.id, new.title, new.body);", replaced],
    ["INSERT INTO F(rowid, Title, body) VALUES (new.rowid, new.title, new.body);", replaced],
    ["INSERT INTO own(rowid, a, b) VALUES (new.id, new.title, new.body);", translated],
    ["DELETE FROM own WHERE rowid = new.id; INSERT INTO own(rowid, a) VALUES (new.id, new.title);", translated],
    [
      "INSERT INTO f(rowid, title, body) VALUES (new.id, new.body, new.title);",
      lost("it does not put the columns of docs into f as they are"),
    ],
    [
      "INSERT INTO own(own, rowid, a, b) VALUES ('delete', new.id, new.title, new.body);",
      lost("'delete' is no command of own"),
    ],
    [
      "INSERT INTO f(rowid, title, body) VALUES (new.id, new.title, new.body); INSERT INTO own(rowid, a) VALUES (new.id, new.title);",
      lost("f keeps no texts that it could write"),
    ],
    ["INSERT INTO own(rowid, a) VALUES (new.id, upper(new.title));", lost("triggers are not translated")],
    ["INSERT INTO docs(title) VALUES (new.title);", lost("triggers are not translated")],
  ])("%s", async (body, expected) => {
    expect(await fate(on("INSERT", body))).toEqual(expected);
  });

  it("for a full-text table that stays behind are lost for that reason", async () => {
    const trigger = on(
      "DELETE",
      "INSERT INTO f(f, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);",
    );
    const plan = await planOf(`${external}${own} ${trigger}`, { settings: { exclude: ["f"] } });
    expect(hazards(plan)).toEqual(lost("it only kept f true, which is not moved"));
  });

  it("of a table that is another's content are lost", async () => {
    const other = `${external} CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT, body TEXT);`;
    const trigger =
      "CREATE TRIGGER tr AFTER INSERT ON notes BEGIN INSERT INTO f(rowid, title, body) VALUES (new.id, new.title, new.body); END;";
    expect(await fate(trigger, other)).toEqual([
      "TRIGGER_LOST tr: trigger tr on notes: it feeds f from another table than its content",
    ]);
  });

  it("are lost where SQLite's text of a value would be another", async () => {
    const reals = `CREATE TABLE docs (id INTEGER PRIMARY KEY, r REAL); ${own} INSERT INTO docs VALUES (1, 1.5);`;
    expect(await fate(on("INSERT", "INSERT INTO own(rowid, a) VALUES (new.id, new.r);"), reals)).toEqual(
      lost("the values that it puts into own have other types in PostgreSQL"),
    );
  });

  it("carry renamed tables and columns, in one step of finish", async () => {
    const plan = await planOf(
      `${docs}${own}${on("UPDATE OF title", "UPDATE own SET a = new.title WHERE rowid = old.id;")}`,
      {
        tables: {
          docs: { as: "Papers", rename: { title: 'head"ing' } },
          own: { as: "searched", rename: { a: "text" } },
        },
      },
    );
    const step = tableOf(plan, "docs").finish.find(({ id }) => id === "docs/trigger/tr");
    expect(step?.stage).toBe("references");
    expect(step?.sql).toContain(`UPDATE "public"."searched" SET "text" = NEW."head""ing" WHERE "rowid" = OLD."id"`);
    expect(step?.sql).toContain(`ON "stage"."Papers" FOR EACH ROW`);
  });

  it("put a row in the place of another where SQLite's do", async () => {
    const sqlOf = async (insert: string) => {
      const plan = await planOf(
        `${docs}CREATE VIRTUAL TABLE own USING fts5(a, b); ${on("UPDATE", `${insert} INTO own(rowid, a) VALUES (new.id, new.title);`)}`,
      );
      return tableOf(plan, "docs").finish.find(({ id }) => id === "docs/trigger/tr")?.sql;
    };
    const replacing = `ON CONFLICT ("rowid") DO UPDATE SET "a" = EXCLUDED."a", "b" = EXCLUDED."b"`;
    expect(await sqlOf("INSERT OR REPLACE")).toContain(replacing);
    expect(await sqlOf("REPLACE")).toContain(replacing);
    expect(await sqlOf("INSERT")).not.toContain("ON CONFLICT");
  });
});

it("units of full-text tables come last and alone", async () => {
  const plan = await planOf(`CREATE TABLE z (a); ${external}${own} INSERT INTO z VALUES (1)`);
  const units = plan.units.map(({ parts }) => parts.map(({ table }) => table));
  expect(units).toEqual([
    ["z", "docs"],
    ["f", "own"],
  ]);
});

it("vectors of a large table are made range by range, and no rowid is in none or two", async () => {
  const plan = await planOf("CREATE VIRTUAL TABLE own USING fts5(a, detail=none)", {}, undefined, ["-5", "100"]);
  const steps = tableOf(plan, "own").finish.filter((step) => step.stage === "fill");
  expect(steps.map(({ name }) => name)).toEqual(["vectors 1/3", "vectors 2/3", "vectors 3/3"]);
  expect(steps.map(({ sql }) => /BETWEEN '(-?\d+)'::bigint AND '(-?\d+)'/.exec(sql)?.slice(1))).toEqual([
    ["-9223372036854775808", "-6"],
    ["-5", "99"],
    ["100", "9223372036854775807"],
  ]);
  expect(plan.units.map(({ parts }) => parts.map(({ from, to }) => [from, to]))).toEqual([
    [[null, "-5"]],
    [["-5", "100"]],
    [["100", null]],
  ]);
});

describe("tables of postings", () => {
  const two = `${own} CREATE VIRTUAL TABLE other USING fts5(a);`;
  const steps = (plan: Plan, table: string) =>
    tableOf(plan, table).finish.flatMap(({ kind, name }) => (kind === "full text" ? [name] : []));

  it("are made for the full-text tables that are named, after the registry", async () => {
    const plan = await planOf(two, search({ postings: ["OWN"] }));
    expect(steps(plan, "own")).toEqual(["index", "registry", "statistics", "postings", "triggers"]);
    expect(steps(plan, "other")).toEqual(["index", "registry", "statistics", "triggers"]);
    expect(notes(plan, "FULL_TEXT")).toEqual([
      "FTS5 on a; vectors copied from the source's own index; ranked by a table of postings, about 90 bytes on disk for each different word of each row",
      "FTS5 on a; vectors copied from the source's own index",
    ]);
  });

  it("are not made of what is no full-text table", async () => {
    expect(await refusal(`${docs} ${own}`, search({ postings: ["docs"] }))).toBe(
      "PLAN_INVALID search.postings names docs, which is no full-text table that is moved.",
    );
  });
});
