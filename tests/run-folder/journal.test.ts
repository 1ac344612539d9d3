/** The journal takes nothing but what rowhaul writes, and what a crash leaves of it: recovery rests on it. */
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { describe, expect, it } from "vitest";
import type { PlannedEdit } from "../../src/core/ports.ts";
import { Journal } from "../../src/run-folder/journal.ts";
import { RunHome } from "../../src/run-folder/run-home.ts";
import { settleRecord } from "../../src/run-folder/settle.ts";
import { errorOf, freshPath } from "../support/scratch-database.ts";

const edit: PlannedEdit = {
  file: "/f",
  paths: ["a"],
  backup: "/b",
  before: "x",
  after: "y",
  mode: 0o600,
  uid: 0,
  gid: 0,
};
const at = "2024-01-05T10:20:30.000Z";
const old = (step: object): string => JSON.stringify({ at, ...step });
const line = (step: object): string => JSON.stringify({ version: 1, at, ...step });
const names = (journal: Journal): string[] => journal.steps().map(({ step }) => step);

function journalOf(text: string): { readonly journal: Journal; readonly path: string } {
  const path = freshPath("journal.jsonl");
  writeFileSync(path, text);
  return { journal: new Journal(path), path };
}

it("each line says its version", () => {
  const { journal, path } = journalOf("");
  journal.write({ step: "cutover", edits: [edit] });
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
    version: 2,
    run: basename(dirname(path)),
    at: expect.stringMatching(/^\d{4}-/),
    step: "cutover",
    edits: [edit],
  });
});

it("lines from before there were versions are read, and written on", () => {
  const { journal } = journalOf(`${old({ step: "cutover", edits: [edit] })}\n${old({ step: "done" })}\n`);
  expect([names(journal), journal.edits(), journal.open()]).toEqual([["cutover", "done"], [edit], null]);
  journal.write({ step: "rollback" });
  expect(journal.open()).toEqual([{ step: "rollback" }]);
});

describe("a line that a crash cut short", () => {
  it("does not count, and is gone when the next one is written", () => {
    const { journal, path } = journalOf(`${line({ step: "cutover", edits: [] })}\n{"version":1,"at":"20`);
    expect(names(journal)).toEqual(["cutover"]);
    journal.write({ step: "undone" });
    expect(names(journal)).toEqual(["cutover", "undone"]);
    expect(readFileSync(path, "utf8").split("\n")).toHaveLength(3);
  });

  it("counts where only its end is missing", () => {
    const { journal } = journalOf(`${line({ step: "cutover", edits: [] })}\n${line({ step: "done" })}`);
    expect(journal.open()).toBeNull();
    journal.write({ step: "rollback" });
    expect(names(journal)).toEqual(["cutover", "done", "rollback"]);
  });

  it("may be of zeros", () => {
    const { journal } = journalOf(`${line({ step: "cutover", edits: [] })}\n`);
    const { path } = journalOf(`${line({ step: "cutover", edits: [] })}\n\0\0\0\0`);
    expect(names(new Journal(path))).toEqual(names(journal));
  });

  it("may stand in the middle where a rowhaul that knew of no versions wrote on after it", () => {
    const text = [old({ step: "cutover", edits: [] }), '{"at":"2024', old({ step: "undone" }), ""].join("\n");
    expect(names(journalOf(text).journal)).toEqual(["cutover", "undone"]);
  });
});

describe("a damaged journal is named, with the line:", () => {
  it.each([
    [
      "a line of the middle is no JSON",
      [line({ step: "cutover", edits: [] }), '{"version":1,"at":"20', line({ step: "done" }), ""],
      "line 2 is not JSON",
    ],
    [
      "a line of the middle is something else altogether",
      [old({ step: "cutover", edits: [] }), "#!/bin/sh", old({ step: "done" }), ""],
      "line 2 is not JSON",
    ],
    ["the last line is ended, and no JSON", [line({ step: "cutover", edits: [] }), '{"at', ""], "line 2 is not JSON"],
    [
      "a step is unknown",
      [line({ step: "cutover", edits: [] }), line({ step: "finished" }), ""],
      "line 2: step: Invalid discriminator value. Expected 'cutover' | 'committing' | 'rollback' | 'schema switched' | 'files switched' | 'healthy' | 'done' | 'undone'",
    ],
    [
      "an edit lacks its hash",
      [line({ step: "cutover", edits: [{ ...edit, before: undefined }] }), ""],
      "line 1: edits.0.before: Invalid input: expected string, received undefined",
    ],
    [
      "there is more than a step has",
      [line({ step: "cutover", edits: [] }), line({ step: "done", edits: [] }), ""],
      'line 2: Unrecognized key: "edits"',
    ],
    ["a time is none", ['{"at":"yesterday","step":"rollback"}', ""], "line 1: at: Invalid ISO datetime"],
    ["a line is no object", ["5", ""], "line 1 holds no step"],
    [
      "its beginning is lost",
      [line({ step: "files switched" }), line({ step: "healthy" }), ""],
      'its first step is "files switched", so that its beginning is lost',
    ],
  ])("%s", async (_, lines, why) => {
    const { journal, path } = journalOf(lines.join("\n"));
    for (const read of [() => journal.steps(), () => journal.open(), () => journal.edits()]) {
      const error = await errorOf(read);
      expect([error.code, error.message]).toEqual(["RUN_FILE_DAMAGED", `${path} is damaged: ${why}.`]);
    }
  });
});

it("a line of a newer version is refused by name", async () => {
  const { journal, path } = journalOf(`${line({ step: "cutover", edits: [] })}\n{"version":3,"step":"frozen"}\n`);
  const error = await errorOf(() => journal.open());
  expect([error.code, error.message]).toEqual([
    "STATE_NEWER",
    `${path} has version 3 of the state of runs; this rowhaul knows only up to version 2.`,
  ]);
});

describe("a journal that says less than the run's record", () => {
  const done = () => {
    const run = new RunHome(freshPath("project"), "shop").start("shop", "digest", new Date());
    const journal = new Journal(run.journalPath);
    journal.write({ step: "cutover", edits: [edit] });
    journal.write({ step: "healthy" });
    journal.write({ step: "done" });
    run.update({ stage: "done" });
    return run;
  };

  it("is lost: it is empty", async () => {
    const run = done();
    truncateSync(run.journalPath);
    const error = await errorOf(() => settleRecord(run));
    expect([error.code, error.message]).toEqual([
      "STATE_LOST",
      `${run.journalPath} is empty or gone, although run ${run.id} is done.`,
    ]);
  });

  it("is damaged: its last line is gone", async () => {
    const run = done();
    const text = readFileSync(run.journalPath, "utf8").split("\n").slice(0, 2).join("\n");
    writeFileSync(run.journalPath, `${text}\n`);
    const error = await errorOf(() => settleRecord(run));
    expect(error.message).toBe(`${run.journalPath} is damaged: it ends with "healthy", although the run is done.`);
  });

  it("is as it must be where a rollback has begun since", () => {
    const run = done();
    appendFileSync(run.journalPath, `${line({ step: "rollback" })}\n`);
    expect(settleRecord(run).stage).toBe("done");
  });
});
