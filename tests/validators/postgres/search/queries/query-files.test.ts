import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { QueryFile } from "../../../../../src/core/schema/full-text.ts";
import { readQueries } from "../../../../../src/validators/postgres/search/queries/query-files.ts";

const folder = mkdtempSync(join(tmpdir(), "rowhaul-queries-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const given = (content: string, file: Omit<QueryFile, "path">): QueryFile => {
  const path = join(folder, "queries");
  writeFileSync(path, content);
  return { ...file, path };
};

test("lines: each once, empty ones not, whatever ends them", async () => {
  const file = given('\ufefffirst query\r\n\r\nsecond: "two words"\nfirst query\n  \nlast', { kind: "lines" });
  expect(await readQueries(file)).toEqual(["first query", 'second: "two words"', "last"]);
});

test("a CSV's column, by name or the first", async () => {
  const content = '\ufeffwhen,query\r\n1,"a, ""b"""\r\n2,"two\nlines"\r\n3,plain\n4,\n5';
  expect(await readQueries(given(content, { kind: "csv", column: "query" }))).toEqual([
    'a, "b"',
    "two\nlines",
    "plain",
  ]);
  expect(await readQueries(given("q\nx\ny z\n", { kind: "csv" }))).toEqual(["x", "y z"]);
});

test("a log, by the first group of its pattern", async () => {
  const log = "GET /search?q=dogs HTTP\nGET /other\nPOST q=cats+and+dogs x\n";
  expect(await readQueries(given(log, { kind: "log", pattern: "q=([^ ]+)" }))).toEqual(["dogs", "cats+and+dogs"]);
});

test("a log of many lines, each looked at once", async () => {
  const log = Array.from({ length: 1_234 }, (_, i) => `GET /search?q=word${i} HTTP`).join("\n");
  const found = await readQueries(given(log, { kind: "log", pattern: "q=([^ ]+)" }));
  expect([found.length, found[0], found[700], found.at(-1)]).toEqual([1_234, "word0", "word700", "word1233"]);
});

test("a pattern that would take for ever is named with the line that it cannot get through", async () => {
  const log = `${"q=dogs\n".repeat(502)}q=${"a".repeat(40)}\n`;
  await expect(readQueries(given(log, { kind: "log", pattern: "^q=((a+)+)b" }))).rejects.toMatchObject({
    code: "PIPELINE_INVALID",
    message: expect.stringMatching(/takes more than a second for line 503 of .*queries: \^q=\(\(a\+\)\+\)b$/),
    details: [expect.stringContaining("q=aaaa")],
  });
});

test.each<[string, Omit<QueryFile, "path">, string]>([
  ["x,y\n1,2", { kind: "csv", column: "query" }, "has no column query"],
  ["x", { kind: "log", pattern: "q=(" }, "is no regular expression"],
  ["x", { kind: "log", pattern: "q=.*" }, "has no group"],
  ["x", { kind: "log", pattern: "q=(.*)" }, "holds no queries"],
  ["\n \n", { kind: "lines" }, "holds no queries"],
])("refused: %j as %j", async (content, file, message) => {
  await expect(readQueries(given(content, file))).rejects.toMatchObject({
    code: "PIPELINE_INVALID",
    message: expect.stringContaining(message),
  });
});

test("a file that is not there", async () => {
  const missing: QueryFile = { kind: "lines", path: join(folder, "none") };
  await expect(readQueries(missing)).rejects.toMatchObject({
    code: "PIPELINE_INVALID",
    message: `${missing.path}, named for search queries, cannot be read.`,
  });
});
