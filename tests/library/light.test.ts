/** Importing the library loads little: code of the phases, drivers of databases and the like only come with the first call. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const repository = new URL("../..", import.meta.url);
const entry = new URL("dist/index.js", repository).href;

/** What a program loads: files of dist, relative to it, and the names of packages. */
function loadedBy(program: string): { readonly own: string[]; readonly packages: string[] } {
  const folder = mkdtempSync(join(tmpdir(), "rowhaul-light-"));
  try {
    const log = join(folder, "loaded.txt");
    writeFileSync(log, "");
    writeFileSync(
      join(folder, "hooks.mjs"),
      `import { appendFileSync } from "node:fs";
       export const load = (url, context, next) => {
         appendFileSync(${JSON.stringify(log)}, url + "\\n");
         return next(url, context);
       };`,
    );
    writeFileSync(
      join(folder, "program.mjs"),
      `import { register } from "node:module";
       register("./hooks.mjs", import.meta.url);
       const library = await import(${JSON.stringify(entry)});
       ${program}`,
    );
    const { status, stderr } = spawnSync(process.execPath, [join(folder, "program.mjs")], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const urls = readFileSync(log, "utf8").split("\n");
    const dist = new URL("dist/", repository).href;
    const own = urls.filter((url) => url.startsWith(dist)).map((url) => url.slice(dist.length));
    const packages = urls.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.slice(1) ?? []);
    return { own, packages: [...new Set(packages)].toSorted() };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const heavy =
  /^(phases\/run|targets|validators|embedded|snapshot|sources|compare|exports|backups|sqlite|postgres\/transaction)\b/;

it("loads neither a database's driver nor any phase", () => {
  const { own, packages } = loadedBy("");
  expect(own).toContain("index.js");
  expect(own.filter((name) => heavy.test(name))).toEqual([]);
  expect(packages).toEqual(["yaml", "zod"]);
});

it("loads the phases with the first call", () => {
  const missing = fileURLToPath(new URL("nowhere.yaml", repository));
  const { own } = loadedBy(`await library.plan(${JSON.stringify(missing)}).catch(() => {});`);
  expect(own).toContain("phases/run/run.js");
});

it("exports every command, and what else the page names", async () => {
  const library = await import(entry);
  expect(Object.keys(library).toSorted()).toEqual(
    [
      ["RowhaulError", "copySettings", "draftPipeline", "onlyTables", "readPipeline"],
      ["check", "clean", "compare", "copy", "cutover", "down", "exportData", "importData", "init", "load", "plan"],
      ["query", "rehearse", "report", "rollback", "run", "status", "up", "validate"],
    ]
      .flat()
      .toSorted(),
  );
});
