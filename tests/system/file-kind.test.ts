import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { fileKind } from "../../src/system/file-kind.ts";

const text = (content: string): Buffer => Buffer.from(content);
const latin1 = (content: string): Buffer => Buffer.from(content, "latin1");
const tar = (first: string): Buffer => {
  const bytes = Buffer.alloc(1024);
  bytes.write(first, 0);
  bytes.write("ustar", 257);
  return bytes;
};

describe("a file is told", () => {
  it.each<[string, Buffer, string, string]>([
    ["x.json", latin1("SQLite format 3\0..."), "a SQLite database", "ends in .db"],
    ["app.db-wal", latin1("\x37\x7f\x06\x82\0\0"), "the write-ahead log of a SQLite database", "without -wal"],
    ["a.db", latin1("** This file contains an SQLite 2.1 database **\0"), "a database of SQLite 2", "| sqlite3 app.db"],
    ["a.dump", latin1("PGDMP\x01\x0e\0"), "a PostgreSQL dump (pg_dump's custom format)", "pg_restore -d app a.dump"],
    [
      "my dump",
      latin1("PGDMP\x01\x0e\0"),
      "a PostgreSQL dump (pg_dump's custom format)",
      "pg_restore -d app 'my dump'",
    ],
    ["a.tar", tar("toc.dat"), "a PostgreSQL dump (pg_dump's tar format)", "pg_restore -d app a.tar"],
    ["a.tar", tar("app.db"), "a tar archive", "tar -xf a.tar"],
    ["a.sql", text("--\n-- PostgreSQL database dump\n--\n"), "a PostgreSQL dump in SQL", "psql -d app -f a.sql"],
    ["a.sql", text("\n--\n-- PostgreSQL database cluster dump\n"), "a PostgreSQL dump in SQL", "that server's URL"],
    ["a.sql", text("-- MySQL dump 10.13  Distrib 8.0\n"), "a dump of MySQL", "pgloader"],
    ["a.sql", text("/*!999999\\- sandbox */\n-- MariaDB dump 10.19\n"), "a dump of MySQL", "pgloader"],
    [
      "a.txt",
      text("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n"),
      "a dump of SQLite in SQL",
      "sqlite3 app.db < a.txt",
    ],
    ["a.sql", text("DROP TABLE x;"), "a file of SQL statements", "sqlite3 app.db < a.sql"],
    ["a.db.gz", gzipSync("SQLite format 3\0"), "packed by gzip", "gunzip -k a.db.gz"],
    ["a.xz", latin1("\xfd7zXZ\0..."), "packed by xz", "unxz -k a.xz"],
    ["a.zst", latin1("\x28\xb5\x2f\xfd..."), "packed by zstd", "unzstd a.zst"],
    ["a.xlsx", latin1("PK\x03\x04....[Content_Types].xml"), "an Excel workbook", ".import --csv"],
    ["a", latin1("PK\x03\x04....xl/workbook.xml"), "an Excel workbook", ".import --csv"],
    ["a.zip", latin1("PK\x03\x04....app.db"), "a zip archive", "unzip a.zip"],
    [
      "a.xls",
      latin1("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1.."),
      "an old Office file, such as Excel's .xls",
      ".import --csv",
    ],
    ["a.mdb", latin1("\0\x01\0\0Standard Jet DB\0"), "a database of Microsoft Access", "mdbtools"],
    ["a.db", latin1("\0\0\0\0\0\0\0\0DUCK@"), "a DuckDB database", "NDJSON"],
    ["people.csv", text("id,name\n1,Ann\n"), "a CSV file", "sqlite3 app.db '.import --csv people.csv rows'"],
    ["people.tsv", text("id\tname\n1\tAnn\n"), "a CSV file", "sqlite3 -tabs app.db '.import people.tsv rows'"],
    ["people", text('id;name\r\n1;"A;b"\r\n'), "a text file that looks like CSV", ".import"],
    ["empty.csv", text("\n"), "a CSV file", ".import"],
    ["a.db", text('\ufeff  [{"id":1}]'), "JSON", "ends in .json"],
    ["a.yaml", text("name: app\n"), "a YAML file", "rowhaul run a.yaml"],
    ["a.db", text("some words, and more\nhere\n"), "a text file", "Check the path"],
    ["a.db", Buffer.concat([Buffer.alloc(4094, "é"), latin1("\xe2\x82")]), "a text file", "Check the path"],
    ["a.db", Buffer.from("\ufefftext", "utf16le"), "a text file in UTF-16", "iconv"],
  ])("%s %#", (path, head, is, todo) => {
    const kind = fileKind(`/some/where/${path}`, head);
    expect([kind?.is, kind?.todo]).toEqual([is, expect.stringContaining(todo)]);
  });

  it("as nothing that is known, when it may as well be encrypted", () => {
    const bytes = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 167 + 1) % 251));
    expect(fileKind("/a.db", bytes)).toBeNull();
    expect(fileKind("/a.db", Buffer.alloc(4096))).toBeNull();
  });
});
