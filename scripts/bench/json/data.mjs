/**
 * The rows of events as two files that hold nothing else: a SQLite database
 * without further indexes, and NDJSON as an application would write it. Kept in
 * the cache like the dataset, with the same bytes for the same number of rows.
 */
import { closeSync, openSync, statSync, writeSync } from "node:fs";
import { addEvents, buildDatabase, cached, eventColumns, eventRows, eventsTable } from "../dataset.mjs";

/** To be raised with every change to what is written, as the dataset's. */
const edition = 1;

export function sqliteEvents(rows) {
  const path = cached(`events-${edition}-${rows}/events.db`, (draft) =>
    buildDatabase(draft, (db) => {
      db.exec(eventsTable);
      db.transaction(addEvents)(db, rows);
    }),
  );
  return described(path, rows);
}

export function jsonEvents(rows) {
  const path = cached(`events-${edition}-${rows}/events.ndjson`, (draft) =>
    writeLines(draft, (written) => written.rows < rows),
  );
  return described(path, rows);
}

/** About as many rows as fill `megabytes` (10^6 bytes). */
export function jsonOfSize(megabytes) {
  const path = cached(`events-${edition}-${megabytes}MB/events.ndjson`, (draft) =>
    writeLines(draft, (written) => written.bytes < megabytes * 1e6),
  );
  return described(path, null);
}

/** The key's index is the only one. `rows`: null when nobody counted them. */
function described(path, rows) {
  const arrived = rows === null ? { tables: {}, indexes: 0 } : { tables: { events: rows }, indexes: 1 };
  return { path, ...arrived, bytes: statSync(path).size };
}

/** A piece at a time: the file may be larger than memory. */
function writeLines(path, goesOn) {
  const fd = openSync(path, "w", 0o600);
  try {
    const written = { rows: 0, bytes: 0 };
    let piece = "";
    for (const row of eventRows(Number.POSITIVE_INFINITY)) {
      if (!goesOn(written)) break;
      piece += `${JSON.stringify(objectOf(row))}\n`;
      written.rows++;
      if (piece.length < pieceLength) continue;
      written.bytes += writeSync(fd, piece);
      piece = "";
    }
    writeSync(fd, piece);
  } finally {
    closeSync(fd);
  }
}

const pieceLength = 1 << 20;

/** SQLite has no booleans, JSON has. */
function objectOf(row) {
  const object = Object.fromEntries(eventColumns.map((name, i) => [name, row[i]]));
  return { ...object, active: row[eventColumns.indexOf("active")] === 1 };
}
