/**
 * The benchmark's database: one table of many small rows and one of long texts,
 * the same bytes for the same number of rows. It is kept between runs, since
 * building it takes as long as moving it.
 *
 * No column has `default current_timestamp`: pgloader cannot carry that, and
 * then gives up on the whole schema.
 */
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { randomStream } from "../fixture/knowledge/prng.mjs";

/** Where datasets stay. */
export const cache = join(tmpdir(), "rowhaul-bench");

/** To be raised with every change to what is written, so that a stale file is not taken for it. */
const edition = 1;

/** `rows`: of events; kb_entries has a tenth of them. */
export function dataset(rows) {
  const entries = Math.floor(rows / 10);
  const path = cached(`dataset-${edition}-${rows}.db`, (draft) => build(draft, rows, entries));
  return { path, tables: { events: rows, kb_entries: entries }, indexes: 5, bytes: statSync(path).size };
}

/** Column names and values of events, for other files with the same rows. */
export const eventColumns = ["id", "user_id", "created_at", "amount", "qty", "active", "status", "note"];

export function* eventRows(rows) {
  const random = randomStream("bench events");
  for (let id = 1; id <= rows; id++) yield eventRow(random, id);
}

/** A file of the cache, made under another name if it is not there yet. */
export function cached(name, make) {
  const path = join(cache, name);
  if (existsSync(path)) return path;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.building-${process.pid}`;
  const started = performance.now();
  try {
    make(draft);
    renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.error(`built ${path} in ${seconds} s`);
  return path;
}

/** Makes a SQLite file, without a journal: a draft that fails is thrown away. */
export function buildDatabase(path, fill) {
  const db = new Database(path);
  try {
    db.pragma("journal_mode = off");
    db.pragma("synchronous = off");
    fill(db);
    db.pragma("journal_mode = delete");
  } finally {
    db.close();
  }
}

function build(path, rows, entries) {
  buildDatabase(path, (db) => {
    db.exec(schema);
    db.transaction(addEvents)(db, rows);
    db.transaction(addEntries)(db, entries);
    db.exec(indexes);
  });
}

export const eventsTable = `
CREATE TABLE events (
  id INTEGER PRIMARY KEY, user_id INTEGER, created_at DATETIME, amount REAL,
  qty INTEGER, active BOOLEAN, status TEXT, note TEXT);`;

const schema = `${eventsTable}
CREATE TABLE kb_entries (
  id TEXT PRIMARY KEY, title TEXT, problem TEXT, solution TEXT, category TEXT,
  severity TEXT, tags TEXT, created_at DATETIME, usage_count INTEGER, metadata JSON);`;

const indexes = `
CREATE INDEX events_user_id ON events(user_id);
CREATE INDEX events_created_at ON events(created_at);
CREATE INDEX kb_entries_category ON kb_entries(category);`;

export function addEvents(db, rows) {
  const insert = db.prepare("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  for (const row of eventRows(rows)) insert.run(row);
}

function eventRow(random, id) {
  return [
    id,
    random.int(1, 100_000),
    moment(random),
    random.chance(0.1) ? null : random.int(1, 1_000_000) / 100,
    random.int(0, 500),
    random.int(0, 1),
    random.pick(statuses),
    random.chance(0.5) ? null : sentence(random, 6),
  ];
}

function addEntries(db, rows) {
  const random = randomStream("bench entries");
  const insert = db.prepare("INSERT INTO kb_entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (let i = 0; i < rows; i++) {
    const category = random.pick(categories);
    insert.run(
      random.uuid(),
      sentence(random, 8),
      `${sentence(random, 20)}\n\t${sentence(random, 10)} \\ ${sentence(random, 10)}`,
      sentence(random, 60),
      category,
      random.pick(severities),
      `${category.toLowerCase()},${random.pick(words)},${random.pick(words)}`,
      moment(random),
      random.skewed(10_000),
      JSON.stringify({ source: random.pick(words), score: random.int(0, 1000) / 1000, reviewed: random.chance(0.5) }),
    );
  }
}

function sentence(random, count) {
  let text = random.pick(words);
  for (let i = 1; i < count; i++) text += ` ${random.pick(words)}`;
  return text;
}

/** A second of the years 2020 to 2024, as SQLite's datetime() writes it. */
function moment(random) {
  return new Date(random.int(1_577_836_800, 1_735_603_200) * 1000).toISOString().slice(0, 19).replace("T", " ");
}

const statuses = ["new", "open", "closed", "archived"];
const categories = ["VSAM", "JCL", "DB2", "CICS", "COBOL", "IMS", "Batch", "Other"];
const severities = ["low", "medium", "high", "critical"];
const words =
  "abend access account address allocate array backup batch block buffer cache catalog channel check client cluster column commit compile compress control copy cursor damage dataset deadlock default delay device dump duplicate empty error expire extent fault field file format handle header index input invalid job journal kernel key label length library limit link load lock log macro member memory message missing module naïve network offset open output overflow page parameter partition permission pointer pool print process program protect queue quota read record recover region release reload repair reset restart résumé retry return rollback schedule search section segment sequence server session shared signal sort space spool stack storage stream suffix switch symbol syntax table tape task temporary thread timeout trace transaction truncate unload update user utility validate value volume wait warning write zone".split(
    " ",
  );
