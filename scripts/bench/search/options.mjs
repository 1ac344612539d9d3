/** What the command line of the search benchmark means. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const known = ["single", "boolean", "phrase", "prefix", "near", "column", "punctuation", "unicode", "fuzz"];

export const usage = `npm run bench:search [-- FILE] [-- options]
  FILE             a SQLite database with FTS5 tables (bible-fts.sqlite of the shared data)
  --queries N      queries of each class for each table (1000)
  --classes LIST   of ${known.join(",")} (all)
  --timed N        of them, how many are timed (200)
  --postgres LIST  of 18,15 (each one that is there)
  --seed N         another seed, other queries (1)
  --json FILE      the figures as JSON, too
  --dist FOLDER    another build of rowhaul (dist)`;

/** Where Debian puts it; 18 is the embedded one. */
const postgres15 = "/usr/lib/postgresql/15/bin";

/** Throws an Error whose message is for the user. */
export function readOptions(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      queries: { type: "string", default: "1000" },
      classes: { type: "string" },
      timed: { type: "string", default: "200" },
      postgres: { type: "string" },
      seed: { type: "string", default: "1" },
      json: { type: "string" },
      dist: { type: "string", default: beside("../../../dist") },
      help: { type: "boolean", default: false },
    },
  });
  const path = resolve(positionals[0] ?? beside("../../../../shared/data/sqlite/bible-fts.sqlite"));
  if (positionals.length > 1) throw new Error("One file at a time.");
  if (!values.help && !existsSync(path)) throw new Error(`${path} is not there: name a database with FTS5 tables.`);
  return {
    path,
    queries: wholeNumber("--queries", values.queries),
    classes: classes(values.classes),
    timed: wholeNumber("--timed", values.timed),
    seed: wholeNumber("--seed", values.seed),
    servers: servers(values.postgres),
    json: values.json === undefined ? null : resolve(values.json),
    dist: resolve(values.dist),
    help: values.help,
  };
}

/** Null: all of them. */
function classes(list) {
  const wanted = list?.split(",").map((kind) => kind.trim()) ?? null;
  const stranger = wanted?.find((kind) => !known.includes(kind));
  if (stranger !== undefined) throw new Error(`--classes ${stranger}: known are ${known.join(", ")}.`);
  return wanted;
}

/** `bin`: of the programs; null for the embedded ones. */
function servers(list) {
  const has15 = existsSync(postgres15);
  const wanted = list?.split(",").map((version) => version.trim()) ?? (has15 ? ["18", "15"] : ["18"]);
  return wanted.map((version) => {
    if (version !== "18" && version !== "15") throw new Error(`--postgres ${version}: known are 18 and 15.`);
    if (version === "15" && !has15) throw new Error(`PostgreSQL 15 is not in ${postgres15}.`);
    return { version, bin: version === "15" ? postgres15 : null };
  });
}

function wholeNumber(name, text) {
  const number = Number(text.replaceAll("_", ""));
  if (Number.isInteger(number) && number >= 1) return number;
  throw new Error(`${name} ${text}: a whole number from 1 is wanted.`);
}

function beside(path) {
  return fileURLToPath(new URL(path, import.meta.url));
}
