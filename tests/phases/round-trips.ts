/**
 * Real databases, made by others, there and back: as an export, in SQLite, in
 * PostgreSQL and in another PostgreSQL, with nothing that differs from where it began.
 */
import { copyFileSync, existsSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { useDatabase } from "../support/database.ts";
import { expectSame, trip } from "./round-trip.ts";

const folder = fileURLToPath(new URL("../../../shared/data/", import.meta.url));

/** Defines the tests of these files. */
export function roundTrips(files: readonly string[]): void {
  const first = useDatabase();
  const second = useDatabase();

  describe.skipIf(files.length > 0)("real databases", () => {
    it.skip("are not beside this repository", () => {});
  });

  describe.skipIf(files.length === 0).each(files.map((file, i) => [file, i % 2 === 0] as const))(
    "%s (gzip: %s)",
    (file, gzip) => {
      const schema = basename(file).replace(/\W/g, "_");
      const journey = trip();
      const app = (): string => {
        const path = journey.path("app.db");
        for (const end of ["", "-wal", "-shm"])
          if (!existsSync(`${path}${end}`) && existsSync(join(folder, `${file}${end}`)))
            copyFileSync(join(folder, `${file}${end}`), `${path}${end}`);
        return path;
      };

      it("SQLite → export → SQLite", async () => {
        const from = app();
        const exported = await journey.export(from, "export", { gzip });
        await journey.move(exported, journey.path("back.db"));
        await expectSame(from, journey.path("back.db"), "exact");
        await expectSame(from, exported, "exact");
      });

      it.skipIf(onlySqlite.includes(file))("export → PostgreSQL → export → PostgreSQL → SQLite", async () => {
        const from = app();
        await journey.move(journey.path("export"), first.url, schema);
        const found = await expectSame(from, first.url, "in meaning", { schema, known: known[file] ?? [] });
        expect(found.tables.length).toBeGreaterThan(0);
        if (large.includes(file)) return;
        await journey.export(first.url, "export-pg", { schema, gzip });
        await journey.move(journey.path("export-pg"), second.url, schema);
        await expectSame(first.url, second.url, "exact", { schema });
        await journey.move(second.url, journey.path("pg.db"), schema);
        await expectSame(second.url, journey.path("pg.db"), "in meaning", { schema });
      });
    },
  );
}

/** Its 25,000 words of full text take PostgreSQL a minute; real-databases.nightly.db.test.ts moves it there, every cell proven. */
const onlySqlite = ["sqlite/bible-fts.sqlite"];

/** 77,000 rows in two plain tables, of which the way back would say nothing that the other databases do not. */
const large = ["sqlite/spider-flight_4.sqlite"];

/** What the plan names as not arriving. */
const known: Record<string, readonly unknown[]> = {
  // INVALID_TEXT: a hash kept as text; its default puts U+FFFD in the place of bytes that are no UTF-8.
  "sqlite/edge-load-statistics.sqlite": [
    expect.stringMatching(/^load_statistics: missing .*resource_url_hash=x'e0842666599d57/),
    expect.stringMatching(/^load_statistics: extra .*resource_url_hash="\ufffd\ufffd&fY/),
  ],
};
