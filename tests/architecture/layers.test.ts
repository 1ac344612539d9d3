import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { layers, lintRules } from "../../scripts/layers.mjs";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const biome = join(dirname(createRequire(import.meta.url).resolve("@biomejs/biome/package.json")), "bin/biome");

/** A tree of its own with the linter's settings: what is given on standard input the linter does not tell about. */
const tree = mkdtempSync(join(tmpdir(), "rowhaul-layers-"));
afterAll(() => rmSync(tree, { recursive: true, force: true }));
for (const settings of [".biome.json", "scripts/layers.lint.json"]) {
  mkdirSync(dirname(join(tree, settings)), { recursive: true });
  copyFileSync(join(repository, settings), join(tree, settings));
}

/** What the linter says of an import in a file of that name. */
function lint(path: string, specifier: string): string {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), `import { x } from "${specifier}";\nx();\n`);
  const args = [biome, "lint", "--only=style/noRestrictedImports", path];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: tree, encoding: "utf8" });
  expect(stdout + stderr).toContain("Checked 1 file");
  return stderr;
}

describe("imports run down only", () => {
  for (const [i, { name, uses, not }] of layers.entries()) {
    const above = layers.slice(i + 1).find((other) => uses !== "everything" && !uses.includes(other.name));
    const up = "../".repeat(name.split("/").length);
    const uphill = above?.name ?? not?.[0];
    if (uphill !== undefined)
      it(`${name} may not import ${uphill}`, () => {
        expect(lint(`src/${name}/a.ts`, `${up}${uphill}/b.ts`)).toContain(`src/${name} does not know this`);
      });
    const used = uses === "everything" ? "core" : uses.at(-1);
    if (used !== undefined)
      it(`${name} may import ${used}`, () => {
        expect(lint(`src/${name}/a.ts`, `${up}${used}/b.ts`)).not.toContain("does not know this");
      });
  }

  it("the same holds in a folder of a folder", () => {
    expect(lint("src/plan/to-postgres/into/a.ts", "../../../phases/run.ts")).toContain("src/plan does not know this");
    expect(lint("src/plan/to-postgres/into/a.ts", "../../selection.ts")).not.toContain("does not know this");
  });

  it("and in a module of JavaScript", () => {
    expect(lint("src/sqlite/programs/a.mjs", "../../sql/quote.ts")).toContain("src/sqlite does not know this");
  });

  it("one source does not know another", () => {
    expect(lint("src/sources/json/a.ts", "../postgres/source.ts")).toContain("src/sources/json does not know this");
  });

  it("the proof takes neither the transfer's rows nor its way of copying", () => {
    expect(lint("src/validators/postgres/a.ts", "../../core/values/wire.ts")).toContain("does not know this");
    expect(lint("src/validators/postgres/a.ts", "pg-copy-streams")).toContain("shares no code with the transfer");
  });

  it("every folder of src has a layer", async () => {
    const { readdirSync } = await import("node:fs");
    const known = new Set(layers.map(({ name }) => name.split("/")[0]));
    const folders = readdirSync(join(repository, "src"), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect(folders.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
    expect(lintRules().length).toBeGreaterThan(layers.length);
  });
});
