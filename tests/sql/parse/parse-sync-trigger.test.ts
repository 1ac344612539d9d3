/** Triggers that keep a full-text table true; SQLite accepts each of them. */
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { parseSyncTrigger, type RowValue, type SyncStatement } from "../../../src/sql/parse/parse-sync-trigger.ts";

/** As sqlite_schema has it. */
function stored(trigger: string): string {
  const db = new Database(":memory:");
  try {
    db.exec(`CREATE TABLE docs (id INTEGER PRIMARY KEY, title, body, "a b"); CREATE TABLE log (id, t);
      CREATE VIEW v AS SELECT * FROM docs; CREATE VIRTUAL TABLE f USING fts5(title, body); CREATE VIRTUAL TABLE "f x" USING fts5(title)`);
    db.exec(trigger);
    return db.prepare<[], string>("SELECT sql FROM sqlite_schema WHERE type = 'trigger'").pluck().get() ?? trigger;
  } finally {
    db.close();
  }
}

/** `add f id:new.id title=new.title`. */
const shown = ({ fullText, kind, rowid, values }: SyncStatement): string =>
  [kind, fullText, value(rowid), ...values.map(({ column, value: of }) => `${column}=${value(of)}`)].join(" ");
const value = ({ row, column }: RowValue): string => `${row}.${column}`;

function parsed(trigger: string): string[] | null {
  const found = parseSyncTrigger(stored(trigger));
  return found === null ? null : [found.event, ...found.statements.map(shown)];
}

describe("reads", () => {
  it.each<[string, string[]]>([
    [
      "CREATE TRIGGER a AFTER INSERT ON docs BEGIN INSERT INTO f(rowid, title, body) VALUES (new.id, new.title, new.body); END",
      ["insert", "add f new.id title=new.title body=new.body"],
    ],
    [
      "CREATE TRIGGER a AFTER DELETE ON docs BEGIN INSERT INTO f(f, rowid, title, body) VALUES('delete', old.id, old.title, old.body); END",
      ["delete", "forget f old.id title=old.title body=old.body"],
    ],
    [
      `create trigger IF NOT EXISTS main."a b" update OF title, body ON docs for each row begin
        insert into F(F, docid, title) values ('delete', OLD.id, OLD.title); -- old
        replace into "f x"(oid, title) values (NEW . "id", new.[a b]); /* new */ end`,
      ["update", "forget F OLD.id title=OLD.title", "replace f x NEW.id title=new.a b"].map((line) =>
        line.replace("OLD.", "old.").replace("OLD.", "old.").replace("NEW.", "new."),
      ),
    ],
    [
      "CREATE TRIGGER a BEFORE UPDATE ON docs BEGIN DELETE FROM f WHERE rowid = old.id; INSERT OR REPLACE INTO f(rowid, title) VALUES (new.rowid, new.title); END",
      ["update", "delete f old.id", "replace f new.rowid title=new.title"],
    ],
    [
      "CREATE TRIGGER a AFTER UPDATE ON docs BEGIN UPDATE f SET title = new.title, body = new.body WHERE rowid == old.id; END",
      ["update", "update f old.id title=new.title body=new.body"],
    ],
    ["CREATE TRIGGER a DELETE ON docs BEGIN DELETE FROM f WHERE _rowid_ = old.id; END", ["delete", "delete f old.id"]],
  ])("%s", (trigger, statements) => {
    expect(parsed(trigger)).toEqual(statements);
  });
});

describe("leaves alone", () => {
  it.each([
    "CREATE TRIGGER a AFTER INSERT ON docs WHEN new.id > 1 BEGIN INSERT INTO f(rowid, title) VALUES (new.id, new.title); END",
    "CREATE TEMP TRIGGER a AFTER INSERT ON docs BEGIN INSERT INTO f(rowid, title) VALUES (new.id, new.title); END",
    "CREATE TRIGGER a INSTEAD OF INSERT ON v BEGIN INSERT INTO f(rowid, title) VALUES (new.id, new.title); END",
    "CREATE TRIGGER a AFTER INSERT ON docs BEGIN INSERT INTO f(rowid, title) VALUES (new.id, lower(new.title)); END",
    "CREATE TRIGGER a AFTER INSERT ON docs BEGIN INSERT INTO f(rowid, title) VALUES (new.id, new.title || '!'); END",
    "CREATE TRIGGER a AFTER INSERT ON docs BEGIN INSERT INTO f(rowid, title) VALUES (new.id, coalesce(new.title, '')); END",
    "CREATE TRIGGER a AFTER INSERT ON docs BEGIN INSERT INTO f(rowid, title) VALUES (1, new.title); END",
    "CREATE TRIGGER a AFTER INSERT ON docs BEGIN INSERT INTO f(rowid, title) SELECT new.id, new.title; END",
    "CREATE TRIGGER a AFTER INSERT ON docs BEGIN INSERT INTO f(rowid, title) VALUES (new.id, new.title), (new.id + 1, new.title); END",
    "CREATE TRIGGER a AFTER INSERT ON docs BEGIN INSERT INTO f(rowid, title) VALUES (new.id, new.title); INSERT INTO log VALUES (1, 2); END",
    "CREATE TRIGGER a AFTER INSERT ON docs BEGIN INSERT INTO f(title, rowid) VALUES (new.title, new.id); END",
    "CREATE TRIGGER a AFTER INSERT ON docs BEGIN INSERT INTO f(title) VALUES (new.title); END",
    "CREATE TRIGGER a AFTER INSERT ON docs BEGIN INSERT OR IGNORE INTO f(rowid, title) VALUES (new.id, new.title); END",
    "CREATE TRIGGER a AFTER INSERT ON docs BEGIN INSERT INTO f(f) VALUES ('rebuild'); END",
    "CREATE TRIGGER a AFTER INSERT ON docs BEGIN INSERT INTO f(f, rank) VALUES ('merge', new.id); END",
    "CREATE TRIGGER a AFTER DELETE ON docs BEGIN DELETE FROM f WHERE rowid = old.id AND title = old.title; END",
    "CREATE TRIGGER a AFTER DELETE ON docs BEGIN DELETE FROM f WHERE title = old.title; END",
    "CREATE TRIGGER a AFTER DELETE ON docs BEGIN DELETE FROM f; END",
    "CREATE TRIGGER a AFTER DELETE ON docs BEGIN DELETE FROM f WHERE rowid > old.id; END",
    "CREATE TRIGGER a AFTER UPDATE ON docs BEGIN UPDATE f SET title = new.title; END",
    "CREATE TRIGGER a AFTER UPDATE ON docs BEGIN UPDATE f SET title = title || new.title WHERE rowid = new.id; END",
    "CREATE TRIGGER a AFTER INSERT ON docs BEGIN SELECT 1; END",
  ])("%s", (trigger) => {
    expect(parsed(trigger)).toBeNull();
  });

  it("what is no trigger at all", () => {
    for (const sql of ["", "CREATE TABLE t (a)", "CREATE TRIGGER a AFTER INSERT ON docs BEGIN END", "CREATE TRIGGER"])
      expect(parseSyncTrigger(sql)).toBeNull();
  });
});
