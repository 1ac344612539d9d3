/**
 * What is done while something goes wrong. Each scenario says which stores it joins, how rows go in, which command is
 * hit, and which rows stand there before and after. Rows are the made ones (data.mjs), never read from rowhaul.
 */
import { digestOf } from "./read.mjs";
import { combined, makeRows, tables } from "./rows.mjs";

const names = Object.keys(tables);
const coming = makeRows("new");
/** What the application has in its tables already: some of the same keys, some of its own. */
const sameKeys = makeRows("old", { authors: 30, books: 80 });
const otherKeys = makeRows("old", { from: 1_000_000, authors: 30, books: 80 });
const there = {
  append: otherKeys,
  merge: sameKeys,
  skip: sameKeys,
  replace: sameKeys,
  "keep-aside": sameKeys,
};

/**
 * `verb`: the command that is hit; `before`: commands that led there; `source`, `target`: which stores; `mode`: how rows
 * go in among the application's; `pipeline`: by a file with a cutover, else by a command that says the same.
 */
export function scenario(name, { verb, before = [], source, target, mode = null, pipeline = false, search = false }) {
  const listed = search ? [...names, "notes"] : names;
  const empty = Object.fromEntries(listed.map((one) => [one, null]));
  const startsWith = mode === null ? empty : digestOf(pick(there[mode], names));
  const moved = digestOf(pick(mode === null ? coming : combined(mode, there[mode], coming), listed));
  const sides = { old: startsWith, new: moved };
  const undoes = verb === "rollback";
  return {
    name,
    verb,
    before,
    source,
    target,
    mode,
    pipeline,
    search,
    tables: listed,
    startRows: mode === null ? null : there[mode],
    sourceRows: coming,
    sourceDigest: digestOf(pick(coming, listed)),
    /** Which state the command begins in, and which it is to reach. */
    from: undoes ? sides.new : verb === "clean" ? sides.new : sides.old,
    to: undoes ? sides.old : sides.new,
    usesServer: source === "server" || target === "server",
  };
}

function pick(rows, listed) {
  return Object.fromEntries(listed.map((name) => [name, rows[name]]));
}

export const run = { verb: "run", source: "sqlite", target: "server", pipeline: true };
export const toFile = { verb: "run", source: "server", target: "file", pipeline: true };

export const scenarios = [
  scenario("run", run),
  scenario("run, full text", { ...run, search: true }),
  scenario("run, keep-aside", { ...run, mode: "keep-aside" }),
  scenario("run, append", { ...run, mode: "append" }),
  scenario("run, merge", { ...run, mode: "merge" }),
  scenario("run, skip", { ...run, mode: "skip" }),
  scenario("run, replace", { ...run, mode: "replace" }),
  scenario("rollback", { ...run, verb: "rollback", before: ["run"] }),
  scenario("rollback, keep-aside", { ...run, verb: "rollback", before: ["run"], mode: "keep-aside" }),
  scenario("rollback, merge", { ...run, verb: "rollback", before: ["run"], mode: "merge" }),
  scenario("rollback, replace", { ...run, verb: "rollback", before: ["run"], mode: "replace" }),
  scenario("clean", { ...run, verb: "clean", before: ["run"], mode: "keep-aside" }),
  scenario("import", { verb: "import", source: "export", target: "server" }),
  scenario("import, merge", { verb: "import", source: "export", target: "server", mode: "merge" }),
  scenario("import to SQLite", { verb: "import", source: "export", target: "file" }),
  scenario("import to SQLite, replace", { verb: "import", source: "export", target: "file", mode: "replace" }),
  scenario("to SQLite", toFile),
  scenario("to SQLite, append", { ...toFile, mode: "append" }),
  scenario("to SQLite, merge", { ...toFile, mode: "merge" }),
  scenario("to SQLite, keep-aside", { ...toFile, mode: "keep-aside" }),
  scenario("rollback of SQLite", { ...toFile, verb: "rollback", before: ["run"], mode: "merge" }),
  scenario("export of SQLite", { verb: "export", source: "sqlite", target: "folder", search: true }),
  scenario("export of PostgreSQL", { verb: "export", source: "server", target: "folder" }),
  scenario("export over another", { verb: "export", source: "sqlite", target: "folder", mode: "replace" }),
];
