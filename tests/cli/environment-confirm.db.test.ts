/** `confirm` of an environment: who must say what before the target is changed. */
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { inPlace, type Place } from "./environments.ts";
import { relations } from "./workspace.ts";

const environments = [
  "development: {}",
  "staging: { backup: skip }",
  "production: { backup: skip }",
  "qa: { like: development, confirm: name }",
];

const untouched = async ({ database }: Place): Promise<void> => {
  expect(await relations(database.pool)).toEqual([]);
};

describe.concurrent("without a terminal", () => {
  it("none: nothing is asked", () =>
    inPlace(environments, async ({ cli }) => {
      expect((await cli("run", "--env", "development")).exit).toBe(0);
    }));

  it("ask: --yes is needed, and enough", () =>
    inPlace(environments, async (place) => {
      const refused = await place.cli("run", "--env", "staging");
      expect(refused.stderr).toContain("NOT_CONFIRMED: staging wants an answer, and there is no terminal to ask.");
      expect(refused.stderr).toContain("Try: Pass --yes.");
      expect(refused.exit).toBe(2);
      await untouched(place);
      const json = await place.cli("run", "--env", "staging", "--json");
      expect([json.exit, json.stdout]).toEqual([2, expect.stringContaining('"code":"NOT_CONFIRMED"')]);
      expect((await place.cli("run", "--env", "staging", "--yes")).exit).toBe(0);
    }));

  it("name: only the database's name will do; --yes is none", () =>
    inPlace(environments, async (place) => {
      const { cli, name } = place;
      for (const [given, words] of [
        [[], "production wants the database's name, and there is no terminal to ask."],
        [["--yes"], "production wants the database's name, and there is no terminal to ask."],
        [["--yes", "--confirm", name.toUpperCase()], `which is not "${name.toUpperCase()}"`],
        [["--env", "qa", "--yes"], "qa wants the database's name"],
      ] as const) {
        const refused = await cli("run", ...given);
        expect(refused.stderr).toContain(words);
        expect(refused.stderr).toContain(`pass --confirm ${name}.`);
        expect(refused.exit).toBe(2);
        await untouched(place);
      }
      expect((await cli("run", "--confirm", name)).exit).toBe(0);
      expect(await relations(place.database.pool)).toContain("orders");
    }));

  it("nothing is asked for what changes nothing", () =>
    inPlace(environments, async (place) => {
      for (const [command, ...args] of [["check"], ["plan"], ["run", "--dry-run"]] as const)
        expect((await place.cli(command, ...args)).exit).toBe(0);
      await untouched(place);
    }));
});

describe.runIf(existsSync("/usr/bin/script")).concurrent("on a terminal", () => {
  it("name: shows the plan, and wants the name typed", () =>
    inPlace(environments, async (place) => {
      const { terminal, name } = place;
      const wrong = terminal("run pipeline.yaml --yes");
      await wrong.until(/Type the database's name, .* to go on: /);
      expect(wrong.stdout()).toContain("customer_id");
      expect(wrong.stdout()).toMatch(/Move 240 rows in 2 tables into 127\.0\.0\.1:\d+\/test_\w+, schema public\?/);
      wrong.type("y\n");
      const no = await wrong.ended;
      expect([no.exit, no.stdout]).toEqual([
        2,
        expect.stringContaining("The name does not match; nothing was changed."),
      ]);
      await untouched(place);
      const right = terminal("run pipeline.yaml");
      await right.until(/Type the database's name/);
      right.type(`${name}\n`);
      expect((await right.ended).exit).toBe(0);
      expect(await relations(place.database.pool)).toContain("orders");
    }));

  it("says what becomes of rows that are there, by table where they are treated differently", () =>
    inPlace(environments, async ({ database, terminal, set }) => {
      set(
        environments,
        `target: { kind: postgres, url: "${database.url}", existing: append }`,
        'tables: { "*": {}, customers: { existing: replace } }',
      );
      await database.pool.query(`CREATE TABLE customers (id int PRIMARY KEY, name text, email text);
          CREATE TABLE orders (id int PRIMARY KEY, customer_id int, total float8, note text, placed timestamp);
          CREATE VIEW big_orders AS SELECT id FROM orders; INSERT INTO customers VALUES (999, 'old', NULL)`);
      const asked = terminal("run pipeline.yaml --env staging");
      await asked.until(
        /schema public:\s+orders added to what is\s+there; customers in place of all\s+rows that are there\?\s+\[y\/N\] /,
      );
      asked.type("n\n");
      expect((await asked.ended).exit).toBe(2);
      expect((await database.pool.query("SELECT name FROM customers")).rows).toEqual([{ name: "old" }]);
    }));

  it("ask: anything but yes is no, and Ctrl-C is Ctrl-C", () =>
    inPlace(environments, async (place) => {
      const no = place.terminal("run pipeline.yaml --env staging");
      await no.until(/schema public\? \[y\/N\] /);
      no.type("yess\n");
      expect((await no.ended).exit).toBe(2);
      const stopped = place.terminal("run pipeline.yaml --env production");
      await stopped.until(/to go on: /);
      stopped.type("\u0003");
      expect((await stopped.ended).exit).toBe(130);
      await untouched(place);
      const yes = place.terminal("run pipeline.yaml --env staging");
      await yes.until(/\[y\/N\] /);
      yes.type("Y\n");
      expect((await yes.ended).exit).toBe(0);
    }));
});
