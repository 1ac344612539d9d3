/** `backup` of an environment: what counts as one, and what stops the run. */
import { existsSync, readdirSync, statSync, truncateSync, utimesSync } from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { rowhaul } from "../support/cli.ts";
import { inPlace, type Place } from "./environments.ts";
import { relations } from "./workspace.ts";

const required = ["production: { backup: require, backups: { folder: backups, maxAge: 12h }, confirm: none }"];

/** A backup as somebody makes it: by SQLite itself. */
async function backUp({ space }: Place, name = "nightly.db"): Promise<string> {
  space.write("backups/.keep", "");
  const db = new Database(space.path("app.db"), { readonly: true });
  await db.backup(space.path(`backups/${name}`));
  db.close();
  return space.path(`backups/${name}`);
}

async function refused({ cli, database, space }: Place, ...words: readonly string[]): Promise<void> {
  const result = await cli("run");
  for (const word of words) expect(result.stderr).toContain(word);
  expect(result.stderr).toMatch(/^Try: /m);
  expect(result.exit).toBe(2);
  expect(await relations(database.pool)).toEqual([]);
  // Refused before the snapshot.
  expect([...space.kept().keys()].filter((name) => name.endsWith(".db"))).toEqual([]);
}

describe.concurrent("backup: require", () => {
  it("is production's default, and production is the default once there are environments", () =>
    inPlace(["development: {}"], async (place) => {
      await refused(place, "backups: nothing says where the backups are", "Give `backups: { folder: … }`");
      expect((await place.cli("run", "--env", "development")).exit).toBe(0);
    }));

  it("without any, with an old one, with a broken one and with one of something else: refused", () =>
    inPlace(required, async (place) => {
      const { space } = place;
      await refused(place, "there is no backup in backups", "`backup: make`");
      const path = await backUp(place);
      const yesterday = new Date(Date.now() - 26 * 3_600_000);
      utimesSync(path, yesterday, yesterday);
      await refused(place, `the newest backup, ${path}, is 1d 2h old; 12h is allowed`);
      const broken = await backUp(place, "broken.db");
      truncateSync(broken, 4096 * 3);
      await refused(place, "no recent backup can be restored", broken);
      space.write("backups/broken.db", "");
      await refused(place, `${broken}: it is empty`);
      space.write("backups/broken.db", "x".repeat(5000));
      const doubtful = await place.cli("run");
      expect([doubtful.exit, doubtful.stderr]).toEqual([0, expect.stringContaining("! backups: ")]);
      expect(doubtful.stderr).toContain("cannot be verified");
      expect(doubtful.stderr).toContain("→ Restore it by hand once to be sure.");
    }));

  it("with one that is restored and counted, the run goes on; a broken newer one is told", () =>
    inPlace(required, async (place) => {
      const good = await backUp(place);
      const old = new Date(Date.now() - 3_600_000);
      utimesSync(good, old, old);
      truncateSync(await backUp(place, "newer.db"), 4096 * 2);
      const result = await place.cli("run");
      expect(result.stderr).toMatch(/! backups: \S+newer\.db cannot be restored: /);
      expect(result.stderr).toMatch(
        /· backups: \S+nightly\.db, 1h( \d+s)? old: restored and checked: 240 rows in 2 tables, as many as in the source$/m,
      );
      expect(result.exit).toBe(0);
      expect(await relations(place.database.pool)).toContain("orders");
    }));

  it("takes an export of rowhaul's, and refuses one that was changed", () =>
    inPlace(required, async (place) => {
      const { space } = place;
      const made = await rowhaul(["export", "app.db", "backups/weekly"], { cwd: space.folder });
      expect(made.exit).toBe(0);
      const file = readdirSync(space.path("backups/weekly")).find((name) => name.startsWith("orders")) ?? "";
      const text = space.read(`backups/weekly/${file}`);
      space.write(`backups/weekly/${file}`, text.replace("note 7", "note 8"));
      await refused(place, "no recent backup can be restored", file);
      space.write(`backups/weekly/${file}`, text);
      const result = await place.cli("run");
      expect([result.exit, result.stderr]).toEqual([0, expect.stringContaining("240 rows in 2 tables")]);
    }));

  it("a plan changes nothing and asks for none; check does", () =>
    inPlace(required, async ({ cli }) => {
      expect((await cli("plan")).exit).toBe(0);
      const check = await cli("check");
      expect([check.exit, check.stderr]).toEqual([2, expect.stringContaining("✘ backups: there is no backup")]);
    }));
});

describe.concurrent("backup: make", () => {
  it("puts a proven copy of the snapshot where the pipeline says, before anything is loaded", () =>
    inPlace(["staging: { backups: { folder: kept }, confirm: none }"], async ({ cli, space }) => {
      const result = await cli("run", "--env", "staging");
      expect(result.exit).toBe(0);
      const [name = "", ...others] = readdirSync(space.path("kept"));
      expect([name, others]).toEqual([expect.stringMatching(/^app-\d{8}T\d{6}Z-[0-9a-f]{8}\.db$/), []]);
      expect(result.stderr).toContain(`· backup: ${space.path(`kept/${name}`)}, restored and checked`);
      expect(result.stderr.indexOf("· backup: ")).toBeLessThan(result.stderr.indexOf("✔ load"));
      expect(statSync(space.path(`kept/${name}`)).mode & 0o777).toBe(0o600);
      const db = new Database(space.path(`kept/${name}`), { readonly: true });
      expect(db.prepare("SELECT count(*) FROM orders").pluck().get()).toBe(200);
      db.close();
    }));

  it("that cannot be written stops the run before the load", () =>
    inPlace(["staging: { backups: { folder: app.db }, confirm: none }"], async ({ cli, database }) => {
      const result = await cli("run", "--env", "staging");
      expect([result.exit, result.stderr]).toEqual([2, expect.stringContaining("BACKUP_FAILED")]);
      expect(await relations(database.pool)).toEqual([]);
    }));
});

describe.concurrent("environments", () => {
  it("of one's own are as strict as production unless they say what they are like", () =>
    inPlace(["qa: {}", "toys: { like: development, backup: make }"], async ({ cli, space }) => {
      const strict = await cli("run", "--env", "qa");
      expect([strict.exit, strict.stderr]).toEqual([2, expect.stringContaining("✘ backups:")]);
      expect((await cli("run", "--env", "toys")).exit).toBe(0);
      expect(existsSync(space.path("backups"))).toBe(true);
    }));

  it("that are not there are named, with those that are", () =>
    inPlace(["qa: {}"], async ({ cli, space }) => {
      const result = await cli("run", "--env", "prod");
      expect(result.exit).toBe(1);
      expect(result.stderr).toContain('There is no environment "prod".');
      expect(result.stderr).toContain("Known: qa, development, staging, production.");
      expect(space.kept().size).toBe(0);
    }));

  it("the next command that is printed names the environment", () =>
    inPlace(["qa: { like: development }"], async ({ cli }) => {
      expect((await cli("plan", "--env", "qa")).stdout).toMatch(/ run pipeline\.yaml --env qa {3}do it$/m);
      const loaded = await cli("load", "--env", "qa", "--tables", "customers");
      expect(loaded.stdout).toMatch(/ validate pipeline\.yaml --env qa {3}prove it$/m);
      const validated = await cli("validate", "--env", "qa");
      expect([validated.exit, validated.stdout]).toEqual([
        0,
        expect.stringMatching(/ cutover pipeline\.yaml --env qa /),
      ]);
    }));
});
