/** The worked example on PostgreSQL 15: what the plan decides must suit older servers too. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildKnowledge } from "../../scripts/fixture/build-knowledge.mjs";
import type { Embedded } from "../../src/embedded/index.ts";
import { value, workspace } from "../cli/workspace.ts";
import { rowhaul } from "../support/cli.ts";
import { debianPostgres15, freshDatabase } from "../support/database.ts";

describe("PostgreSQL 15", () => {
  let server: Embedded | null = null;
  beforeAll(async () => {
    server = await debianPostgres15();
  });
  afterAll(() => server?.stop());

  it("takes the knowledge base, with the decisions of its pipeline", async ({ skip }) => {
    if (server === null) return skip("PostgreSQL 15 is not installed");
    const database = await freshDatabase(server.url);
    try {
      const space = workspace();
      buildKnowledge(space.path("app.db"));
      const example = readFileSync(
        fileURLToPath(new URL("../../pipelines/knowledge-base.yaml", import.meta.url)),
        "utf8",
      );
      const accept = /^accept:\n(?:(?: .*)?\n|#.*\n)+/m.exec(example)?.[0] ?? "";
      expect(accept).toContain("NUL_IN_TEXT");
      const result = await rowhaul(["run", space.pipeline(database.url, accept)], { limitSeconds: 100 });
      expect(result.stderr).not.toContain("Error");
      expect(result.exit).toBe(0);
      expect(result.stderr).toContain("PostgreSQL 15 at");
      expect(result.stdout).toMatch(/✔ counts: [\s\S]*✔ schema: [\s\S]*✔ parity: /);
      expect(
        await value(
          database.pool,
          "SELECT concat_ws(' ', (SELECT count(*) FROM kb_entries), (SELECT count(*) FROM kb_code_links), (SELECT count(*) FROM audit_log))",
        ),
      ).toBe("5000 3000 9000");
      expect(await value(database.pool, "SELECT count(*)::int FROM rowhaul.quarantine")).toBe(1);
      const back = await rowhaul(["rollback", "pipeline.yaml"], { cwd: space.folder });
      expect(back.exit).toBe(0);
    } finally {
      await database.drop();
    }
  });
});
