import { copyFileSync, existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { type CopiedIndex, copyIndexes, type IndexToCopy } from "../../../src/search/copy/copy-indexes.ts";
import { build, decode, documents, expected, positions, scratchFolder, someText } from "./support.ts";

const folder = scratchFolder();
let files = 0;
const fresh = (): string => join(folder, `${files++}.db`);
const never = new AbortController().signal;

function index(name: string, ...columns: string[]): IndexToCopy {
  return {
    name,
    columns: columns.map((column) => ({ name: column.replace(/^-/, ""), indexed: !column.startsWith("-") })),
  };
}

async function copy(snapshot: string, ...indexes: IndexToCopy[]): Promise<{ scratch: string; copied: CopiedIndex[] }> {
  const scratch = fresh();
  return { scratch, copied: await copyIndexes({ snapshot, scratch, indexes, signal: never }) };
}

function expectSame(snapshot: string, scratch: string, one: IndexToCopy, i = 0): void {
  const wanted = expected(snapshot, one);
  for (const { id, vector, big } of documents(scratch, i))
    if (big === 0) expect(decode(vector), `document ${id}`).toEqual(wanted.get(id) ?? []);
}

describe("every token of the index", () => {
  it("arrives, of several columns and tokenizers, empty texts and UNINDEXED columns", async () => {
    const snapshot = build(fresh(), (db) => {
      db.exec(`CREATE VIRTUAL TABLE one USING fts5(a, note UNINDEXED, "odd '"" name", tokenize = 'porter');
        CREATE VIRTUAL TABLE "two'2" USING fts5(__proto__, b, c, d)`);
      const one = db.prepare("INSERT INTO one VALUES (?, 'note to skip', ?)");
      const two = db.prepare(`INSERT INTO "two'2" VALUES (?, ?, ?, ?)`);
      for (let i = 0; i < 60; i++) {
        one.run(someText(i, i % 40), i % 3 === 0 ? null : someText(i + 500, i % 7));
        two.run(someText(i, 3), i % 2 ? "" : someText(i, 5), someText(i, i % 4), "–");
      }
      db.exec(
        "INSERT INTO one VALUES ('', 'x', NULL); DELETE FROM one WHERE rowid % 5 = 0; UPDATE one SET a = 'changed' WHERE rowid = 7",
      );
    });
    const one = index("one", "a", "-note", `odd '" name`);
    const two = index("two'2", "__proto__", "b", "c", "d");
    const { scratch, copied } = await copy(snapshot, one, two);
    expectSame(snapshot, scratch, one);
    expectSame(snapshot, scratch, two, 1);
    const db = new Database(snapshot, { readonly: true });
    expect(documents(scratch).map(({ id }) => id)).toEqual(db.prepare("SELECT rowid FROM one").pluck().all());
    expect(documents(scratch).filter(({ id }) => id === 61)).toEqual([
      { id: 61, vector: Buffer.alloc(4), len: 0, big: 0 },
    ]);
    db.exec("CREATE VIRTUAL TABLE temp.v USING fts5vocab(main, one, row)");
    const tokens = Number(db.prepare("SELECT sum(cnt) FROM v").pluck().get());
    db.close();
    expect(copied).toMatchObject([{ name: "one", documents: 49, tokens, bigDocuments: 0 }, { documents: 60 }]);
    expect(documents(scratch).reduce((sum, { len }) => sum + len, 0)).toBe(tokens);
  });

  it("has labels for four columns and lexemes of its own for five", async () => {
    const snapshot = build(fresh(), (db) => {
      db.exec(`CREATE VIRTUAL TABLE four USING fts5(a, b, c, d); INSERT INTO four VALUES ('x y', 'x', '', 'x');
        CREATE VIRTUAL TABLE five USING fts5(a, u UNINDEXED, b, c, d, e); INSERT INTO five VALUES ('x', 'x', '', 'x y x', '', 'z')`);
    });
    const five = index("five", "a", "-u", "b", "c", "d", "e");
    const { scratch } = await copy(snapshot, index("four", "a", "b", "c", "d"), five);
    expect(decode(documents(scratch)[0]?.vector ?? null)).toEqual([
      { lexeme: "\x02^", positions: ["1A", "131B", "260"] },
      { lexeme: "x", positions: ["2A", "132B", "261"] },
      { lexeme: "y", positions: ["3A"] },
    ]);
    expect(decode(documents(scratch, 1)[0]?.vector ?? null)).toEqual([
      { lexeme: "\x020\x02\x02^", positions: ["1"] },
      { lexeme: "\x020\x02x", positions: ["2"] },
      { lexeme: "\x022\x02\x02^", positions: ["130"] },
      { lexeme: "\x022\x02x", positions: ["131", "133"] },
      { lexeme: "\x022\x02y", positions: ["132"] },
      { lexeme: "\x024\x02\x02^", positions: ["261"] },
      { lexeme: "\x024\x02z", positions: ["262"] },
      { lexeme: "\x02^", positions: ["1", "130", "261"] },
      { lexeme: "x", positions: ["2", "131", "133"] },
      { lexeme: "y", positions: ["132"] },
      { lexeme: "z", positions: ["262"] },
    ]);
    expectSame(snapshot, scratch, five, 1);
  });

  it("arrives where the texts are elsewhere, gone or no longer what was indexed", async () => {
    const snapshot = build(fresh(), (db) => {
      db.exec(`CREATE TABLE texts (id INTEGER PRIMARY KEY, a); INSERT INTO texts VALUES (1, 'now'), (3, 'never indexed');
        CREATE VIRTUAL TABLE outside USING fts5(a, content = 'texts', content_rowid = 'id');
        INSERT INTO outside (rowid, a) VALUES (1, 'then and then'), (2, 'gone since'), (4, 'half forgotten');
        INSERT INTO outside (outside, rowid, a) VALUES ('delete', 4, 'half remembered');
        CREATE VIRTUAL TABLE none USING fts5(a, content = '', contentless_delete = 1);
        INSERT INTO none (rowid, a) VALUES (-5, 'below zero'), (9007199254740993, 'wide'), (8, ''), (6, 'deleted');
        DELETE FROM none WHERE rowid = 6;
        CREATE VIRTUAL TABLE bare USING fts5(a, content = '', columnsize = 0);
        INSERT INTO bare (rowid, a) VALUES (1, 'seen'), (2, '');
        CREATE VIRTUAL TABLE unsized USING fts5(a, columnsize = 0); INSERT INTO unsized VALUES ('some tokens'), ('')`);
    });
    const names = ["outside", "none", "bare", "unsized"];
    const { scratch, copied } = await copy(snapshot, ...names.map((name) => index(name, "a")));
    for (const [i, name] of names.slice(0, 1).entries()) expectSame(snapshot, scratch, index(name, "a"), i);
    const lengths = names.map((_, i) => documents(scratch, i).map(({ id, len }) => [id, len]));
    expect(lengths).toEqual([
      [
        [1, 3],
        [2, 2],
        [4, 2],
      ],
      [
        [-5, 2],
        [8, 0],
        [9007199254740992, 1],
      ],
      [[1, 1]],
      [
        [1, 2],
        [2, 0],
      ],
    ]);
    expect(decode(documents(scratch)[2]?.vector ?? null).map(({ lexeme }) => lexeme)).toEqual(["\x02^", "forgotten"]);
    expect(copied.map(({ tokens }) => tokens)).toEqual([7, 3, 1, 2]);
    const db = new Database(scratch, { readonly: true }).defaultSafeIntegers();
    expect(db.prepare("SELECT max(id) FROM doc_1").pluck().get()).toBe(9007199254740993n);
    db.close();
  });

  it("stands in hex where PostgreSQL has no text for it, and is cut where it is too long", async () => {
    const long = "é".repeat(1001);
    const snapshot = build(fresh(), (db) => {
      db.exec("CREATE VIRTUAL TABLE t USING fts5(a, tokenize = 'ascii')");
      db.prepare("INSERT INTO t VALUES (CAST(? AS TEXT))").run(
        Buffer.concat([Buffer.from("ok "), Buffer.from([0x61, 0xff, 0xfe])]),
      );
      db.prepare("INSERT INTO t VALUES (?)").run(`${"é".repeat(1000)} a ${long} a`);
    });
    const { scratch } = await copy(snapshot, index("t", "a"));
    expect(decode(documents(scratch)[0]?.vector ?? null)).toEqual([
      { lexeme: "\x02\x0261fffe", positions: ["3A"] },
      { lexeme: "\x02^", positions: ["1A"] },
      { lexeme: "ok", positions: ["2A"] },
    ]);
    const md5 = "58bb2ebdcc9d79eeaa2f1c8be0d2fdd3";
    const found = decode(documents(scratch)[1]?.vector ?? null);
    expect(found.map(({ positions }) => positions)).toEqual([["1A"], ["3A", "5A"], ["4A"], ["2A"]]);
    expect(found[2]?.lexeme.replace(/[0-9a-f]{32}$/, md5)).toBe(`${"é".repeat(480)}\x02${md5}`);
    expect(found[3]?.lexeme).toBe("é".repeat(1000));
  });

  it("arrives from a UTF-16 database", async () => {
    for (const encoding of ["UTF-16le", "UTF-16be"]) {
      const snapshot = build(fresh(), (db) => {
        db.exec(`PRAGMA encoding = '${encoding}'; CREATE VIRTUAL TABLE t USING fts5(a, b)`);
        for (let i = 0; i < 5; i++) db.prepare("INSERT INTO t VALUES (?, ?)").run(someText(i, 12), someText(i + 9, i));
      });
      const { scratch } = await copy(snapshot, index("t", "a", "b"));
      expectSame(snapshot, scratch, index("t", "a", "b"));
      const db = new Database(snapshot, { readonly: true });
      db.prepare("ATTACH ? AS copied").run(scratch);
      expect(db.prepare("SELECT count(*) FROM copied.doc_0").pluck().get()).toBe(5);
      db.close();
    }
  });
});

describe("a document beyond tsvector's limits", () => {
  it("has its lexemes in the vector and its positions beside", async () => {
    const many = Array.from({ length: 16_400 }, (_, i) => `w${i % 100}`).join(" ");
    const snapshot = build(fresh(), (db) => {
      db.exec("CREATE VIRTUAL TABLE t USING fts5(a, u UNINDEXED, b)");
      const row = db.prepare("INSERT INTO t VALUES (?, 'u', ?)");
      row.run("few", `${"x ".repeat(254)}y`);
      row.run("x y", `${"x ".repeat(254)}x`);
      row.run(many, "");
      row.run(Array.from({ length: 16_381 }, (_, i) => `w${i}`).join(" "), "");
      row.run(Array.from({ length: 16_382 }, (_, i) => `w${i}`).join(" "), "");
    });
    const one = index("t", "a", "-u", "b");
    const { scratch, copied } = await copy(snapshot, one);
    expectSame(snapshot, scratch, one);
    expect(documents(scratch).map(({ big }) => big)).toEqual([0, 1, 1, 0, 1]);
    expect(copied).toMatchObject([{ bigDocuments: 3 }]);
    expect(decode(documents(scratch)[1]?.vector ?? null)).toEqual(
      ["\x02^", "x", "y"].map((lexeme) => ({ lexeme, positions: [] })),
    );
    const run = Array.from({ length: 255 }, (_, i) => i).join(",");
    expect(positions(scratch, 2)).toEqual(["x 0 {0}", `x 2 {${run}}`, "y 0 {1}"]);
    expect(positions(scratch, 1)).toEqual([]);
    expect(positions(scratch, 3)).toHaveLength(100);
    expect(positions(scratch, 3)[0]?.slice(0, 16)).toBe("w0 0 {0,100,200,");
  });

  it("keeps no vector once its lexemes alone are too much", async () => {
    const word = (i: number, length: number): string => String(i).padEnd(length, "z");
    const text = (count: number, length: number): string =>
      Array.from({ length: count }, (_, i) => word(i, length)).join(" ");
    const snapshot = build(fresh(), (db) => {
      db.exec("CREATE VIRTUAL TABLE t USING fts5(a)");
      for (const [count, length] of [
        [1000, 900],
        [1038, 1000],
        [999, 1001],
        [1100, 1000],
      ] as const)
        db.prepare("INSERT INTO t VALUES (?)").run(text(count, length));
    });
    const { scratch } = await copy(snapshot, index("t", "a"));
    const seen = documents(scratch).map(({ big, vector }) => [big, decode(vector).length, positionsOf(vector)]);
    // 999 × 1001 + 2 bytes are within both limits; 1038 × 1000 fit as a vector with positions; 1100 × 1000 fit nowhere.
    expect(seen).toEqual([
      [0, 1001, 1001],
      [0, 1039, 1039],
      [0, 1000, 1000],
      [1, 0, 0],
    ]);
    expect(documents(scratch)[3]?.vector).toBeNull();
    expect(positions(scratch, 4)).toHaveLength(1100);
  });
});

function positionsOf(vector: Buffer | null): number {
  return decode(vector).reduce((sum, entry) => sum + entry.positions.length, 0);
}

describe("the file", () => {
  const large = build(fresh(), (db) => {
    db.exec("CREATE VIRTUAL TABLE t USING fts5(a); BEGIN");
    const row = db.prepare("INSERT INTO t VALUES (?)");
    for (let i = 0; i < 4000; i++) row.run(someText(i, 60));
    db.exec("COMMIT");
  });

  it("is kept while snapshot and indexes are the same, and made anew when not", async () => {
    const snapshot = fresh();
    copyFileSync(large, snapshot);
    const scratch = fresh();
    const request = { snapshot, scratch, indexes: [index("t", "a")], signal: never };
    const first = await copyIndexes(request);
    const inode = statSync(scratch).ino;
    expect(await copyIndexes(request)).toEqual(first);
    expect(statSync(scratch).ino).toBe(inode);
    build(snapshot, (db) => db.exec("DELETE FROM t WHERE rowid = 1"));
    expect(await copyIndexes(request)).toMatchObject([{ documents: 3999 }]);
    expect(statSync(scratch).ino).not.toBe(inode);
    writeFileSync(scratch, "no database");
    expect(await copyIndexes(request)).toMatchObject([{ documents: 3999 }]);
    expect(statSync(scratch).mode & 0o777).toBe(0o600);
  });

  it("takes the place of what a killed process left", async () => {
    const scratch = fresh();
    writeFileSync(`${scratch}.part`, "half");
    const copied = await copyIndexes({ snapshot: large, scratch, indexes: [index("t", "a")], signal: never });
    expect(copied).toMatchObject([{ documents: 4000 }]);
    expect(existsSync(`${scratch}.part`)).toBe(false);
  });

  it("is made beside the caller, who hears of it", async () => {
    const scratch = fresh();
    const heard: number[] = [];
    let longest = 0;
    let before = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - before);
      before = performance.now();
    }, 5);
    const progress = (_: string, documents: number): void => void heard.push(documents);
    await copyIndexes({ snapshot: large, scratch, indexes: [index("t", "a")], signal: never, progress });
    clearInterval(timer);
    expect(heard).toEqual([1000, 2000, 3000, 4000, 4000]);
    expect(longest).toBeLessThan(1000);
  });

  it("is not there, nor any part of it, when the copy is called off", async () => {
    for (const milliseconds of [0, 40, 90]) {
      const stop = new AbortController();
      const scratch = fresh();
      const copying = copyIndexes({ snapshot: large, scratch, indexes: [index("t", "a")], signal: stop.signal });
      await sleep(milliseconds);
      stop.abort(new Error("called off"));
      await expect(copying).rejects.toThrow("called off");
      expect(readdirSync(folder).filter((name) => join(folder, name).startsWith(scratch))).toEqual([]);
    }
  });

  it("is refused for an index without positions", async () => {
    const snapshot = build(fresh(), (db) => {
      for (const detail of ["none", "column"])
        db.exec(
          `CREATE VIRTUAL TABLE ${detail}_ USING fts5(a, detail = ${detail}); INSERT INTO ${detail}_ VALUES ('x')`,
        );
    });
    for (const name of ["none_", "column_", "absent"])
      await expect(copy(snapshot, index(name, "a"))).rejects.toThrow(name);
    expect(existsSync(`${join(folder, String(files - 1))}.db.part`)).toBe(false);
  });
});
