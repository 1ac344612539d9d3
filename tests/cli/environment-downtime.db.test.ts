/** `maxDowntime` and `rollbackOnFailure` of an environment: the clock runs from the snapshot to the end of the cutover. */
import { describe, expect, it } from "vitest";
import { inPlace, type Place } from "./environments.ts";
import { relations, schemas, value } from "./workspace.ts";

const settings = "DATABASE_URL=sqlite:app.db # old\n";

/** An application with a health check; `check` decides about its health. */
function application({ space }: Place, check: string): string[] {
  space.write("app/.env", settings);
  space.write("app/check.sh", check);
  return [
    "cutover:",
    '  - { file: app/.env, set: { DATABASE_URL: "${target.url}" } }',
    '  - { check: "sh check.sh", in: app }',
  ];
}

async function untouched({ database, space }: Place): Promise<void> {
  expect(await relations(database.pool)).toEqual([]);
  expect(space.read("app/.env")).toBe(settings);
}

describe.concurrent("maxDowntime", () => {
  it("is compared with a rule of thumb before the first run, and with what runs took after", () =>
    inPlace(["development: { maxDowntime: 1s }"], async (place) => {
      const { cli, set, space } = place;
      const check = await cli("check", "--env", "development");
      expect(check.stderr).toMatch(
        /! downtime: about 2(\.\d)?s \(by rule of thumb; a rehearsal measures it\); 1s is allowed/,
      );
      expect(check.stderr).toContain("→ Raise `maxDowntime`, move fewer tables, or rehearse first.");
      expect(check.exit).toBe(0);
      set(["development: { maxDowntime: 1h }"]);
      expect((await cli("run", "--env", "development")).exit).toBe(0);
      set(["development: { maxDowntime: 10ms }"]);
      space.sqlite("UPDATE customers SET name = 'x' WHERE id = 1");
      const refused = await cli("run", "--env", "development");
      expect(refused.stderr).toMatch(/✘ downtime: about [\d.]+m?s \(by earlier runs\); 10ms is allowed/);
      expect(refused.exit).toBe(2);
      expect(await value(place.database.pool, "SELECT name FROM customers WHERE id = 1")).toBe("Customer 1");
    }));

  it("exceeded while planning, loading or proving: nothing is switched", () =>
    inPlace(["development: { maxDowntime: 50ms }"], async (place) => {
      place.set(["development: { maxDowntime: 50ms }"], ...application(place, "exit 0"));
      const result = await place.cli("run", "--env", "development");
      expect(result.stderr).toMatch(
        /DOWNTIME_EXCEEDED: The snapshot was taken at \S+, more than 50ms ago, and the cutover is not complete\./,
      );
      expect(result.stderr).not.toContain("✔ cutover");
      expect(result.exit).toBe(2);
      await untouched(place);
      // It may be over before there is a lease to take.
      if (await value(place.database.pool, "SELECT to_regclass('rowhaul.leases') IS NOT NULL"))
        expect(await value(place.database.pool, "SELECT count(*)::int FROM rowhaul.leases WHERE expires > now()")).toBe(
          0,
        );
      // Resuming would be too late as well; a fresh run with enough time is not.
      expect((await place.cli("run", "--env", "development")).exit).toBe(2);
      place.set(["development: { maxDowntime: 1m }"], ...application(place, "exit 0"));
      expect((await place.cli("run", "--env", "development", "--fresh")).exit).toBe(0);
      expect(place.space.read("app/.env")).toContain(place.database.url);
    }));

  it("exceeded during the health check: rolled back, files and schema as before", () =>
    inPlace(["development: {}"], async (place) => {
      place.set(["development: { maxDowntime: 6s }"], ...application(place, "touch seen; sleep 30"));
      const result = await place.cli("run", "--env", "development");
      expect(place.space.read("app/seen")).toBe("");
      expect(result.stderr).toMatch(
        /CUTOVER_FAILED: The cutover failed and was rolled back: The snapshot was taken at .*more than 6s ago/,
      );
      expect(result.exit).toBe(5);
      await untouched(place);
      place.set(["development: { maxDowntime: 6m }"], ...application(place, "exit 0"));
      const again = await place.cli("run", "--env", "development");
      expect([again.exit, again.stderr]).toEqual([0, expect.stringContaining("Resuming run")]);
      expect(await value(place.database.pool, "SELECT count(*)::int FROM orders")).toBe(200);
    }));
});

describe.concurrent("rollbackOnFailure: false", () => {
  it("leaves a failed cutover for somebody to look at; rollback undoes it", () =>
    inPlace(["development: {}"], async (place) => {
      const { cli, database, set, space } = place;
      const careless = ["development: { rollbackOnFailure: false }"];
      set(careless, ...application(place, "echo it is broken; exit 3"));
      const result = await cli("run", "--env", "development");
      expect(result.stderr).toContain(
        "CUTOVER_FAILED: The cutover failed and is left as it is: The health check `sh check.sh` failed",
      );
      expect(result.stderr).toContain("it is broken");
      expect(result.stderr).toMatch(/Try: `.*rollback pipeline\.yaml --env development` undoes it/);
      expect(result.exit).toBe(5);
      expect(space.read("app/.env")).toContain(database.url);
      expect(await relations(database.pool)).toContain("orders");
      expect((await cli("status", "--env", "development")).stdout).toContain("interrupted cutover");
      const back = await cli("rollback", "--env", "development");
      expect(back.exit).toBe(0);
      await untouched(place);
      expect((await schemas(database.pool)).filter((name) => name.startsWith("rowhaul_staging_"))).toHaveLength(1);
    }));

  it("the cutover can also be gone on with", () =>
    inPlace(["development: {}"], async (place) => {
      const { cli, database, set, space } = place;
      set(["development: { rollbackOnFailure: false }"], ...application(place, "exit 3"));
      expect((await cli("run", "--env", "development")).exit).toBe(5);
      space.write("app/check.sh", "exit 0");
      const forward = await cli("cutover", "--forward", "--env", "development");
      expect([forward.exit, forward.stdout]).toEqual([0, expect.stringContaining("moved, proven and switched")]);
      expect(space.read("app/.env")).toContain(database.url);
      expect(await value(database.pool, "SELECT count(*)::int FROM orders")).toBe(200);
    }));
});
