/** Names, NULLs, seeds, partitions, foreign keys; and what the user who runs it may see of the tables. */
import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { copySettings, run } from "../../src/index.ts";
import { freshDatabase } from "../support/database.ts";
import { makeDatabase } from "../support/scratch-database.ts";
import { column, liveColumn } from "./pair.ts";
import { tables } from "./pairs/tables.ts";
import { playAll } from "./play.ts";
import { messageOf, refusal } from "./scene.ts";

playAll("into tables", tables);

it("a role that a row security policy applies to is refused when the plan is made", async () => {
  const db = await freshDatabase();
  const role = `app_${randomBytes(4).toString("hex")}`;
  try {
    await db.pool.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'; ${liveColumn("text", "INSERT INTO t VALUES (9, 'old')")};
      ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON t USING (id < 5);
      GRANT ALL ON t TO ${role}; GRANT USAGE, CREATE ON SCHEMA public TO ${role}; DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO ${role}', current_database()); END $$`);
    const url = Object.assign(new URL(db.url), { username: role, password: "secret" }).href;
    const settings = copySettings(makeDatabase(column("TEXT", "'a'")), url, { existing: "append" });
    const found = await refusal(() => run(settings));
    const text = messageOf(found);
    expect(found.code, text).toBe("TARGET_MISMATCH");
    expect(text).toContain("row-level security of t hides rows");
    expect((await db.pool.query("SELECT v FROM t")).rows).toEqual([{ v: "old" }]);
  } finally {
    await db.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    await db.drop();
  }
});
