/** PostgreSQL's own opinion of the vectors: those it makes from the text form are the same. And the built thread. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { from as copyFrom } from "pg-copy-streams";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Embedded } from "../../../src/embedded/index.ts";
import { copyIndexes, type IndexToCopy } from "../../../src/search/copy/copy-indexes.ts";
import { debianPostgres15, freshDatabase, useDatabase } from "../../support/database.ts";
import { sharedData } from "../../support/shared-data.ts";
import { build, type Copied, decode, documents, type Entry, scratchFolder, someText } from "./support.ts";

const folder = scratchFolder();
const columns = (...names: string[]): IndexToCopy["columns"] => names.map((name) => ({ name, indexed: true }));
const indexes: IndexToCopy[] = [
  { name: "few", columns: columns("a", "b", "c", "d") },
  { name: "many", columns: columns("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l") },
];
let rows: Copied[] = [];

beforeAll(async () => {
  const snapshot = build(join(folder, "source.db"), (db) => {
    db.exec(`CREATE VIRTUAL TABLE few USING fts5(a, b, c, d, tokenize = 'ascii');
      CREATE VIRTUAL TABLE many USING fts5(a, b, c, d, e, f, g, h, i, j, k, l)`);
    const few = db.prepare("INSERT INTO few VALUES (?, ?, CAST(? AS TEXT), ?)");
    const many = db.prepare(`INSERT INTO many VALUES (${"?,".repeat(11)} ?)`);
    for (let i = 0; i < 100; i++) {
      const bytes = Buffer.from(i % 10 === 0 ? [0x80 + i, 0x20, 0xff] : []);
      few.run(someText(i, i), "", bytes, `${someText(i + 7, i % 9)} ${i % 20 === 0 ? "ü".repeat(1500 + i) : ""}`);
      many.run(...Array.from({ length: 12 }, (_, column) => someText(i * 12 + column, (i + column) % 11)));
    }
    few.run("x ".repeat(300), "y", Buffer.from("z"), "");
    many.run(...Array.from({ length: 12 }, () => "x ".repeat(25)));
  });
  const scratch = join(folder, "scratch.db");
  await copyIndexes({ snapshot, scratch, indexes, signal: new AbortController().signal });
  rows = indexes.flatMap((_, i) => documents(scratch, i));
  expect(rows.filter(({ big }) => big === 1)).toHaveLength(2);
});

describe("binary vectors", () => {
  const database = useDatabase();
  let old: Embedded | null = null;
  beforeAll(async () => {
    old = await debianPostgres15();
  });
  afterAll(() => old?.stop());

  it("are what PostgreSQL makes of their text", async () => {
    await expectEqual(database.pool);
  });

  it("are so in PostgreSQL 15 too", async ({ skip }) => {
    if (old === null) return skip("PostgreSQL 15 is not installed");
    const there = await freshDatabase(old.url);
    await expectEqual(there.pool);
    await there.drop();
  });
});

async function expectEqual(pool: Awaited<ReturnType<typeof freshDatabase>>["pool"]): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("CREATE TABLE here (id integer, vector tsvector, spelled text)");
    const sink = client.query(copyFrom("COPY here FROM STDIN BINARY"));
    await pipeline([binaryCopy(rows)], sink);
    const { rows: found } = await client.query(
      `SELECT count(*)::int AS count, count(*) FILTER (WHERE vector = spelled::tsvector AND vector::text = spelled::tsvector::text)::int AS same FROM here`,
    );
    expect(found).toEqual([{ count: 202, same: 202 }]);
  } finally {
    client.release();
  }
}

/** Each row: a number, the vector's bytes, and its text form. */
function binaryCopy(copied: readonly Copied[]): Buffer {
  const field = (bytes: Buffer): Buffer[] => [int32(bytes.length), bytes];
  const tuples = copied.flatMap(({ vector }, i) => [
    Buffer.from([0, 3]),
    ...field(int32(i)),
    ...field(vector ?? Buffer.alloc(4)),
    ...field(Buffer.from(decode(vector).map(spelled).join(" "))),
  ]);
  return Buffer.concat([
    Buffer.from("PGCOPY\n\xff\r\n\0", "latin1"),
    Buffer.alloc(8),
    ...tuples,
    Buffer.from([255, 255]),
  ]);
}

function spelled({ lexeme, positions }: Entry): string {
  const quoted = `'${lexeme.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
  return positions.length === 0 ? quoted : `${quoted}:${positions.join(",")}`;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

describe("a process that copies", () => {
  const snapshot = sharedData("sqlite/bible-fts.sqlite");
  const scratch = join(folder, "child.db");
  const module = fileURLToPath(new URL("../../../dist/search/copy/copy-indexes.js", import.meta.url));
  const start = () =>
    spawn(
      process.execPath,
      [
        "--input-type=module",
        "-e",
        `const { copyIndexes } = await import(process.argv[1]);
        const indexes = [{ name: "verse_fts", columns: [{ name: "text", indexed: true }, { name: "book", indexed: false }] }];
        console.log(JSON.stringify(await copyIndexes({ snapshot: process.argv[2], scratch: process.argv[3], indexes, signal: new AbortController().signal })));`,
        module,
        String(snapshot),
        scratch,
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );

  it("leaves no half copy when it is killed, and the next one makes it", async ({ skip }) => {
    if (snapshot === null) return skip("there is no shared data");
    const killed = start();
    while (!existsSync(`${scratch}.part`) && killed.exitCode === null) await sleep(2);
    killed.kill("SIGKILL");
    await once(killed, "exit");
    expect(existsSync(scratch)).toBe(false);
    const whole = start();
    let output = "";
    whole.stdout.on("data", (text: Buffer) => {
      output += text;
    });
    await once(whole, "close");
    expect(JSON.parse(output)).toEqual([{ name: "verse_fts", documents: 124408, tokens: 709863, bigDocuments: 0 }]);
    expect(existsSync(`${scratch}.part`)).toBe(false);
  });
});
