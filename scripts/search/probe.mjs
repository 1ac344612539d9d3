/**
 * What SQLite's own unicode61 does with every code point, asked through FTS5 tables in memory and their
 * vocabulary: SQLite's tables follow an old Unicode and its folding is its own, so no other source will do.
 */
import Database from "better-sqlite3";

/** Every category that FTS5's `categories` option knows. */
export const categoryNames =
  "Cc Cf Cn Co Cs Ll Lm Lo Lt Lu LC Mc Me Mn Nd Nl No Pc Pd Pe Pf Pi Po Ps Sc Sk Sm So Zl Zp Zs".split(" ");

/**
 * `categories`: code points of each; those in none are token characters under any. `folds`: for remove_diacritics
 * 0, 1 and 2, what each code point becomes (0: nothing) where not itself; `marks`: those that go on with a token
 * whatever their category.
 */
export function probeUnicode() {
  const db = new Database(":memory:");
  try {
    const { version } = db.prepare("SELECT sqlite_version() AS version").get();
    const assigned = listed(db);
    const categories = categoriesOf(db, assigned);
    const folds = [0, 1, 2].map((level) => foldsOf(db, level));
    return { version, categories, folds, marks: marksOf(db, categories) };
  } finally {
    db.close();
  }
}

/** Code points that are no token characters when a category without characters beyond ASCII is asked for: FTS5 knows them. */
function listed(db) {
  const blank = new Uint8Array(0x110000);
  ask(db, "categories 'Zl' remove_diacritics 0", allCodePoints(), (point) => {
    blank[point] = 1;
  });
  // ZL itself has one character, U+2028, which is listed
  return allCodePoints().filter((point) => blank[point] === 0 || point === 0x2028);
}

/** Each category has a number; one table for each of its five binary digits tells all of them at once. */
function categoriesOf(db, assigned) {
  const code = new Uint8Array(0x110000);
  for (let bit = 0; bit < 5; bit++) {
    const names = categoryNames.filter((_, i) => ((i + 1) >> bit) & 1);
    ask(db, `categories '${names.join(" ")}' remove_diacritics 0`, assigned, (point) => {
      code[point] |= 1 << bit;
    });
  }
  const categories = Object.fromEntries(categoryNames.map((name) => [name, []]));
  for (const point of assigned) categories[categoryNames[code[point] - 1]].push(point);
  return categories;
}

/** All beyond ASCII are token characters here, one token each, so that a token's place in its row tells whence it came. */
function foldsOf(db, level) {
  db.exec(`CREATE VIRTUAL TABLE f USING fts5(x, content='', tokenize = "unicode61 categories '${everyCategory}' separators '\u0001' remove_diacritics ${level}");
           CREATE VIRTUAL TABLE v USING fts5vocab(f, 'instance')`);
  const insert = db.prepare("INSERT INTO f (rowid, x) VALUES (?, ?)");
  db.transaction(() => {
    for (let base = 0; base < 0x110000; base += row) {
      if (base === 0xd800) continue;
      const text = Array.from({ length: row }, (_, i) => (base + i < 0x80 ? "0" : String.fromCodePoint(base + i)));
      insert.run(base, text.join("\u0001"));
    }
  })();
  const folds = new Map();
  const changed = db
    .prepare("SELECT doc + offset, term FROM v WHERE unicode(term) IS NOT doc + offset AND doc + offset >= 128")
    .raw();
  for (const [point, term] of changed.iterate()) folds.set(point, term?.codePointAt(0) ?? 0);
  db.exec("DROP TABLE v; DROP TABLE f");
  return new Map([...folds].sort(([a], [b]) => a - b));
}

function marksOf(db, categories) {
  const all = categoryNames.filter((name) => !/^[LN]|Co/.test(name)).flatMap((name) => categories[name]);
  const marks = [];
  const beyond = all.filter((point) => point >= 0x80).sort((a, b) => a - b);
  ask(db, "remove_diacritics 0", beyond, (point) => marks.push(point), "0");
  return marks.sort((a, b) => a - b);
}

/**
 * Calls `tell` for every code point that makes a token with the character behind it. That one, from a plane that
 * SQLite has no categories for, is always a token character and says by its number which code point it follows,
 * whose own text may be folded. `lead` goes before them, for one that may not begin a token.
 */
function ask(db, options, points, tell, lead = "") {
  for (const separator of ["\u0001", "\u0002"]) {
    // the one cannot be asked for while it separates
    const asked =
      separator === "\u0001" ? points.filter((point) => point !== 1) : points.filter((point) => point === 1);
    db.exec(`CREATE VIRTUAL TABLE f USING fts5(x, content='', columnsize=0, tokenize = "unicode61 ${options} separators '${separator}'");
             CREATE VIRTUAL TABLE v USING fts5vocab(f, 'instance')`);
    const insert = db.prepare("INSERT INTO f (rowid, x) VALUES (?, ?)");
    db.transaction(() => {
      for (let i = 0; i < asked.length; i += row) {
        const text = asked.slice(i, i + row).map((point, j) => lead + String.fromCodePoint(point, indexed + j));
        insert.run(i, text.join(separator));
      }
    })();
    const made = db.prepare(`SELECT doc + unicode(substr(term, -1)) - ${indexed} FROM v WHERE length(term) = ?`);
    for (const index of made.pluck().iterate(lead.length + 2)) tell(asked[index]);
    db.exec("DROP TABLE v; DROP TABLE f");
  }
}

function allCodePoints() {
  const points = [];
  for (let point = 1; point < 0x110000; point++) if (point < 0xd800 || point > 0xdfff) points.push(point);
  return points;
}

/** So that the surrogates, which no text holds, are one row and left out. */
const row = 2048;

const indexed = 0x100000;

const everyCategory = "L* M* N* P* S* Z* C*";
