import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { layers } from "../../scripts/layers.mjs";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const biome = join(dirname(createRequire(import.meta.url).resolve("@biomejs/biome/package.json")), "bin/biome");

type Case = readonly [file: string, specifier: string];

/** The cases whose import the linter refuses, each in a file of its own under the repository's rules. */
function refused(cases: readonly Case[]): Case[] {
  const folder = mkdtempSync(join(tmpdir(), "rowhaul-layers-"));
  try {
    mkdirSync(join(folder, "scripts"));
    for (const config of [".biome.json", "scripts/layers.lint.json"])
      copyFileSync(join(repository, config), join(folder, config));
    for (const [file, specifier] of cases) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), `import { x } from "${specifier}";\n\nx();\n`);
    }
    const args = [biome, "lint", "--only=style/noRestrictedImports", "--reporter=json", "--max-diagnostics=none", "."];
    const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { location: { path: string } }[] };
    const bad = new Set(diagnostics.map(({ location }) => location.path));
    return cases.filter(([file]) => bad.has(file));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `name`: of the file. */
function between(layer: string, other: string, name: string): Case {
  return [`src/${layer}/${name}.ts`, `${"../".repeat(layer.split("/").length)}${other}/there.ts`];
}

it("a layer may import what it names, and nothing that stands above it", () => {
  const downhill = layers.flatMap(({ name, uses }) =>
    uses === "everything" ? [] : uses.filter((used) => !used.endsWith(".ts")).map((used) => between(name, used, used)),
  );
  const uphill = layers.flatMap(({ name, uses, not }, i) =>
    layers
      .slice(i + 1)
      .filter((above) => (uses === "everything" ? not?.includes(above.name) : !uses.includes(above.name)))
      .map((above) => between(name, above.name, `above-${above.name.replace("/", "-")}`)),
  );
  expect(downhill.length).toBeGreaterThan(60);
  expect(uphill.length).toBeGreaterThan(300);
  expect(refused([...downhill, ...uphill])).toEqual(uphill);
});

it("the same holds in a folder of a folder, and there for what is beside it", () => {
  const wrong: Case[] = [
    ["src/plan/to-postgres/into/a.ts", "../../../phases/run/run.ts"],
    ["src/sources/json/b.ts", "../postgres/source.ts"],
    ["src/validators/postgres/c.ts", "../../core/values/wire.ts"],
    ["src/validators/postgres/d.ts", "pg-copy-streams"],
    ["src/core/plan/e.ts", "../../sql/quote.ts"],
    // Only a target's index puts the planner and the proof beside the loader.
    ["src/targets/postgres/load/i.ts", "../../../validators/postgres/registry.ts"],
    ["src/targets/postgres/j.ts", "../../plan/planned.ts"],
  ];
  const right: Case[] = [
    ["src/plan/to-postgres/into/f.ts", "../../selection.ts"],
    ["src/core/plan/g.ts", "../values/wire.ts"],
    ["src/validators/postgres/parity/h.ts", "../../../core/plan/plan.ts"],
    ["src/targets/postgres/index.ts", "../../plan/planned.ts"],
  ];
  expect(refused([...wrong, ...right])).toEqual(wrong);
});

it("every folder of src has a layer", () => {
  const known = new Set(layers.map(({ name }) => name.split("/")[0]));
  const folders = readdirSync(join(repository, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
});
