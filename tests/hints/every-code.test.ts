/** Every error code that can say what to try has a case beside this file, and no hint names what it could not know. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type ErrorCode, errorCodes } from "../../src/core/messages/error-codes.ts";
import { errorText } from "../../src/report/error-text.ts";
import type { Case } from "./cases.ts";
import { commandLine } from "./command-line.ts";
import { files } from "./files.ts";
import { proofs } from "./proofs.ts";
import { runs } from "./runs.ts";
import { servers } from "./servers.ts";
import { tables } from "./tables.ts";

/** Nobody can be led there: only what is printed is looked at. */
const defects = ["DEFECT"] as const satisfies readonly ErrorCode[];

// A code that is in none of the tables does not compile.
const every: Readonly<Record<Exclude<ErrorCode, (typeof defects)[number]>, Case | readonly Case[]>> = {
  ...commandLine,
  ...files,
  ...servers,
  ...tables,
  ...runs,
  ...proofs,
};

const sources = readdirSync(new URL("../../src", import.meta.url), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => ({ name, text: readFileSync(join(new URL("../../src", import.meta.url).pathname, name), "utf8") }));

it("each code is thrown somewhere, and has what to try: none goes without", () => {
  const elsewhere = sources.filter(({ name }) => name !== "core/error-codes.ts").map(({ text }) => text);
  for (const [code, { remedy }] of Object.entries(errorCodes)) {
    expect([code, elsewhere.some((text) => text.includes(`"${code}"`))]).toEqual([code, true]);
    expect([code, remedy]).toEqual([code, expect.stringMatching(/\S/)]);
  }
  expect(Object.keys({ ...every, DEFECT: [] }).sort()).toEqual(Object.keys(errorCodes).sort());
});

it("what stands for every code says nothing of lines or statements, which only a place in the sources can print", () => {
  const mentioning = Object.entries(errorCodes).filter(([, { remedy }]) => /\bprinted\b/.test(remedy));
  expect(mentioning.map(([code]) => code)).toEqual(["TRIGGER_WRITES", "UNDO_FAILED"]);
});

it("a command on a pipeline never goes without its file", () => {
  const verbs = "run|load|validate|cutover|rollback|status|report|clean|plan|check|rehearse";
  const bare = new RegExp(`(hint|remedy|details).*\`rowhaul (${verbs})( --[a-z-]+)*\``);
  const found = sources.flatMap(({ name, text }) =>
    text
      .replaceAll("\\`", "`")
      .split("\n")
      .filter((line) => bare.test(line))
      .map((line) => `${name}: ${line.trim()}`),
  );
  // `init` has written no file yet whose name could stand there.
  expect(found.filter((line) => !line.startsWith("cli/commands/next-steps.ts"))).toEqual([]);
});

it("a defect says how to report it", () => {
  const plain = (_: string, text: string): string => text;
  expect(errorText(new TypeError("x"), plain as Parameters<typeof errorText>[1], false)).toMatch(
    /^Error DEFECT: x\nTry: set ROWHAUL_DEBUG=1, run again/,
  );
});
