/**
 * The rows that are moved: made here, value by value, so that what must arrive is known without reading it from
 * anywhere. Four tables with foreign keys, dates, JSON, bytes and a full-text table.
 */
import { randomOf } from "./random.mjs";

/** By table: its columns with what they hold, and its key. */
export const tables = {
  authors: {
    columns: { id: "int", name: "text", email: "text", active: "bool", joined: "date", score: "real" },
    key: ["id"],
  },
  books: {
    columns: { id: "int", author_id: "int", title: "text", published: "stamp", meta: "json", cover: "bytes" },
    key: ["id"],
  },
  tags: { columns: { book_id: "int", tag: "text", weight: "int" }, key: ["book_id", "tag"] },
};
export const fullText = { columns: { rowid: "int", title: "text", body: "text" }, key: ["rowid"] };

const words = "copper river lantern garden winter paper harbour violin meadow signal amber thunder".split(" ");

/**
 * `version` makes other values under the same keys. `from`: the first id. Counts are small: a case must take seconds,
 * and what is to go wrong is between the rows, not among many of them.
 */
export function makeRows(version, { from = 1, authors = 200, books = 1200, documents = 150 } = {}) {
  const random = randomOf("rows", version, from);
  const text = (count) => Array.from({ length: count }, () => random.pick(words)).join(" ");
  const rows = { authors: [], books: [], tags: [] };
  for (let i = 0; i < authors; i++) {
    const id = from + i;
    rows.authors.push({
      id,
      name: `${text(2)} ${version} é漢😀`,
      email: random.below(9) === 0 ? null : `${version}-${id}@example.org`,
      active: random.below(2),
      joined: `20${two(random.below(30))}-${two(1 + random.below(12))}-${two(1 + random.below(28))}`,
      score: random.between(-1e6, 1e6) * 10 ** (random.below(20) - 10),
    });
  }
  for (let i = 0; i < books; i++) {
    const id = from + i;
    const hour = `${two(random.below(24))}:${two(random.below(60))}:${two(random.below(60))}`;
    rows.books.push({
      id,
      author_id: from + random.below(authors),
      title: text(3),
      published: `20${two(random.below(30))}-${two(1 + random.below(12))}-${two(1 + random.below(28))} ${hour}`,
      meta: JSON.stringify({ pages: random.below(900), words: [random.pick(words), null, version] }),
      cover: random.below(4) === 0 ? null : Buffer.from(Array.from({ length: 24 }, () => random.below(256))),
    });
    for (const tag of new Set([random.pick(words), random.pick(words)]))
      rows.tags.push({ book_id: id, tag, weight: random.below(1000) });
  }
  const documentRows = Array.from({ length: documents }, (_, i) => ({
    rowid: i + 1,
    title: text(3),
    body: text(20),
  }));
  return { ...rows, notes: documentRows };
}

function two(number) {
  return String(number).padStart(2, "0");
}

/** The rows that a mode leaves of those that are there and those that come. */
export function combined(mode, there, coming) {
  if (mode === "replace" || mode === "keep-aside") return pickTables(coming);
  const result = {};
  for (const [name, { key }] of Object.entries(tables)) {
    const keyOf = (row) => JSON.stringify(key.map((column) => row[column]));
    const [weak, strong] = mode === "skip" ? [coming[name], there[name]] : [there[name], coming[name]];
    const byKey = new Map(weak.map((row) => [keyOf(row), row]));
    for (const row of strong) {
      if (mode === "append" && byKey.has(keyOf(row))) throw new Error(`the rows of ${name} meet in ${keyOf(row)}`);
      byKey.set(keyOf(row), row);
    }
    result[name] = [...byKey.values()];
  }
  return result;
}

function pickTables(rows) {
  return Object.fromEntries(Object.keys(tables).map((name) => [name, rows[name]]));
}
