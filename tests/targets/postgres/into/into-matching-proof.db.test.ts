/** The proof makes its own map of ids, and finds for itself which rows were taken: whatever the loader does otherwise is seen. */
import { describe, expect, it } from "vitest";
import type { Plan, TablePlan } from "../../../../src/core/plan/plan.ts";
import { plainTable } from "../../../../src/core/settings.ts";
import type { Settings } from "../../../../src/index.ts";
import { type IntoScene, into, refusal } from "./into-run.ts";
import type { Sabotage } from "./sabotage.ts";

const source = `CREATE TABLE users (id INTEGER PRIMARY KEY, login TEXT NOT NULL UNIQUE, name TEXT); CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER REFERENCES users (id));
  INSERT INTO users VALUES (1, 'alice', 'A'), (2, 'bob', 'B'), (3, 'cy', 'C'); INSERT INTO posts VALUES (10, 1), (11, 2), (12, 3)`;
const live = `CREATE TABLE users (id int PRIMARY KEY, login text NOT NULL UNIQUE, name text); CREATE TABLE posts (id int PRIMARY KEY, author int REFERENCES users);
  INSERT INTO users VALUES (7, 'alice', 'A'), (3, 'root', 'R'), (1, 'one', 'O'); INSERT INTO posts VALUES (99, 3)`;

const everything = async ({ rows }: IntoScene) => [
  await rows("SELECT * FROM users ORDER BY id"),
  await rows("SELECT * FROM posts ORDER BY id"),
  await rows(
    "SELECT * FROM rowhaul.ledger UNION ALL SELECT run_id, table_name, key, '', '', '', rule FROM rowhaul.quarantine",
  ),
];

function answers(mode: "merge" | "skip"): Partial<Settings> {
  return {
    tables: { users: { ...plainTable, existing: mode, key: ["login"] }, posts: plainTable },
    accept: [{ code: "ID_TAKEN", at: "users", policy: "renumber", why: null }],
  };
}

const changed =
  (table: string, change: (plan: TablePlan) => Partial<TablePlan>) =>
  (plan: Plan): Plan => ({
    ...plan,
    tables: plan.tables.map((one) => (one.source === table ? { ...one, ...change(one) } : one)),
  });

const broken: readonly (readonly [string, Sabotage, string])[] = [
  [
    "a column is not mapped",
    { patched: changed("posts", () => ({ mapped: [] })) },
    "posts id=10 author The value in the target is another one.",
  ],
  [
    "a value is mapped that was another one",
    { before: async () => {} },
    "posts id=12 author The value in the target is another one.",
  ],
  ["a row is missing", { before: async () => {} }, "users id=2 The row is missing in the target."],
];

describe.concurrent.each(["merge", "skip"] as const)("%s by another key", (mode) => {
  const scene = (work: (opened: IntoScene) => Promise<void>) => into("append", source, live, work, answers(mode));

  it("arrives", () =>
    scene(async (opened) => {
      await opened.run();
      expect(await opened.rows("SELECT * FROM posts ORDER BY id")).toEqual([
        { id: 10, author: 7 },
        { id: 11, author: 2 },
        { id: 12, author: 8 },
        { id: 99, author: 3 },
      ]);
      expect(await opened.validate()).toMatchObject({ stage: "done" });
    }));

  it.each(broken)("%s", (name, sabotage, words) =>
    scene(async (opened) => {
      const before: Sabotage["before"] = ({ target: { staging } }) =>
        opened.rows(
          name === "a row is missing"
            ? `DELETE FROM "${staging}".posts WHERE author = 2; DELETE FROM "${staging}".users WHERE id = 2`
            : name === "a value is mapped that was another one"
              ? `UPDATE "${staging}".posts SET author = 1 WHERE id = 12`
              : "SELECT 1",
        );
      const rows = async () => [
        await opened.rows("SELECT * FROM users ORDER BY id"),
        await opened.rows("SELECT * FROM posts ORDER BY id"),
      ];
      const then = await rows();
      const { code, text } = await refusal(() => opened.run({ ...sabotage, before }));
      expect([code, text]).toEqual(["VALIDATION_FAILED", expect.stringContaining(words)]);
      expect(await rows()).toEqual(then);
      expect(await everything(opened).then(([, , books]) => books)).toEqual([]);
    }),
  );

  it.each([
    [
      "one with the key of a row",
      "INSERT INTO users VALUES (20, 'bob', 'B')",
      mode === "skip" ? "TARGET_CHANGED" : null,
    ],
    ["one with the id of a row that is new", "INSERT INTO users VALUES (2, 'new', 'N')", null],
  ] as const)("the application writes %s between plan and switch", (_, statement, code) =>
    scene(async (opened) => {
      const before: Sabotage["before"] = () => opened.rows(statement);
      if (code === null) {
        await opened.run({ before });
        expect(
          await opened.rows("SELECT p.id, u.login FROM posts p JOIN users u ON u.id = p.author ORDER BY 1"),
        ).toEqual([
          { id: 10, login: "alice" },
          { id: 11, login: "bob" },
          { id: 12, login: "cy" },
          { id: 99, login: "root" },
        ]);
      } else expect((await refusal(() => opened.run({ before }))).code).toBe(code);
    }),
  );

  it("a row is matched with another one", () =>
    scene(async (opened) => {
      const before: Sabotage["before"] = ({ target: { staging } }) =>
        opened.rows(`UPDATE "${staging}".users SET login = 'root' WHERE id = 1`);
      const { code, text } = await refusal(() => opened.run({ before }));
      expect(code).toBe("VALIDATION_FAILED");
      expect(text).toContain("posts id=10 author The ");
    }));
});
