import { hostname } from "node:os";
import { describe, expect, it } from "vitest";
import { workspace } from "../cli/workspace.ts";
import { rowhaul, startRowhaul } from "../support/cli.ts";
import { freshDatabase } from "../support/database.ts";
import { killedOften } from "./recovery.ts";

describe("a run that is killed", () => {
  it("four times at random moments is complete in the end", () =>
    killedOften([
      ["profile", 400],
      ["load", 150],
      ["finish", 80],
      ["validate", 150],
    ]));

  it("gives its hold away at once on the same host, and to nobody else before it expires", async () => {
    const database = await freshDatabase();
    try {
      const space = workspace();
      space.sqlite("CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)");
      space.pipeline(database.url);
      expect((await rowhaul(["load", "pipeline.yaml"], { cwd: space.folder })).exit).toBe(0);
      const hold = (owner: string) =>
        database.pool.query(
          `INSERT INTO rowhaul.leases VALUES ('public', 'another', $1, 7, now(), now() + interval '50 seconds')
           ON CONFLICT (target_schema) DO UPDATE SET owner = $1, expires = now() + interval '50 seconds', run_id = 'another'`,
          [owner],
        );
      await hold("elsewhere.example:4711");
      const refused = await rowhaul(["run", "pipeline.yaml"], { cwd: space.folder });
      expect(refused.exit).toBe(2);
      expect(refused.stderr).toMatch(
        /Run another is at work on schema public \(elsewhere.example:4711\).*ends in (49|50) s/,
      );
      const dead = startRowhaul(["help"]);
      await dead.ended;
      await hold(`${hostname()}:${dead.pid}`);
      const taken = await rowhaul(["run", "pipeline.yaml"], { cwd: space.folder });
      expect(taken.exit).toBe(0);
    } finally {
      await database.drop();
    }
  });
});
