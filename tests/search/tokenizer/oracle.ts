/** What the real FTS5 makes of texts. */
import Database from "better-sqlite3";

/** Tokens of each text, in order; the empty ones of odd tokenizers left out. */
export function fts5Tokens(tokenize: string, texts: readonly string[]): string[][] {
  const db = open(tokenize, "content=''");
  try {
    db.exec("CREATE VIRTUAL TABLE v USING fts5vocab(t, 'instance')");
    const insert = db.prepare("INSERT INTO t (rowid, x) VALUES (?, ?)");
    db.transaction(() => {
      for (const [i, text] of texts.entries()) insert.run(i, text);
    })();
    const found: string[][] = texts.map(() => []);
    const read = db.prepare<[], Instance>("SELECT doc, offset, CAST(term AS BLOB) AS term FROM v WHERE term <> ''");
    for (const { doc, offset, term } of read.iterate()) {
      const tokens = found[doc];
      if (tokens !== undefined) tokens[offset] = stem(term);
    }
    // empty tokens have left holes
    return found.map((tokens) => tokens.filter(() => true));
  } finally {
    db.close();
  }
}

/** The text with `[` and `]` around all occurrences of the tokens, as FTS5's highlight() sets them. */
export function fts5Marked(tokenize: string, text: string, tokens: readonly string[]): string {
  const db = open(tokenize);
  try {
    db.prepare("INSERT INTO t (x) VALUES (?)").run(text);
    const query = tokens.map((token) => `"${token.replaceAll('"', '""')}"`).join(" OR ");
    const marked = db.prepare("SELECT highlight(t, 0, '[', ']') FROM t WHERE t MATCH ?").pluck().get(query);
    return String(marked);
  } finally {
    db.close();
  }
}

/** FTS5's complaint about a tokenizer string, or null. */
export function fts5Complaint(tokenize: string): string | null {
  try {
    open(tokenize).close();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

type Instance = { doc: number; offset: number; term: Buffer };

function open(tokenize: string, ...options: string[]): Database.Database {
  const db = new Database(":memory:");
  try {
    const args = ["x", ...options, `tokenize = '${tokenize.replaceAll("'", "''")}'`];
    db.exec(`CREATE VIRTUAL TABLE t USING fts5(${args.join(", ")})`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** A stem that is no text is told by its bytes, as the database has it. */
function stem(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  return Buffer.from(text, "utf8").equals(bytes) ? text : `\u0002${bytes.toString("hex")}`;
}
