/**
 * Recognises files of another kind than expected, by their first bytes, or by name where those do not tell.
 * Messages then say what the file is and how its rows can be moved, instead of only what it is not.
 */

import { basename } from "node:path";
import { shellWord } from "../core/messages/shell-word.ts";

export type FileKind = {
  readonly name: KindName;
  /** Completes "… is …". */
  readonly is: string;
  /** How its rows are moved. */
  readonly todo: string;
};

type KindName =
  | "sqlite"
  | "wal"
  | "dump"
  | "packed"
  | "archive"
  | "spreadsheet"
  | "other database"
  | "json"
  | "sql"
  | "csv"
  | "pipeline"
  | "text";

/** Bytes that are enough to tell. */
export const headBytes = 4096;

/** `head`: the file's first {@link headBytes}. Null for bytes that say nothing, as those of an encrypted file. */
export function fileKind(path: string, head: Buffer): FileKind | null {
  const file = shellWord(basename(path));
  return byMagic(file, head) ?? byText(path, file, head);
}

function byMagic(file: string, head: Buffer): FileKind | null {
  const at = (offset: number, text: string): boolean =>
    head.toString("latin1", offset, offset + text.length) === text && head.length >= offset + text.length;
  if (at(0, "SQLite format 3\0"))
    return {
      name: "sqlite",
      is: "a SQLite database",
      todo: "Give it a name that says so, such as one that ends in .db.",
    };
  if (at(0, "\x37\x7f\x06\x82") || at(0, "\x37\x7f\x06\x83"))
    return {
      name: "wal",
      is: "the write-ahead log of a SQLite database",
      todo: "Give the database itself: the file of the same name without -wal, with the log beside it.",
    };
  if (at(0, "** This file contains an SQLite 2"))
    return {
      name: "other database",
      is: "a database of SQLite 2",
      todo: `Turn it into SQLite 3: sqlite ${file} .dump | sqlite3 app.db`,
    };
  if (at(0, "PGDMP"))
    return {
      name: "dump",
      is: "a PostgreSQL dump (pg_dump's custom format)",
      todo: `Restore it (createdb app && pg_restore -d app ${file}), and give that server's URL.`,
    };
  if (at(257, "ustar"))
    return at(0, "toc.dat")
      ? {
          name: "dump",
          is: "a PostgreSQL dump (pg_dump's tar format)",
          todo: `Restore it (createdb app && pg_restore -d app ${file}), and give that server's URL.`,
        }
      : { name: "archive", is: "a tar archive", todo: `Unpack it first: tar -xf ${file}` };
  if (at(0, "PK\x03\x04")) return zip(file, head);
  for (const [magic, name, command] of packers)
    if (at(0, magic))
      return {
        name: "packed",
        is: `packed by ${name}`,
        todo: `Unpack it first: ${command} ${file}${name === "gzip" ? " (only JSON files are read packed, by a name such as rows.json.gz)" : ""}`,
      };
  if (at(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) return spreadsheet("an old Office file, such as Excel's .xls");
  if (at(4, "Standard Jet DB") || at(4, "Standard ACE DB"))
    return {
      name: "other database",
      is: "a database of Microsoft Access",
      todo: "Write its tables into a SQLite file, by mdbtools for instance (mdb-schema, mdb-export), and give that.",
    };
  if (at(8, "DUCK"))
    return {
      name: "other database",
      is: "a DuckDB database",
      todo: "Write its tables as NDJSON (COPY t TO 't.ndjson') or into a SQLite file, and give that.",
    };
  if (at(0, "PAR1"))
    return {
      name: "other database",
      is: "a Parquet file",
      todo: "Write its rows as NDJSON, by DuckDB for instance (COPY (FROM 'x.parquet') TO 'x.ndjson'), and give that.",
    };
  return null;
}

const packers = [
  ["\x1f\x8b", "gzip", "gunzip -k"],
  ["BZh", "bzip2", "bunzip2 -k"],
  ["\xfd7zXZ\0", "xz", "unxz -k"],
  ["\x28\xb5\x2f\xfd", "zstd", "unzstd"],
  ["7z\xbc\xaf\x27\x1c", "7-Zip", "7z x"],
] as const;

function zip(file: string, head: Buffer): FileKind {
  const names = head.toString("latin1");
  if (/\.xls[xm]'?$/i.test(file) || names.includes("xl/")) return spreadsheet("an Excel workbook");
  if (names.includes("opendocument.spreadsheet")) return spreadsheet("an OpenDocument spreadsheet");
  return { name: "archive", is: "a zip archive", todo: `Unpack it first: unzip ${file}` };
}

function spreadsheet(is: string): FileKind {
  return {
    name: "spreadsheet",
    is,
    todo: "Save each sheet as CSV, and load it into a SQLite file: sqlite3 app.db '.import --csv sheet.csv sheet'",
  };
}

function byText(path: string, file: string, head: Buffer): FileKind | null {
  if (head[0] === 0xff && head[1] === 0xfe) return utf16;
  if (head[0] === 0xfe && head[1] === 0xff) return utf16;
  const text = textOf(head);
  if (text === null) return null;
  if (/^\s*[[{]/.test(text))
    return { name: "json", is: "JSON", todo: "Give it a name that ends in .json, or .ndjson for one object a line." };
  if (/^(?:--[^\n]*\n|\s)*-- PostgreSQL database (?:cluster )?dump/m.test(text))
    return {
      name: "dump",
      is: "a PostgreSQL dump in SQL",
      todo: `Run it (createdb app && psql -d app -f ${file}), and give that server's URL.`,
    };
  if (/^(?:\/\*[^\n]*\n)?-- (?:MySQL|MariaDB) dump/.test(text))
    return {
      name: "dump",
      is: "a dump of MySQL",
      todo: "rowhaul reads no MySQL; pgloader moves a MySQL server to PostgreSQL.",
    };
  if (/^PRAGMA foreign_keys=OFF;\s*BEGIN TRANSACTION;/.test(text))
    return {
      name: "dump",
      is: "a dump of SQLite in SQL",
      todo: `Make the database of it: sqlite3 app.db < ${file}`,
    };
  if (/\.sql$/i.test(path) || /^\s*(?:CREATE TABLE|INSERT INTO)\s/i.test(text))
    return {
      name: "sql",
      is: "a file of SQL statements",
      todo: `Run it in a database, and give that: sqlite3 app.db < ${file}, or psql -d app -f ${file}`,
    };
  const named = /\.(csv|tsv|tab)$/i.test(path);
  if (named || looksLikeCsv(text))
    return {
      name: "csv",
      is: named ? "a CSV file" : "a text file that looks like CSV",
      todo: `Load it into a SQLite file, and give that: ${importCommand(file, text)}`,
    };
  if (/\.ya?ml$/i.test(path))
    return { name: "pipeline", is: "a YAML file", todo: `For a pipeline file: rowhaul run ${file}` };
  return { name: "text", is: "a text file", todo: "Check the path; sources are SQLite, JSON, exports and PostgreSQL." };
}

const utf16: FileKind = {
  name: "text",
  is: "a text file in UTF-16",
  todo: "Check the path; a JSON file is read in UTF-8: iconv -f UTF-16 -t UTF-8",
};

/** Null for anything but text in UTF-8; the last character may be cut off. */
function textOf(head: Buffer): string | null {
  if (head.some((byte) => byte === 0 || (byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13)))
    return null;
  const text = new TextDecoder("utf-8").decode(head);
  return text.slice(0, -3).includes("\ufffd") ? null : text;
}

/** The same separator, as often, in the first lines. */
function looksLikeCsv(text: string): boolean {
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  const [first = "", second] = lines;
  if (second === undefined || first.includes("{")) return false;
  return [",", ";", "\t"].some((mark) => {
    const times = (line: string): number => line.replace(/"[^"]*"/g, "").split(mark).length;
    return times(first) > 1 && times(first) === times(second);
  });
}

function importCommand(file: string, text: string): string {
  const name = file.startsWith("'") ? "rows.csv" : file;
  const [first = ""] = text.split("\n");
  return first.includes("\t") && !first.includes(",")
    ? `sqlite3 -tabs app.db '.import ${name} rows'`
    : `sqlite3 app.db '.import --csv ${name} rows'`;
}
