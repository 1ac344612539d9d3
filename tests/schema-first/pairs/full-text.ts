/** Full-text tables of the source beside, or in, tables that the application made with a search of its own, or with none. */
import type { Pair } from "../pair.ts";

const docs = "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'one dog'), (2, 'two cats');";
const keyed =
  "CREATE TABLE t (code TEXT PRIMARY KEY, v TEXT); INSERT INTO t VALUES ('a', 'one dog'), ('b', 'two cats');";
const index = (key: string): string =>
  `CREATE VIRTUAL TABLE t_fts USING fts5(v, content=t${key}); INSERT INTO t_fts(t_fts) VALUES ('rebuild');`;
const indexed = `${docs} ${index(", content_rowid=id")}`;
const notes =
  "CREATE VIRTUAL TABLE notes USING fts5(title, body, place UNINDEXED); INSERT INTO notes(rowid, title, body, place) VALUES (3, 'Dog', 'one dog', 'p'), (8, 'Cat', NULL, 'q');";
const liveT = "CREATE TABLE t (id int PRIMARY KEY, v text);";
const generated =
  "CREATE TABLE t (id int PRIMARY KEY, v text NOT NULL, search tsvector GENERATED ALWAYS AS (to_tsvector('english', v)) STORED); CREATE INDEX ON t USING gin (search);";
const byTrigger = `CREATE TABLE t (id int PRIMARY KEY, v text, search tsvector NOT NULL);
  CREATE TRIGGER t_search BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION tsvector_update_trigger(search, 'pg_catalog.english', v);`;
const leave = "accept: [{ code: FULL_TEXT_INTO, table: t_fts, policy: leave }]";

export const fullText: readonly Pair[] = [
  // left out by the pipeline
  {
    name: "an index that is excluded leaves no column behind on the table that has its texts",
    existing: "append",
    source: indexed,
    live: liveT,
    pipeline: "exclude: [t_fts]",
    rows: { t: ["1|one dog", "2|two cats"] },
    back: true,
  },
  {
    name: "an index by hidden rowid that is excluded leaves no column behind on the table that has its texts",
    existing: "append",
    source: `${keyed} ${index("")}`,
    live: "CREATE TABLE t (code text PRIMARY KEY, v text)",
    pipeline: "exclude: [t_fts]",
    rows: { t: ["a|one dog", "b|two cats"] },
    back: true,
  },
  {
    name: "an index goes with the table that is excluded, and leaves nothing behind",
    existing: "append",
    source: `${keyed} ${index("")} CREATE TABLE u (id INTEGER PRIMARY KEY); INSERT INTO u VALUES (1)`,
    live: "CREATE TABLE t (code text PRIMARY KEY, v text); CREATE TABLE u (id int PRIMARY KEY)",
    pipeline: "exclude: [t]",
    rows: { t: [], u: ["1"] },
    back: true,
  },

  // asked
  {
    name: "an index over another table's texts is asked about, and loses nothing",
    existing: "append",
    source: indexed,
    live: generated,
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: [
        "FULL_TEXT_INTO t_fts",
        "the index alone is left out, and nothing is lost: its texts are those of t",
        "- { code: FULL_TEXT_INTO, table: t_fts, policy: leave }",
      ],
      saysNot: ["COLUMN_UNFILLED", "or lose", "exclude it"],
    },
  },
  {
    name: "texts that the schema has no place for are asked about, with all three ways on",
    existing: "append",
    source: `${docs} ${notes}`,
    live: liveT,
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: [
        "FULL_TEXT_INTO notes",
        "it has no table notes for 2 rows of texts (title, body, place)",
        "notes: { as: …, rename: { title: … } }",
        "left out, its 2 texts exist nowhere else",
        "- { code: FULL_TEXT_INTO, table: notes, policy: table }  # or lose",
      ],
      saysNot: ["TABLE_MISSING"],
    },
  },
  {
    name: "a table of that name without a column for the texts takes none, and no other can be made",
    existing: "merge",
    source: `${docs} ${notes}`,
    live: `${liveT} CREATE TABLE notes (id int PRIMARY KEY)`,
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: ["its table notes has no column for 2 rows of texts", "FULL_TEXT_INTO, table: notes, policy: lose }"],
      saysNot: ["policy: table"],
    },
  },
  {
    name: "an index without texts can only be lost",
    existing: "replace",
    source: `${docs} CREATE VIRTUAL TABLE bare USING fts5(a, content=''); INSERT INTO bare(rowid, a) VALUES (1, 'x')`,
    live: liveT,
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: ["nobody keeps its texts, and its index of 1 row exists nowhere else", "table: bare, policy: lose }"],
      saysNot: ["policy: table"],
    },
  },
  {
    name: "an answer that is not offered is none",
    existing: "append",
    source: indexed,
    live: liveT,
    pipeline: "accept: [{ code: FULL_TEXT_INTO, table: t_fts, policy: table }]",
    refused: { code: "HAZARDS_NOT_ACCEPTED", says: ['the policy "table" cannot take them'] },
  },

  // beside the application's own search
  {
    name: "a generated vector of the application's is computed for the rows that come",
    existing: "append",
    source: indexed,
    live: `${generated} INSERT INTO t VALUES (9, 'old rats')`,
    pipeline: leave,
    rows: {
      t: ["1|one dog|'dog':2 'one':1", "2|two cats|'cat':2 'two':1", "9|old rats|'old':1 'rat':2"],
      "SELECT id FROM t WHERE search @@ to_tsquery('english', 'cat')": ["2"],
    },
    back: true,
  },
  {
    name: "a vector that must not be null is left to the application's trigger",
    existing: "merge",
    source: indexed,
    live: `${byTrigger} INSERT INTO t VALUES (2, 'old rats'), (9, 'older')`,
    pipeline:
      "accept: [{ code: FULL_TEXT_INTO, table: t_fts, policy: leave }, { code: TRIGGER_FIRES, object: t.t_search, policy: keep }]",
    rows: { t: ["1|one dog|'dog':2 'one':1", "2|two cats|'cat':2 'two':1", "9|older|'older':1"] },
    back: true,
  },
  {
    name: "a vector that the application fills itself stays NULL",
    existing: "replace",
    source: indexed,
    live: "CREATE TABLE t (id int PRIMARY KEY, v text, search tsvector); INSERT INTO t VALUES (9, 'old', 'old')",
    pipeline: leave,
    rows: { t: ["1|one dog|∅", "2|two cats|∅"] },
    back: true,
  },
  {
    name: "a vector that must not be null and that nobody fills is asked about",
    existing: "append",
    source: docs,
    live: "CREATE TABLE t (id int PRIMARY KEY, v text, search tsvector NOT NULL)",
    refused: { code: "HAZARDS_NOT_ACCEPTED", says: ["COLUMN_UNFILLED t.search"] },
  },
  {
    name: "the hidden rowid of a table that is made beside it does not come for an index that is left out",
    existing: "append",
    source: `${keyed} ${index("")} CREATE TABLE u (id INTEGER PRIMARY KEY); INSERT INTO u VALUES (1)`,
    live: "CREATE TABLE u (id int PRIMARY KEY)",
    pipeline:
      "accept: [{ code: FULL_TEXT_INTO, table: t_fts, policy: leave }, { code: TABLE_MISSING, table: t, policy: create }]",
    rows: { t: ["a|one dog", "b|two cats"], u: ["1"] },
    back: true,
  },

  // as a table
  {
    name: "texts become a plain table, its rowid the key",
    existing: "append",
    source: `${docs} ${notes}`,
    live: liveT,
    pipeline: "accept: [{ code: FULL_TEXT_INTO, table: notes, policy: table }]",
    rows: {
      t: ["1|one dog", "2|two cats"],
      notes: ["3|Dog|one dog|p", "8|Cat|∅|q"],
      "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'notes' ORDER BY ordinal_position":
        ["rowid|bigint", "title|text", "body|text", "place|text"],
      "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'notes'::regclass AND contype = 'p'": [
        "PRIMARY KEY (rowid)",
      ],
      "SELECT count(*) FROM pg_namespace WHERE nspname = 'fts5'": ["0"],
    },
    back: true,
  },
  {
    name: "texts of FTS4 become a plain table under another name",
    existing: "replace",
    source: `${docs} CREATE VIRTUAL TABLE old USING fts4(a, b); INSERT INTO old(docid, a, b) VALUES (5, 'x', 'y')`,
    live: `${liveT} INSERT INTO t VALUES (9, 'old')`,
    pipeline:
      "tables: { '*': {}, old: { as: texts, rename: { rowid: id } } }\naccept: [{ code: FULL_TEXT_INTO, policy: table }]",
    rows: { t: ["1|one dog", "2|two cats"], texts: ["5|x|y"] },
    back: true,
  },

  // into columns
  {
    name: "texts go into a table of that name that has columns for them",
    existing: "append",
    source: `${docs} ${notes}`,
    live: `${liveT} CREATE TABLE notes (rowid bigint PRIMARY KEY, title varchar(20), body text, place text, tsv tsvector GENERATED ALWAYS AS (to_tsvector('simple', coalesce(body, ''))) STORED)`,
    rows: { notes: ["3|Dog|one dog|p|'dog':2 'one':1", "8|Cat|∅|q|"] },
    back: true,
  },
  {
    name: "texts go into named columns, and the rowid into the key",
    existing: "merge",
    source: `${docs} ${notes}`,
    live: `${liveT} CREATE TABLE articles (id int PRIMARY KEY, heading text, content text, place text, author text DEFAULT 'nobody'); INSERT INTO articles VALUES (8, 'old', 'old', 'old', 'Ada'), (9, 'kept', 'kept', 'kept', 'Bo')`,
    pipeline: "tables: { '*': {}, notes: { as: articles, rename: { rowid: id, title: heading, body: content } } }",
    rows: { articles: ["3|Dog|one dog|p|nobody", "8|Cat|∅|q|Ada", "9|kept|kept|kept|Bo"] },
    back: true,
  },
  {
    name: "texts go into a table that numbers its rows itself",
    existing: "replace",
    source: `${docs} ${notes}`,
    live: `${liveT} CREATE TABLE notes (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text, body text, place text)`,
    pipeline: "tables: { '*': {}, notes: { drop: [rowid] } }",
    rows: { "SELECT title, body, place FROM notes ORDER BY title": ["Cat|∅|q", "Dog|one dog|p"] },
    back: true,
  },
  {
    name: "a rowid that is most likely the key is asked about, with the line that says so",
    existing: "append",
    source: `${docs} ${notes}`,
    live: `${liveT} CREATE TABLE notes (id int PRIMARY KEY, title text, body text, place text)`,
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: ["FULL_TEXT_INTO notes.rowid", '"*": {}', "notes: { rename: { rowid: id } }", "or `drop: [rowid]`"],
      saysNot: ["COLUMN_MISSING", "COLUMN_UNFILLED", "FULL_TEXT_INTO, "],
    },
  },
  {
    name: "what does not fit a column for texts is asked about like any other value",
    existing: "append",
    source: notes,
    live: "CREATE TABLE notes (rowid int PRIMARY KEY, title varchar(2), body text NOT NULL, place text)",
    refused: { code: "HAZARDS_NOT_ACCEPTED", says: ["TARGET_NARROWS notes.title", "NULL_IN_REQUIRED notes.body"] },
  },
  {
    name: "a column beside the texts that nothing fills can only get its value from the target",
    existing: "append",
    source: notes,
    live: "CREATE TABLE notes (rowid int PRIMARY KEY, title text, body text, place text, author text NOT NULL)",
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: ["COLUMN_UNFILLED notes.author", "give it a default there"],
      saysNot: ["transform", "or a value here"],
    },
  },
  {
    name: "a table that differs in case, and rows that point to one in quarantine, are like those of an ordinary table",
    existing: "merge",
    source: `${notes} CREATE TABLE tag (id INTEGER PRIMARY KEY, note INTEGER); INSERT INTO tag VALUES (1, 3), (2, 8)`,
    live: `CREATE TABLE "Notes" (rowid int PRIMARY KEY, title text, body text NOT NULL, place text);
      CREATE TABLE tag (id int PRIMARY KEY, note int REFERENCES "Notes")`,
    pipeline:
      "accept: [{ code: NAME_DIFFERS }, { code: NULL_IN_REQUIRED, column: notes.body, policy: quarantine }, { code: ORPHAN_ROWS, policy: quarantine }]",
    rows: { '"Notes"': ["3|Dog|one dog|p"], tag: ["1|3"] },
    quarantined: ["notes|rowid=8|NULL_IN_REQUIRED:quarantine", "tag|id=2|ORPHAN_ROWS:quarantine"],
    back: true,
  },
  {
    name: "texts are given up, as accepted",
    existing: "append",
    source: `${docs} ${notes}`,
    live: liveT,
    pipeline: "accept: [{ code: FULL_TEXT_INTO, table: notes, policy: lose }]",
    rows: { t: ["1|one dog", "2|two cats"], "SELECT count(*) FROM pg_class WHERE relname = 'notes'": ["0"] },
    back: true,
  },
];
