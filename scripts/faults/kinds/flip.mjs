/**
 * One bit that is another: in what a run keeps (its snapshot, its files), in the source, in an export. It must be
 * noticed, or make no difference; what arrives with exit status 0 is exact.
 */
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import Database from "better-sqlite3";
import { filesUnder } from "../place.mjs";
import { readSqlite } from "../read.mjs";
import { run, scenario, scenarios, toFile } from "../scenarios.mjs";

const stopped = (name, what) => ({ ...scenario(name, what), flips: ".rowhaul" });
const named = (name) => scenarios.find((one) => one.name === name);

/** Each with where the bit is. */
const flipped = [
  stopped("run, loaded", { ...run, before: ["load"] }),
  stopped("run, validated", { ...run, before: ["load", "validate"] }),
  stopped("merge, loaded", { ...run, before: ["load"], mode: "merge" }),
  stopped("keep-aside, loaded", { ...run, before: ["load"], mode: "keep-aside" }),
  stopped("to SQLite, loaded", { ...toFile, before: ["load"], mode: "merge" }),
  stopped("run, planned", { ...run, before: ["plan"] }),
  { ...named("rollback"), flips: ".rowhaul" },
  { ...named("rollback, merge"), flips: ".rowhaul" },
  { ...named("rollback of SQLite"), flips: ".rowhaul" },
  { ...named("clean"), flips: ".rowhaul" },
  { ...named("run"), flips: "app.db" },
  { ...named("run, full text"), flips: "app.db" },
  { ...named("run, replace"), flips: "app.db" },
  { ...named("export of SQLite"), flips: "app.db" },
  { ...named("import"), flips: "export" },
  { ...named("import, merge"), flips: "export" },
  { ...named("import to SQLite"), flips: "export" },
  { ...named("import to SQLite, replace"), flips: "export" },
].map((one) => ({ ...one, name: `${one.name} (${one.flips})` }));

export const flip = {
  name: "flip",
  title: "a bit flipped: run folder, source, export",
  count: 200,
  scenarios: flipped,
  noPause: true,
  async prepare({ place, scenario: one, random, evidence }) {
    await place.reset(one);
    const files = filesOf(place, one);
    const path = random.pick(files.filter((file) => statSync(file).size > 0 && !file.endsWith(".gitignore")));
    const { size, atime, mtime } = statSync(path);
    const at = random.below(size);
    const bit = random.below(8);
    const before = readFileSync(path);
    const after = Buffer.from(before);
    after[at] ^= 1 << bit;
    writeFileSync(path, after);
    utimesSync(path, atime, mtime);
    const near = `${JSON.stringify(before.subarray(Math.max(0, at - 20), at + 20).toString("latin1"))} → ${JSON.stringify(String.fromCharCode(after[at]))}`;
    const source = one.flips === "app.db" ? flippedSource(path, one) : null;
    evidence.say(`flipped bit ${bit} of byte ${at} of ${path}: ${near}`);
    return {
      name: `bit ${bit} of byte ${at} of ${one.flips}'s ${basename(path)}`,
      hit: null,
      flipsSource: one.flips !== ".rowhaul",
      strike: async () => true,
      expected: () => (source === null ? one : source.expected),
      /** Where the message says so, --fresh is tried on what is damaged; else the file is put back from a copy. */
      async beforeRerun(_, result) {
        const anew = one.verb !== "rollback" && one.verb !== "clean" && result.stderr.includes("--fresh");
        if (result.exit === 0 || (source === null && anew)) return;
        if (source !== null) source.expected = one;
        writeFileSync(path, before);
        // a source put back is another file to whoever looks at its time, as one from a backup is
        if (source === null) utimesSync(path, atime, mtime);
      },
    };
  },
};

function filesOf(place, { flips, target }) {
  if (flips === "app.db") return [place.path("app.db")];
  const files = filesUnder(place.path(flips)).sort();
  // a SQLite target's state, and the file that is being made, stand beside it
  const beside = flips === ".rowhaul" && target === "file" ? readdirSync(place.folder) : [];
  return [...files, ...beside.filter((name) => name.startsWith("target.db.")).map((name) => place.path(name))];
}

/**
 * What arrives is what the file's tables now hold, though an index may disagree; where it cannot be read any more, it
 * must be refused.
 */
function flippedSource(path, one) {
  const source = { expected: one };
  try {
    const db = new Database(path, { readonly: true });
    const lines = db.pragma("integrity_check").map(({ integrity_check: line }) => line);
    db.close();
    const sound = lines.every((line) => line === "ok" || /\bindex\b|^(NULL|CHECK|NUMERIC|TEXT)\b/.test(line));
    if (sound) source.expected = { ...one, to: readSqlite(path, one.tables) };
  } catch {
    // refused, then
  }
  return source;
}
