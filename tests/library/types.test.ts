/** The declarations that the package ships: complete, and found by every way of resolving modules. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { examples } from "../docs/library-page.ts";
import { exportsOf, isType, reachable } from "./declarations.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
const strictly = [
  ...["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--skipLibCheck", "false"],
  ...["--target", "es2022", "--types", "node"],
];
/** A program of a user's, with the package among its dependencies. */
let program = "";
let index = "";

beforeAll(() => {
  program = mkdtempSync(join(tmpdir(), "rowhaul-types-"));
  const installed = join(program, "node_modules", "rowhaul");
  index = join(installed, "dist", "index.d.ts");
  mkdirSync(join(program, "node_modules", "@types"), { recursive: true });
  // Only what a user has: not the types of the packages that rowhaul is made with.
  for (const name of ["zod", "@types/node", "undici-types"])
    symlinkSync(join(repository, "node_modules", name), join(program, "node_modules", name));
  const settings = join(repository, "scripts", "tsconfig.build.json");
  expect(compile("-p", settings, "--emitDeclarationOnly", "--outDir", dirname(index))).toBe("");
  copyFileSync(join(repository, "package.json"), join(installed, "package.json"));
  writeFileSync(join(program, "package.json"), '{ "type": "module" }');
});

afterAll(() => rmSync(program, { recursive: true, force: true }));

function compile(...args: readonly string[]): string {
  return spawnSync(process.execPath, [compiler, ...args], { cwd: program, encoding: "utf8" }).stdout;
}

describe("the declarations", () => {
  it("name no type that is not exported", () => {
    const exported = [...exportsOf(index).values()];
    const known = new Set(exported.map(({ file, name }) => `${file} ${name}`));
    const named = reachable(exported).filter(isType);
    expect(named.filter(({ file, name }) => !known.has(`${file} ${name}`)).map(({ name }) => name)).toEqual([]);
    expect(named.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["Event", "TablePlan", "CellRule", "Finding", "Latency", "TableSettings"]),
    );
    expect(named.length).toBeGreaterThan(120);
  });

  it.each([
    ["node16", "node16"],
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ])("compile in a program with --module %s --moduleResolution %s", (module, resolution) => {
    const types = [...exportsOf(index)].filter(([, one]) => isType(one)).map(([name]) => name);
    const functions = [...exportsOf(index)].filter(([, one]) => !isType(one)).map(([name]) => name);
    writeFileSync(
      join(program, "program.ts"),
      [
        `import { ${functions.join(", ")} } from "rowhaul";`,
        `import type { ${types.join(", ")} } from "rowhaul";`,
        'import { fts5 } from "rowhaul/search";',
        `export type All = [${types.join(", ")}];`,
        `export const all = [${functions.join(", ")}, fts5];`,
        'export const done: RunResult = await run("app.yaml", { onEvent: (event: Event) => console.log(event.type) });',
        'export const code: Outcome = done.outcome === "nothing to do" ? "done" : done.outcome;',
        "// @ts-expect-error: no such outcome",
        'done.outcome === "finished";',
      ].join("\n"),
    );
    const resolved = ["--module", module, "--moduleResolution", resolution];
    expect(compile(...strictly, ...resolved, "program.ts")).toBe("");
  });

  it("take the examples of docs/library.md", () => {
    const files = examples.map((_, i) => `example-${i + 1}.ts`);
    examples.forEach(({ code }, i) => {
      writeFileSync(join(program, files[i] ?? ""), code);
    });
    expect(files.length).toBeGreaterThan(9);
    expect(compile(...strictly, "--noUnusedLocals", "--module", "nodenext", ...files)).toBe("");
  });
});
