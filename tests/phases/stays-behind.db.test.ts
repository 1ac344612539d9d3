/** What a run does not move is said with its number of rows, above all what exists nowhere else. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readPipeline, report, run } from "../../src/index.ts";
import { reportText } from "../../src/report/report-text.ts";
import { withFullMessage } from "../schema-first/scene.ts";
import { freshDatabase } from "../support/database.ts";
import { makeDatabase } from "../support/scratch-database.ts";

const numbers = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1234) SELECT i FROM n";
const source = `CREATE TABLE docs (id INTEGER PRIMARY KEY, title TEXT); INSERT INTO docs VALUES (1, 'one'), (2, 'two');
  CREATE TABLE keyed (code TEXT PRIMARY KEY, title TEXT); INSERT INTO keyed VALUES ('a', 'one');
  CREATE TABLE log (id INTEGER PRIMARY KEY); INSERT INTO log ${numbers}; CREATE TABLE none (id INTEGER PRIMARY KEY);
  CREATE VIRTUAL TABLE notes USING fts5(t); INSERT INTO notes VALUES ('dog'), ('cat'), ('fox');
  CREATE VIRTUAL TABLE old USING fts4(t); INSERT INTO old VALUES ('dog');
  CREATE VIRTUAL TABLE docs_fts USING fts5(title, content=docs, content_rowid=id); INSERT INTO docs_fts(docs_fts) VALUES ('rebuild');
  CREATE VIRTUAL TABLE keyed_fts USING fts5(title, content=keyed); INSERT INTO keyed_fts(keyed_fts) VALUES ('rebuild');
  CREATE VIRTUAL TABLE bare USING fts5(t, content=''); INSERT INTO bare(rowid, t) VALUES (7, 'dog')`;

type Case = {
  readonly name: string;
  readonly pipeline: string;
  readonly moved: readonly string[];
  /** Of the report's list of what was not moved. */
  readonly behind: readonly string[];
  readonly leftOut?: readonly string[];
  readonly hazards?: readonly string[];
  readonly outcome: string;
};

const given = "given up, as accepted";

const cases: readonly Case[] = [
  {
    name: "tables, and a full-text table with the only copy of its texts",
    pipeline: "exclude: [log, none, notes]",
    moved: ["docs", "keyed", "old", "docs_fts", "keyed_fts", "bare"],
    behind: [
      "table log: not selected by the pipeline: 1,234 rows stay behind",
      "virtual table notes: not selected by the pipeline: its 3 texts exist nowhere else",
    ],
    leftOut: ["table none: not selected by the pipeline: it has no rows"],
    outcome: "moved and proven; not moved: 1,237 rows of 2 tables",
  },
  {
    name: "whatever tables: does not name",
    pipeline: "tables: { docs: {}, docs_fts: {} }",
    moved: ["docs", "docs_fts"],
    behind: [
      "table keyed: not selected by the pipeline: 1 row stays behind",
      "table log: not selected by the pipeline: 1,234 rows stay behind",
      "virtual table notes: not selected by the pipeline: its 3 texts exist nowhere else",
      "virtual table old: not selected by the pipeline: its 1 text exists nowhere else",
      "virtual table bare: not selected by the pipeline: nobody keeps its texts, and its index of 1 row exists nowhere else",
    ],
    leftOut: [
      "table none: not selected by the pipeline: it has no rows",
      "virtual table keyed_fts: not selected by the pipeline: its texts are those of keyed, so it loses none",
    ],
    outcome: "moved and proven; not moved: 1,240 rows of 5 tables",
  },
  {
    name: "one given up by name",
    pipeline: "exclude: [log]\naccept: [{ code: VIRTUAL_TABLE_LOST, object: notes, policy: lose }]",
    moved: ["docs", "keyed", "none", "old", "docs_fts", "keyed_fts", "bare"],
    behind: [
      "table log: not selected by the pipeline: 1,234 rows stay behind",
      `content of notes: its 3 texts exist nowhere else; ${given}`,
    ],
    hazards: ["given up in the pipeline file; its 3 texts exist nowhere else"],
    outcome: "not moved: 1,237 rows of 2 tables",
  },
  {
    name: "all of them, with search turned off",
    pipeline: "search: { mode: 'off' }\naccept: [{ code: VIRTUAL_TABLE_LOST, policy: lose }]",
    moved: ["docs", "keyed", "log", "none"],
    behind: [
      `content of notes: its 3 texts exist nowhere else; ${given}`,
      `content of old: its 1 text exists nowhere else; ${given}`,
      `content of bare: nobody keeps its texts, and its index of 1 row exists nowhere else; ${given}`,
    ],
    hazards: [
      "search.mode is off; its 3 texts exist nowhere else",
      "search.mode is off; its 1 text exists nowhere else",
      "search.mode is off; its texts are those of docs, so it loses none",
      "search.mode is off; its texts are those of keyed, so it loses none",
      "search.mode is off; nobody keeps its texts, and its index of 1 row exists nowhere else",
    ],
    outcome: "not moved: 5 rows of 3 tables",
  },
  {
    name: "nothing where everything moves",
    pipeline: "",
    moved: ["docs", "keyed", "log", "none", "notes", "old", "docs_fts", "keyed_fts", "bare"],
    behind: [],
    outcome: "moved and proven",
  },
];

describe.concurrent("what stays behind", () => {
  it.each(cases.map((one) => [one.name, one] as const))("%s", (_, one) => play(one));
});

async function play({ pipeline, moved, behind, leftOut = [], hazards = [], outcome }: Case): Promise<void> {
  const { url, pool, drop } = await freshDatabase();
  const folder = mkdtempSync(join(tmpdir(), "rowhaul-behind-"));
  try {
    chmodSync(folder, 0o755);
    const path = join(folder, "pipeline.yaml");
    const lines = [
      "name: behind",
      `source: { kind: sqlite, path: ${JSON.stringify(makeDatabase(source))} }`,
      `target: { kind: postgres, url: "${url}" }`,
      "validate: { search: 'off' }",
      pipeline,
    ];
    writeFileSync(path, `${lines.join("\n")}\n`);
    const settings = readPipeline(path, {});
    let ended = "";
    await withFullMessage(async () => {
      const found = await run(settings);
      ended = found.summary;
      const planned = found.plan ?? { tables: [], hazards: [] };
      expect(planned.tables.map((table) => table.source).toSorted()).toEqual([...moved].toSorted());
      expect(planned.hazards.map(({ message }) => message).map((text) => text.split(": ").slice(1).join(": "))).toEqual(
        hazards,
      );
    });
    expect(ended).toMatch(new RegExp(`${outcome.replaceAll(/[.;,]/g, "\\$&")}$`));
    const made = report(settings);
    const text =
      made === null ? "" : reportText(made, (_, words) => words, { full: false, redact: false, brief: true });
    expect(sectionOf(text, "Not moved")).toEqual(behind);
    expect(sectionOf(text, "Left out")).toEqual(leftOut);
    // A full-text table that stays behind leaves no trace on the table that has its texts.
    const { rows } = await pool.query<{ column_name: string }>(
      "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'keyed' ORDER BY ordinal_position",
    );
    const hidden = moved.includes("keyed_fts") ? ["rowid"] : [];
    if (moved.includes("keyed")) expect(rows.map((row) => row.column_name)).toEqual(["code", "title", ...hidden]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await drop();
  }
}

function sectionOf(text: string, title: string): string[] {
  const lines = text.split("\n");
  const at = lines.findIndex((line) => line.startsWith(title));
  if (at < 0) return [];
  const end = lines.findIndex((line, i) => i > at && line === "");
  return lines.slice(at + 1, end < 0 ? undefined : end).map((line) => line.trim());
}
