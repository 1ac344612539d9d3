import { describe, expect, it } from "vitest";
import { mentions, renamed } from "../../../src/transforms/reshaped/identifiers.ts";
import { reshapedCatalog } from "../../../src/transforms/reshaped/reshaped-catalog.ts";
import { catalogOf, chainOf, refusal, stepsOf, tableIn } from "../chains.ts";

const catalog = catalogOf(`
  CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT NOT NULL UNIQUE COLLATE NOCASE);
  CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL DEFAULT 'none' CHECK (length(title) < 100),
    author INTEGER REFERENCES users(id) ON DELETE CASCADE,
    tags TEXT,
    size INTEGER GENERATED ALWAYS AS (length(title)) VIRTUAL,
    UNIQUE (title, author)
  );
  CREATE INDEX by_title ON entries (lower(title), author) WHERE tags IS NOT NULL;
  CREATE INDEX by_author ON entries (author);
  CREATE TABLE notes (id INTEGER PRIMARY KEY, entry INTEGER REFERENCES entries(id), title TEXT);
  CREATE VIEW titles AS SELECT title FROM entries;
  CREATE VIEW mails AS SELECT email FROM users;
  INSERT INTO users VALUES (5, 'x')`);

function reshaped(steps: Record<string, Record<string, unknown>[]>) {
  const chains = Object.entries(steps).map(([table, list]) => chainOf(catalog, table, stepsOf(...list)));
  const { catalog: after, leftOut } = reshapedCatalog(catalog, chains);
  return { after, leftOut: leftOut.map(({ object, reason }) => `${object}: ${reason}`) };
}

describe("a table after its steps", () => {
  it("is as it was where nothing changed but rows", () => {
    const { after, leftOut } = reshaped({ entries: [{ filter: { column: "tags", op: "is null" } }] });
    expect(leftOut).toEqual([]);
    expect(tableIn(after, "entries")).toEqual({ ...tableIn(catalog, "entries"), sql: "" });
    expect(after.views).toEqual(catalog.views);
    expect(tableIn(after, "users")).toEqual(tableIn(catalog, "users"));
  });

  it("keys, indexes, checks and references follow a new name", () => {
    const { after, leftOut } = reshaped({
      entries: [{ rename: { id: "entry_id", title: "heading", author: "writer" } }],
      users: [{ rename: { id: "user_id" } }],
    });
    const entries = tableIn(after, "entries");
    expect(entries.primaryKey).toEqual(["entry_id"]);
    expect(entries.columns[0]).toMatchObject({ name: "entry_id", isRowid: true });
    expect(entries.uniques.map(({ columns }) => columns)).toEqual([["heading", "writer"]]);
    expect(entries.checks.map(({ expression }) => expression)).toEqual(['length("heading") < 100']);
    expect(entries.columns[4]?.generated?.expression).toContain('length("heading")');
    expect(entries.indexes.map(({ name, sql }) => [name, sql])).toEqual([
      ["by_title", ""],
      ["by_author", ""],
    ]);
    expect(entries.indexes[0]?.parts.map(({ column, expression }) => column ?? expression)).toEqual([
      'lower("heading")',
      "writer",
    ]);
    expect(entries.foreignKeys).toMatchObject([{ columns: ["writer"], parent: "users", parentColumns: ["user_id"] }]);
    expect(tableIn(after, "notes").foreignKeys).toMatchObject([{ columns: ["entry"], parentColumns: ["entry_id"] }]);
    expect(tableIn(after, "users")).toMatchObject({ autoincrement: true, sequence: "5", rowidName: "rowid" });
    expect(leftOut).toEqual(["view titles: entries has no column title any more"]);
  });

  it("what needs a column that is gone is left out by name", () => {
    const { after, leftOut } = reshaped({ entries: [{ drop: ["author", "id"] }] });
    const entries = tableIn(after, "entries");
    expect(entries).toMatchObject({
      primaryKey: null,
      primaryKeyCollations: null,
      uniques: [],
      indexes: [],
      foreignKeys: [],
    });
    expect(tableIn(after, "notes").foreignKeys).toEqual([]);
    expect(leftOut).toEqual([
      "the primary key of entries: the column id is gone",
      "the unique constraint on title, author of entries: the column author is gone",
      "the index by_title of entries: the column author is gone",
      "the index by_author of entries: the column author is gone",
      "the foreign key on author of entries: the column author is gone",
      "the foreign key on entry of notes: entries has no column id any more",
    ]);
  });

  it("checks, expressions and defaults of changed values are left out; keys stay", () => {
    const { after, leftOut } = reshaped({ entries: [{ trim: ["title", "tags"] }] });
    const entries = tableIn(after, "entries");
    expect(entries).toMatchObject({ primaryKey: ["id"], checks: [], uniques: [{ columns: ["title", "author"] }] });
    expect(entries.columns[1]).toMatchObject({ default: null, notNull: true, affinity: "BLOB" });
    expect(entries.columns[4]).toMatchObject({ name: "size", generated: null });
    expect(leftOut).toEqual([
      "the default of entries.title: its values are changed",
      "the expression of size of entries: the values of title are changed",
      "the index by_title of entries: the values of tags are changed",
      "the check length(title) < 100 of entries: the values of title are changed",
    ]);
  });

  it("what is lost without its column being dropped by name is a hazard", () => {
    const hazards = (steps: Record<string, Record<string, unknown>[]>): string[] => {
      const chains = Object.entries(steps).map(([table, list]) => chainOf(catalog, table, stepsOf(...list)));
      return reshapedCatalog(catalog, chains).leftOut.flatMap(({ hazard, table }) =>
        hazard === undefined ? [] : [`${table}: ${hazard.code} ${hazard.at}`],
      );
    };
    expect(hazards({ entries: [{ drop: ["author"] }] })).toEqual([]);
    expect(hazards({ entries: [{ keep: ["author", "title"] }] })).toEqual(["notes: FOREIGN_KEY_LOST notes.entry"]);
    expect(hazards({ entries: [{ distribute: { into: { x: ["author"] } } }] })).toEqual([
      "entries: UNIQUENESS_LOST entries_title_author_key",
      "entries: FOREIGN_KEY_LOST entries.author",
    ]);
    expect(hazards({ entries: [{ trim: "title" }] })).toEqual([
      "entries: DEFAULT_LOST entries.title",
      "entries: GENERATED_LOST entries.size",
      "entries: CHECK_LOST entries.check1",
    ]);
    expect(hazards({ users: [{ rename: { email: "mail" } }] })).toEqual(["users: VIEW_LOST mails"]);
    expect(hazards({ entries: [{ drop: "author" }, { unify: { into: "all" } }] })).toEqual([
      "entries: CHECK_LOST entries.check1",
      "notes: FOREIGN_KEY_LOST notes.entry",
      "entries: VIEW_LOST titles",
    ]);
  });

  it("a key whose values change numbers no rows", () => {
    const { after } = reshaped({ users: [{ cast: { columns: { id: "text" } } }] });
    expect(tableIn(after, "users")).toMatchObject({ primaryKey: ["id"], autoincrement: false, sequence: null });
    expect(tableIn(after, "users").columns[0]).toMatchObject({ isRowid: false, declaredType: "TEXT" });
  });
});

describe("tables that steps make", () => {
  it("have their parent's key and point to it, whatever it is called in the end", () => {
    const { after, leftOut } = reshaped({
      entries: [
        { split: { column: "tags", by: "," } },
        { explode: { column: "tags", into: "entry_tags", value: "tag" } },
        { rename: { id: "entry_id" } },
      ],
    });
    const made = tableIn(after, "entry_tags");
    expect(made.columns.map(({ name, notNull, affinity }) => [name, notNull, affinity])).toEqual([
      ["id", false, "INTEGER"],
      ["ordinal", false, "BLOB"],
      ["tag", false, "BLOB"],
    ]);
    expect(made.primaryKey).toEqual(["id", "ordinal"]);
    expect(made.foreignKeys).toMatchObject([{ columns: ["id"], parent: "entries", parentColumns: ["entry_id"] }]);
    expect(leftOut).toEqual(["the index by_title of entries: the column tags is gone"]);
  });

  it("without a key of the parent they point to nothing", () => {
    const { after, leftOut } = reshaped({ entries: [{ distribute: { into: { t: ["tags"] }, key: ["author"] } }] });
    expect(tableIn(after, "t").foreignKeys).toEqual([]);
    expect(leftOut).toEqual([
      "the index by_title of entries: the column tags is gone",
      "the foreign key of t to entries: its columns are no key there",
    ]);
  });

  it("several tables unified have the columns of all", () => {
    const { after, leftOut } = reshaped({
      entries: [{ keep: ["id", "title", "tags"] }, { unify: { into: "all" } }],
      notes: [{ drop: "entry" }, { unify: { into: "all" } }],
    });
    const all = tableIn(after, "all");
    expect(all.columns.map(({ name }) => name)).toEqual(["source", "source_id", "title", "tags"]);
    expect(all.primaryKey).toEqual(["source", "source_id"]);
    expect(after.tables.map(({ name }) => name)).toEqual(["users", "all"]);
    expect(after.views.map(({ name }) => name)).toEqual(["mails"]);
    expect(leftOut).toContain("view titles: there is no table entries any more");
  });

  it("types of one column must agree where they are known", () => {
    const text = refusal(() =>
      reshaped({
        entries: [{ keep: ["id", "title"] }, { cast: { columns: { title: "numeric" } } }, { unify: { into: "all" } }],
        notes: [{ keep: ["id", "title"] }, { unify: { into: "all" } }],
      }),
    );
    expect(text).toContain(
      "PLAN_INVALID: notes and entries cannot share the table all: title is TEXT in one and numeric in the other",
    );
  });
});

describe("names in SQL", () => {
  it.each([
    ["a > 1", "b", '"b" > 1'],
    ['"A" > [a] + `a`', "b", '"b" > "b" + "b"'],
    ["'a' = a || 'it''s a'", "b", "'a' = \"b\" || 'it''s a'"],
    ["a(a) + cast(a AS a) COLLATE a", 'q"q', 'a("q""q") + cast("q""q" AS a) COLLATE a'],
    ["ab + ba", "b", "ab + ba"],
  ])("%s", (sql, to, after) => {
    expect(renamed(sql, new Map([["a", to]]))).toBe(after);
  });

  it("are found in any spelling, but not in literals", () => {
    expect(mentions("x + [A b]", ["a B"])).toBe("a B");
    expect(mentions("'a' || x", ["a"])).toBeUndefined();
  });
});
