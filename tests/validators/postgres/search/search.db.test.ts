import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { search } from "../../../../src/validators/postgres/search/search.ts";
import { useDatabase } from "../../../support/database.ts";
import { addToLedger, fillTarget, stateName } from "../../fixture.ts";
import { bothSides } from "./both-sides.ts";
import { someTexts } from "./texts.ts";

const database = useDatabase();
const rows = someTexts(70, 2);
const columns = ["title", "body text"];

describe("equal", () => {
  test.each([
    ["unicode61", {}],
    ["porter, copied", { tokenize: "porter unicode61", build: "copy" }],
    ["ascii", { tokenize: "ascii" }],
    ["five columns", { columns: ["a", "b", "c", "d", "e"], rows: someTexts(60, 5), build: "copy" }],
    ["external content", { external: true, build: "copy" }],
    ["detail=column", { detail: "column" }],
    ["detail=none", { detail: "none" }],
    ["trigram", { tokenize: "trigram", rows: someTexts(60, 2), search: { check: { queries: 5 } } }],
  ] as const)("%s", async (_, sides) => {
    const result = await search(await bothSides(database.pool, { columns, rows, ...sides }));
    expect(result.findings).toEqual([]);
    expect(result.passed).toBe(true);
    const [report] = result.search.indexes;
    expect(report?.causes).toEqual({});
    expect(report?.tokens).toMatchObject({ rows: "rows" in sides ? 60 : 70, different: 0, stale: 0 });
    expect(report?.tokens?.tokens).toBeGreaterThan(300);
    for (const one of report?.classes ?? [])
      expect(one).toMatchObject({ sets: one.queries, order10: one.queries, scores: one.queries });
    // FTS5's odd scores are not judged, but they are measured.
    for (const one of report?.classes.filter((each) => each.class !== "fuzz") ?? [])
      expect(one).toMatchObject({ overlap10: 1, rbo: 1 });
    expect(result.summary).toMatch(
      /^every word of \d+ rows in its place, \d+ queries on docs.*: the same hits, the same order, scores equal to the last bit; median [\d.]+ ms in SQLite, [\d.]+ ms in PostgreSQL$/,
    );
  });

  test("rows beyond a vector's limits", async () => {
    const long = [...rows.slice(0, 40), [`start ${"again ".repeat(300)} end`, "x ".repeat(17_000)]];
    const result = await search(await bothSides(database.pool, { columns, rows: long, build: "copy" }));
    expect(result.findings).toEqual([]);
  });

  test("FTS4: what its grammar shares", async () => {
    const sides = { columns: ["title", "body"], rows, module: "fts4", tokenize: "unicode61" } as const;
    const result = await search(await bothSides(database.pool, sides));
    expect(result.findings).toEqual([]);
    expect(result.search.indexes[0]?.classes.map((one) => [one.class, one.sets])).toEqual([
      ["single", 8],
      ["boolean", 8],
      ["phrase", 8],
      ["prefix", 8],
    ]);
  });
});

describe("differing", () => {
  test("a row's words: named, with both sides' words", async () => {
    const input = await bothSides(database.pool, { columns, rows: [...rows, ["needle hay", "pin"]], build: "copy" });
    await fillTarget(
      database.pool,
      "ALTER TABLE docs DISABLE TRIGGER USER; UPDATE docs SET tsv = replace(tsv::text, 'needle', 'noodle')::tsvector WHERE rowid = 71",
    );
    const result = await search(input);
    expect(result.passed).toBe(false);
    expect(result.findings[0]).toMatchObject({
      level: "difference",
      key: "rowid=71",
      source: "needle at 0:0",
      target: "noodle at 0:0",
    });
    expect(result.search.indexes[0]?.tokens?.different).toBe(1);
    expect(result.summary).toContain("1 row with other words, ");
  });

  test("a row that did not arrive: its queries lack it", async () => {
    const input = await bothSides(database.pool, { columns, rows: [...rows.slice(0, 5), ["needle", "pin"]] });
    await fillTarget(database.pool, "ALTER TABLE docs DISABLE TRIGGER USER; DELETE FROM docs WHERE rowid = 6");
    const result = await search(input);
    expect(result.search.indexes[0]?.causes).toHaveProperty("words of the row differ");
    expect(result.findings.some(({ message }) => /lacks 1 \(rowid 6\): words of the row differ/.test(message))).toBe(
      true,
    );
    await addToLedger(database.pool, {
      ...{ table: "docs", key: "rowid=6", column: "title", before: "text", after: null, rule: "x" },
    });
    const excused = await search(input);
    expect(excused.passed).toBe(true);
    await database.pool.query(`UPDATE "${stateName}".ledger SET column_name = 'unindexed'`);
    expect((await search(input)).passed).toBe(false);
    expect(Object.keys(excused.search.indexes[0]?.causes ?? {})).toEqual(["changed on purpose"]);
  });

  test("a stale index is no difference when it arrived as it was, nor when the target is ahead of it", async () => {
    const after = "UPDATE texts SET title = 'renewed' WHERE id = 3";
    const stale = await bothSides(database.pool, { columns, rows, external: true, after });
    await fillTarget(database.pool, "UPDATE texts SET title = 'renewed' WHERE id = 3");
    const ahead = await search(stale);
    expect(ahead.passed).toBe(true);
    expect(ahead.search.indexes[0]?.tokens).toMatchObject({ stale: 1, different: 0 });
    expect(ahead.findings[0]).toMatchObject({ level: "note" });
    expect(ahead.findings[0]?.message).toMatch(/^Stale index: in the source, the index of 1 row .* \(rowid 3\)/);
  });

  test("a stale index that was copied gives the same outdated answers", async () => {
    const after = "UPDATE texts SET title = 'renewed' WHERE id = 3; DELETE FROM texts WHERE id = 4";
    const input = await bothSides(database.pool, { columns, rows, external: true, build: "copy", after });
    await fillTarget(
      database.pool,
      `ALTER TABLE texts DISABLE TRIGGER USER; ${after}; INSERT INTO texts VALUES (900, 'not indexed', '')`,
    );
    const result = await search(input);
    expect(result.passed).toBe(true);
    expect(result.search.indexes[0]?.causes).toEqual({});
    expect(result.search.indexes[0]?.tokens).toMatchObject({ stale: 2, different: 0 });
    expect(result.findings.map(({ level }) => level)).toEqual(["note", "note"]);
    expect(result.findings[0]?.message).toContain("The index arrived as it was.");
    expect(result.findings[1]?.message).toBe("Stale index: 1 row of the content table is not in the index.");
  });

  test("scores: the same rows in another order", async () => {
    const input = await bothSides(database.pool, { columns, rows });
    await fillTarget(database.pool, "ALTER TABLE docs DISABLE TRIGGER USER; UPDATE docs SET len = 3");
    const result = await search(input);
    expect(result.passed).toBe(false);
    expect(result.search.indexes[0]?.causes).toHaveProperty("scores");
    const relaxed = { sets: 1, order10: null, order50: null };
    const plan = {
      ...input.plan,
      search: { ...input.plan.search, check: { ...input.plan.search?.check, thresholds: relaxed } },
    };
    expect((await search({ ...input, plan: plan as never })).passed).toBe(true);
  });
});

test("PostgreSQL's own search: measured, and judged only by a threshold", async () => {
  const native = {
    mode: "native",
    config: "english",
    check: { thresholds: { sets: null, order10: null, order50: null } },
  } as const;
  const result = await search(await bothSides(database.pool, { columns, rows, search: native }));
  expect(result.passed).toBe(true);
  expect(result.summary).toMatch(/PostgreSQL's own search has the same hits in [\d.]+ %/);
  expect(result.search.indexes[0]?.causes["PostgreSQL's own search works otherwise"]).toBeGreaterThan(5);
  const strict = { ...native, check: { thresholds: { sets: 0.99, order10: null, order50: null } } };
  expect((await search(await bothSides(database.pool, { columns, rows, search: strict }))).passed).toBe(false);
});

test("the user's own queries, those that cannot be asked counted", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "rowhaul-yours-")), "queries.txt");
  writeFileSync(path, 'running OR dogs\nnothing AND\nno_such : column\na\0b\n"the a"\n');
  const check = { queries: 0, files: [{ kind: "lines", path }] } as const;
  const result = await search(await bothSides(database.pool, { columns, rows, search: { check } }));
  rmSync(dirname(path), { recursive: true });
  expect(result.findings).toEqual([]);
  expect(result.search.indexes[0]).toMatchObject({
    classes: [{ class: "yours", queries: 4, refused: 2, sets: 4 }],
    excluded: { "holds U+0000, which PostgreSQL's text cannot": 1 },
  });
});
