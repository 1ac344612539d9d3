/**
 * Where rows that may differ are matched: a private temporary database on disk,
 * so that memory stays flat even when every row differs. Rows are matched as
 * multisets (a doubled row stays a difference), first by key and digest, then
 * by key alone; what is left on either side has no partner.
 */
import Database from "better-sqlite3";

/** A row to match. Its place says where it lies: see locator.ts for the source, scope.ts for the target. */
export type Candidate = { group: number; key: bigint | Buffer; digest: Buffer; place: string };

export type Pair = { readonly id: number; readonly ours: string; readonly theirs: string };
export type Single = { readonly id: number; readonly place: string; readonly digest: Buffer };

export type Generated = {
  readonly key: string;
  readonly col: string;
  readonly before: string;
  readonly after: string | null;
};

export type Scratch = ReturnType<typeof openScratch>;

const tables = `
CREATE TABLE ours(grp INTEGER, key, digest BLOB, place TEXT);
CREATE TABLE theirs(grp INTEGER, key, digest BLOB, place TEXT);
CREATE INDEX ours_by_row ON ours(grp, key, digest);
CREATE INDEX theirs_by_row ON theirs(grp, key, digest);
CREATE TABLE our_rest(grp, key, place TEXT, digest BLOB, nth INTEGER);
CREATE TABLE their_rest(grp, key, place TEXT, digest BLOB, nth INTEGER);
CREATE INDEX their_rest_by_key ON their_rest(grp, key, nth);
CREATE INDEX our_rest_by_key ON our_rest(grp, key, nth);
CREATE TABLE pairs(id INTEGER PRIMARY KEY, ours TEXT, theirs TEXT);
CREATE TABLE missing(id INTEGER PRIMARY KEY, place TEXT, digest BLOB);
CREATE TABLE extra(id INTEGER PRIMARY KEY, place TEXT, digest BLOB);
CREATE INDEX extra_by_digest ON extra(digest);
CREATE TABLE ledger(id INTEGER PRIMARY KEY, key TEXT, col TEXT, before TEXT, after TEXT, rule TEXT, used INTEGER DEFAULT 0);
CREATE INDEX ledger_by_cell ON ledger(key, col);
CREATE TABLE quarantine(id INTEGER PRIMARY KEY, key TEXT, rule TEXT, used INTEGER DEFAULT 0);
CREATE INDEX quarantine_by_key ON quarantine(key);
CREATE TABLE generated(id INTEGER PRIMARY KEY, key TEXT, col TEXT, before TEXT, after TEXT);`;

const matched = [
  rest("our_rest", "ours", "theirs"),
  rest("their_rest", "theirs", "ours"),
  `INSERT INTO pairs(ours, theirs)
    SELECT o.place, t.place FROM our_rest o JOIN their_rest t ON o.grp = t.grp AND o.key = t.key AND o.nth = t.nth
    WHERE o.grp BETWEEN :first AND :last`,
  unpaired("missing", "our_rest", "their_rest"),
  unpaired("extra", "their_rest", "our_rest"),
  ...["ours", "theirs", "our_rest", "their_rest"].map((t) => `DELETE FROM ${t} WHERE grp BETWEEN :first AND :last`),
];

/** Rows of one side beyond as many equal ones as the other side has. */
function rest(into: string, mine: string, others: string): string {
  return `INSERT INTO ${into}
    SELECT m.grp, m.key, m.place, m.digest, row_number() OVER (PARTITION BY m.grp, m.key)
    FROM (SELECT *, row_number() OVER (PARTITION BY grp, key, digest) AS copy FROM ${mine} WHERE grp BETWEEN :first AND :last) m
    LEFT JOIN (SELECT grp, key, digest, count(*) AS copies FROM ${others} WHERE grp BETWEEN :first AND :last GROUP BY 1, 2, 3) o
      ON o.grp = m.grp AND o.key = m.key AND o.digest = m.digest
    WHERE m.copy > coalesce(o.copies, 0)`;
}

function unpaired(into: string, mine: string, others: string): string {
  return `INSERT INTO ${into}(place, digest)
    SELECT place, digest FROM ${mine} m WHERE grp BETWEEN :first AND :last AND NOT EXISTS
      (SELECT 1 FROM ${others} o WHERE o.grp = m.grp AND o.key = m.key AND o.nth = m.nth)`;
}

/** Named here, so that the declaration of what {@link openScratch} returns can name it too. */
export type Connection = Database.Database;

export function openScratch() {
  const db = new Database("");
  db.pragma("journal_mode = OFF");
  db.pragma("synchronous = OFF");
  db.exec(tables);
  const addOurs = db.prepare("INSERT INTO ours VALUES (?, ?, ?, ?)");
  const addTheirs = db.prepare("INSERT INTO theirs VALUES (?, ?, ?, ?)");
  const addAll = <Row>(insert: Database.Statement, rows: Iterable<Row>, take: (row: Row) => Candidate): void =>
    inOne(db, () => {
      for (const row of rows) {
        const { group, key, digest, place } = take(row);
        insert.run(group, key, digest, place);
      }
    });
  const takePairs = db.prepare<[number], Pair>(taking("pairs"));
  const takeMissing = db.prepare<[number], Single>(taking("missing"));
  const takeExtra = db.prepare<[number], Single>(taking("extra"));
  const findExtra = db
    .prepare<[Buffer], string>(
      "DELETE FROM extra WHERE id = (SELECT min(id) FROM extra WHERE digest = ?) RETURNING place",
    )
    .pluck();
  const addPair = db.prepare("INSERT INTO pairs(ours, theirs) VALUES (?, ?)");
  const addGenerated = db.prepare("INSERT INTO generated(key, col, before, after) VALUES (?, ?, ?, ?)");
  const takeGenerated = db.prepare<[number], Generated & { id: number }>(taking("generated"));
  const settle = matched.map((sql) => db.prepare(sql));
  return {
    db: db as Connection,
    addOurs<Row>(rows: Iterable<Row>, take: (row: Row) => Candidate): void {
      addAll(addOurs, rows, take);
    },
    addTheirs<Row>(rows: Iterable<Row>, take: (row: Row) => Candidate): void {
      addAll(addTheirs, rows, take);
    },
    /** Matches the rows of these groups and empties them into pairs, missing and extra. */
    settle(first: number, last: number): void {
      inOne(db, () => {
        for (const statement of settle) statement.run({ first, last });
      });
    },
    takePairs: (limit: number): Pair[] => take(takePairs, limit),
    takeMissing: (limit: number): Single[] => take(takeMissing, limit),
    takeExtra: (limit: number): Single[] => take(takeExtra, limit),
    /** A cell of a column that the target generates, and generates otherwise. */
    addGenerated({ key, col, before, after }: Generated): void {
      addGenerated.run(key, col, before, after);
    },
    takeGenerated: (limit: number): Generated[] => take(takeGenerated, limit),
    forgetExtra(): void {
      db.exec("DELETE FROM extra");
    },
    addPair(missing: Single, theirs: string): void {
      addPair.run(missing.place, theirs);
    },
    /** Makes a pair of a missing row and an extra one with that digest, if there is one. */
    pairWithExtra(missing: Single, digest: Buffer): boolean {
      const place = findExtra.get(digest);
      if (place === undefined) return false;
      addPair.run(missing.place, place);
      return true;
    },
    close(): void {
      db.close();
    },
  };
}

/** RETURNING promises no order. */
function taking(table: string): string {
  return `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} ORDER BY id LIMIT ?) RETURNING *`;
}

function take<Row extends { id: number }>(statement: Database.Statement<[number], Row>, limit: number): Row[] {
  return statement.all(limit).sort((a, b) => a.id - b.id);
}

function inOne(db: Database.Database, work: () => void): void {
  db.transaction(work)();
}
