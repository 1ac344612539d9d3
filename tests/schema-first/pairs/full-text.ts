/** Full-text tables of the source beside, or in, tables that the application made with a search of its own. */
import type { Pair } from "../pair.ts";

const docs = "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'one dog'), (2, 'two cats');";
const keyed = "CREATE TABLE t (code TEXT PRIMARY KEY, v TEXT); INSERT INTO t VALUES ('a', 'one dog'), ('b', 'two cats');";
const index = (key: string): string =>
  `CREATE VIRTUAL TABLE t_fts USING fts5(v, content=t${key}); INSERT INTO t_fts(t_fts) VALUES ('rebuild');`;

export const fullText: readonly Pair[] = [
  // left out by the pipeline
  {
    name: "an index that is excluded leaves no column behind on the table that has its texts",
    existing: "append",
    source: `${docs} ${index(", content_rowid=id")}`,
    live: "CREATE TABLE t (id int PRIMARY KEY, v text)",
    pipeline: "exclude: [t_fts]",
    rows: { t: ["1|one dog", "2|two cats"] },
    back: true,
  },
  {
    name: "an index by hidden rowid that is excluded leaves no column behind on the table that has its texts",
    existing: "append",
    source: `${keyed} ${index("")}`,
    live: "CREATE TABLE t (code text PRIMARY KEY, v text)",
    pipeline: "exclude: [t_fts]",
    rows: { t: ["a|one dog", "b|two cats"] },
    back: true,
  },
  {
    name: "an index goes with the table that is excluded, and leaves nothing behind",
    existing: "append",
    source: `${keyed} ${index("")} CREATE TABLE u (id INTEGER PRIMARY KEY); INSERT INTO u VALUES (1)`,
    live: "CREATE TABLE t (code text PRIMARY KEY, v text); CREATE TABLE u (id int PRIMARY KEY)",
    pipeline: "exclude: [t]",
    rows: { t: [], u: ["1"] },
    back: true,
  },
];
