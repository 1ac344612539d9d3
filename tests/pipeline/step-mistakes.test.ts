/** Mistakes in transforms and environments: each at its place, with what was meant, and nothing said twice. */
import { writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { readPipeline } from "../../src/pipeline/file/read-pipeline.ts";
import { errorOf, freshPath } from "../support/scratch-database.ts";

const text = `name: n
source: { kind: sqlite, path: a.db }
target: { kind: embedded }
tables:
  t:
    transform:
      - trim: { colums: [name] }
      - case: { columns: [name], two: lower }
      - tirm: [x]
      - { trim: a, rename: { b: c } }
      - 5
  u: { transform: { renmae: { a: b } } }
  v: { transform: 7, columns: { a: { parse: 5, mape: { a: b } } } }
  w: { transform: [{ function: { fiel: x } }, { map: { column: a, values: { a: 1 }, otherwise: fial } }] }
environments:
  production: { backups: { folder: a, files: b }, notify: [{ comand: x }], performance: { queries: [] } }
  dev: { confrim: none, maxDowntime: 5 minutes }
`;

it("names the step, the key and the right spelling", async () => {
  const path = freshPath("pipeline.yaml");
  writeFileSync(path, text);
  const { code, details } = await errorOf(() => readPipeline(path, {}));
  expect(code).toBe("PIPELINE_INVALID");
  expect(details).toEqual([
    'line 7: unknown key "colums" in tables.t.transform.0.trim; did you mean "columns"?',
    'line 8: unknown key "two" in tables.t.transform.1.case; did you mean "to"?',
    expect.stringMatching(
      /^line 8: tables\.t\.transform\.1\.case\.to: Invalid option: expected one of "lower"\|"upper"/,
    ),
    'line 9: unknown key "tirm" in tables.t.transform.2; did you mean "trim"?',
    "line 10: tables.t.transform.3: a step names one transform; give each a step of its own",
    "line 11: tables.t.transform.4: Invalid input: expected string, received number",
    'line 12: unknown key "renmae" in tables.u.transform; did you mean "rename"?',
    'line 13: unknown key "mape" in tables.v.columns.a; did you mean "map"?',
    expect.stringMatching(/^line 13: tables\.v\.columns\.a\.parse: /),
    expect.stringMatching(/^line 13: tables\.v\.transform: Invalid input: expected string, received number/),
    'line 14: unknown key "fiel" in tables.w.transform.0.function; did you mean "file"?',
    expect.stringMatching(/^line 14: tables\.w\.transform\.1\.map\.otherwise: /),
    'line 16: unknown key "comand" in environments.production.notify.0; did you mean "command"?',
    "line 16: environments.production.backups: give either folder or files",
    expect.stringMatching(/^line 16: environments\.production\.performance\.queries: Too small/),
    'line 17: unknown key "confrim" in environments.dev; did you mean "confirm"?',
    "line 17: environments.dev.maxDowntime: no duration; write 90s, 5m or 1h 30m",
  ]);
});
