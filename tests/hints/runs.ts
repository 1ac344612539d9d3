/** Errors of a run on its way: stopped, taken over, changed meanwhile, and what a switch asks before and after. */
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { expect } from "vitest";
import { type FaultyNetwork, startProxy } from "../support/proxy.ts";
import type { Cases } from "./cases.ts";
import { type Place, shop } from "./place.ts";

const count = (place: Place): Promise<unknown> => place.value("SELECT count(*)::int FROM orders");

async function goesOn(place: Place, { hint }: { readonly hint: string }): Promise<void> {
  expect(hint).toContain("the same command again; it resumes");
  const { stderr } = await place.ends("run", "pipeline.yaml");
  expect(stderr).toContain("Resuming run");
  expect(await count(place)).toBe(3);
}

/** The server does this whenever rowhaul makes keys, but not when it only tries them for the plan; until `quiet`. */
async function whenKeysAreMade(place: Place, body: string): Promise<void> {
  place.space.sqlite(shop);
  place.pipeline();
  await place.sql(
    `CREATE FUNCTION meddle() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
       IF current_query() LIKE '%rowhaul_staging_%PRIMARY KEY%' AND to_regclass('rowhaul.leases') IS NOT NULL THEN ${body} END IF; END $$`,
    "CREATE EVENT TRIGGER meddle ON ddl_command_start WHEN TAG IN ('ALTER TABLE', 'CREATE INDEX') EXECUTE FUNCTION meddle()",
  );
}

const quiet = (place: Place): Promise<void> => place.sql("DROP EVENT TRIGGER meddle");

export const runs = {
  CONNECTION_LOST: {
    when: "the server ends the connection",
    async then(place) {
      await whenKeysAreMade(place, "PERFORM pg_terminate_backend(pg_backend_pid());");
      const printed = await place.refused("CONNECTION_LOST", "run", "pipeline.yaml");
      await quiet(place);
      await goesOn(place, printed);
    },
  },
  COMMIT_UNKNOWN: {
    when: "the network goes at a COMMIT, and stays away",
    async then(place) {
      let proxy: FaultyNetwork | null = null;
      proxy = await startProxy(place.database.url, (sent, passage) => {
        if (proxy === null || !sent.includes("PRIMARY KEY") || !sent.includes("finish/")) return "pass";
        proxy.refuse(true);
        passage.resetClient();
        setTimeout(() => passage.passOn(), 0);
        return "hold";
      });
      try {
        place.space.sqlite(shop);
        const url = new URL(proxy.url);
        url.password = "";
        place.pipeline(`target: { kind: postgres, url: "${url.href}" }`);
        const printed = await place.refused("COMMIT_UNKNOWN", "run", "pipeline.yaml");
        expect(printed.text).toMatch(/nothing says whether the server carried it out/);
        proxy.refuse(false);
        const { stderr } = await place.ends("run", "pipeline.yaml");
        expect(stderr).toContain("Resuming run");
        expect(await count(place)).toBe(3);
      } finally {
        await proxy.stop();
      }
    },
  },
  TARGET_DISK_FULL: {
    when: "the server says that its disk is full",
    async then(place) {
      await whenKeysAreMade(place, "RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100';");
      const printed = await place.refused("TARGET_DISK_FULL", "run", "pipeline.yaml");
      await quiet(place);
      await goesOn(place, printed);
    },
  },
  LOCK_TIMEOUT: {
    when: "another session holds what is needed",
    async then(place) {
      await place.sql("CREATE TABLE held (id int)");
      await whenKeysAreMade(place, "SET LOCAL lock_timeout = '50ms'; LOCK TABLE public.held;");
      const other = await place.database.pool.connect();
      await other.query("BEGIN; LOCK TABLE held");
      const printed = await place.refused("LOCK_TIMEOUT", "run", "pipeline.yaml");
      await other.query("ROLLBACK");
      other.release();
      expect(printed.hint).toContain("run the same command again");
      await place.ends("run", "pipeline.yaml");
      await quiet(place);
      expect(await count(place)).toBe(3);
    },
  },
  LEASE_LOST: {
    when: "another process took the run over",
    async then(place) {
      await whenKeysAreMade(place, "UPDATE rowhaul.leases SET token = token + 1;");
      const printed = await place.refused("LEASE_LOST", "run", "pipeline.yaml");
      await quiet(place);
      expect((await place.follow(printed.command("status"))).stdout).toContain("loading");
    },
  },
  LOAD_FAILED: {
    when: "the server fails at something",
    async then(place) {
      await whenKeysAreMade(place, "RAISE EXCEPTION 'out of order' USING ERRCODE = 'XX000';");
      const printed = await place.refused("LOAD_FAILED", "run", "pipeline.yaml");
      expect(printed.text).toContain("out of order");
      await quiet(place);
      expect(printed.hint).toContain("run the same command again to resume");
      await place.ends("run", "pipeline.yaml");
      expect(await count(place)).toBe(3);
    },
  },
  RUN_IN_PROGRESS: {
    when: "another run is at work",
    async then(place) {
      await whenKeysAreMade(place, "PERFORM pg_advisory_xact_lock(7);");
      const letGo = await hold(place);
      const first = place.start("run", "pipeline.yaml");
      await first.until(/✔ load/);
      const { hint } = await place.refused("RUN_IN_PROGRESS", "run", "pipeline.yaml", "--fresh");
      expect(hint).toMatch(/^Wait for it, or stop it/);
      first.kill("SIGTERM");
      await letGo();
      await first.ended;
      await quiet(place);
      await place.ends("run", "pipeline.yaml");
      expect(await count(place)).toBe(3);
    },
  },
  INTERRUPTED: [
    { when: "Ctrl-C", then: (place) => stopped(place, "INTERRUPTED", []) },
    { when: "Ctrl-C of a run that was to start over", then: (place) => stopped(place, "INTERRUPTED", ["--fresh"]) },
  ],
  TERMINATED: { when: "a termination signal", then: (place) => stopped(place, "TERMINATED", []) },
  PIPELINE_CHANGED: [
    {
      when: "the file changed after the load began",
      async then(place) {
        place.space.sqlite(shop);
        place.pipeline();
        await place.ends("load", "pipeline.yaml");
        place.pipeline("exclude: [orders]");
        const printed = await place.refused("PIPELINE_CHANGED", "run", "pipeline.yaml");
        expect(printed.hint).toContain("Undo the change to resume");
        await place.follow(printed.command("run"));
        expect(await place.value("SELECT to_regclass('public.orders')::text")).toBeNull();
      },
    },
    {
      when: "other tables were named, in another folder than the file's",
      async then(place) {
        place.space.sqlite(shop);
        place.pipeline();
        place.space.write("my files/app.yaml", place.space.read("pipeline.yaml").replace("app.db", "../app.db"));
        await place.ends("load", "my files/app.yaml");
        const printed = await place.refused("PIPELINE_CHANGED", "run", "my files/app.yaml", "--tables", "customers");
        await place.follow(printed.command("run"));
        expect(await place.value("SELECT count(*)::int FROM customers")).toBe(2);
        expect(await place.value("SELECT to_regclass('public.orders')::text")).toBeNull();
      },
    },
  ],
  SNAPSHOT_LOST: [
    {
      when: "it is gone when a run is proven, which cannot start over itself",
      async then(place) {
        place.space.sqlite(shop);
        place.pipeline();
        await place.ends("load", "pipeline.yaml");
        loseSnapshot(place);
        const printed = await place.refused("SNAPSHOT_LOST", "validate", "pipeline.yaml");
        await place.follow(printed.command("run"));
        expect(await count(place)).toBe(3);
      },
    },
    {
      when: "it is gone when a copy is proven again: the same copy, with its options",
      async then(place) {
        place.space.sqlite(shop);
        await place.sql("CREATE TABLE customers (id int PRIMARY KEY, name text)");
        const copy = ["copy", "app.db", place.shown, "--merge", "--accept-all"];
        await place.ends(...copy);
        loseSnapshot(place);
        const printed = await place.refused("SNAPSHOT_LOST", "validate", "app.db", place.shown);
        expect(printed.command("copy")).toMatch(/ copy app\.db \S+ --merge --fresh$/);
        await place.ends("rollback", "app.db", place.shown, "--yes");
        await place.follow(`${printed.command("copy")} --accept-all`);
        expect(await place.value("SELECT count(*)::int FROM customers")).toBe(2);
      },
    },
  ],
  LOAD_LOST: [
    {
      when: "somebody dropped what was loaded",
      async then(place) {
        await loaded(place);
        const staging = await place.value("SELECT staging FROM rowhaul.runs");
        await place.sql(`DROP SCHEMA "${staging}" CASCADE`);
        await place.refused("LOAD_LOST", "validate", "pipeline.yaml");
        const printed = await place.refused("LOAD_LOST", "run", "pipeline.yaml");
        expect(printed.text).toContain(`${staging} is not what it was`);
        await place.follow(printed.command("run"));
        expect(await count(place)).toBe(3);
      },
    },
    {
      when: "somebody dropped the state of a run that was loaded",
      async then(place) {
        await loaded(place);
        await place.sql("DROP SCHEMA rowhaul CASCADE");
        const printed = await place.refused("LOAD_LOST", "run", "pipeline.yaml");
        await place.follow(printed.command("run"));
        expect(await count(place)).toBe(3);
        await place.ends("clean", "pipeline.yaml", "--yes");
        expect(
          await place.value("SELECT string_agg(nspname, ' ') FROM pg_namespace WHERE nspname LIKE 'rowhaul%'"),
        ).toBe(null);
      },
    },
  ],
  STATE_LOST: {
    when: "somebody dropped the state of a run that is switched: what was there is put back by hand",
    async then(place) {
      place.space.sqlite(shop);
      place.pipeline('target: { kind: postgres, url: "${DATABASE_URL}", existing: keep-aside }');
      await place.sql("CREATE TABLE orders (mine int)", "INSERT INTO orders VALUES (7)");
      await place.ends("run", "pipeline.yaml");
      await place.sql("DROP SCHEMA rowhaul CASCADE");
      for (const command of ["run", "validate", "cutover"]) await place.refused("STATE_LOST", command, "pipeline.yaml");
      const { text } = await place.refused("STATE_LOST", "rollback", "pipeline.yaml", "--yes");
      expect(text).toContain("cannot be known");
      expect(await count(place)).toBe(3);
      // What is printed is done as it stands.
      await place.sql(...[...text.matchAll(/By hand: (.*;)$/gm)].map(([, statement = ""]) => statement));
      expect(await place.value("SELECT mine FROM orders")).toBe(7);
      expect(await place.value("SELECT to_regclass('public.customers')::text")).toBeNull();
    },
  },
  RUN_FILE_DAMAGED: [
    {
      when: "the plan was cut short: the run is started over",
      async then(place) {
        await loaded(place);
        const path = keptFile(place, "plan.json");
        truncateSync(path, 1000);
        const printed = await place.refused("RUN_FILE_DAMAGED", "run", "pipeline.yaml");
        expect(printed.text).toContain(`${path} is damaged: `);
        await place.follow(printed.command("run"));
        expect(await count(place)).toBe(3);
      },
    },
    {
      when: "the run's record was overwritten: it is given up",
      async then(place) {
        await loaded(place);
        const path = keptFile(place, "run.json");
        writeFileSync(path, '{"stage": "almost"}');
        const printed = await place.refused("RUN_FILE_DAMAGED", "status", "pipeline.yaml");
        expect(printed.text).toContain(`${path} is damaged: id: `);
        await place.follow(printed.command("run"));
        expect(await count(place)).toBe(3);
      },
    },
    {
      when: "the journal has a line that rowhaul did not write: put back from a copy",
      async then(place) {
        place.space.sqlite(shop);
        place.pipeline();
        await place.ends("run", "pipeline.yaml");
        const path = keptFile(place, "journal.jsonl");
        const copy = readFileSync(path);
        writeFileSync(path, copy.toString("utf8").replace('"schema switched"', '"schema changed"'));
        const { hint, text } = await place.refused("RUN_FILE_DAMAGED", "rollback", "pipeline.yaml", "--yes");
        expect(text).toContain(`${path} is damaged: line 3: `);
        expect(hint).toMatch(/^Put the file back from a copy\./);
        expect(await count(place)).toBe(3);
        writeFileSync(path, copy);
        await place.ends("rollback", "pipeline.yaml", "--yes");
        expect(await place.value("SELECT to_regclass('public.orders')::text")).toBeNull();
      },
    },
  ],
  STATE_NEWER: [
    {
      when: "a newer rowhaul has been at work on the target",
      async then(place) {
        await loaded(place);
        await place.sql("INSERT INTO rowhaul.rowhaul_migrations (version) VALUES (99)");
        const printed = await place.refused("STATE_NEWER", "run", "pipeline.yaml");
        expect(printed.text).toContain("Schema rowhaul of the target has version 99 of the state of runs");
        expect(printed.hint).toMatch(/^Install the newer rowhaul, then run the same command again;/);
        for (const command of ["check", "validate", "clean"])
          await place.refused("STATE_NEWER", command, "pipeline.yaml", ...(command === "clean" ? ["--yes"] : []));
        expect(await place.value("SELECT status FROM rowhaul.runs")).toBe("loaded");
        // To the newer one it is a state like any other.
        await place.sql("DELETE FROM rowhaul.rowhaul_migrations WHERE version = 99");
        await place.follow(`${printed.command("clean")} --yes`);
        expect(await place.value("SELECT to_regnamespace('rowhaul')::text")).toBeNull();
      },
    },
    {
      when: "a newer rowhaul has been at work on the pipeline",
      async then(place) {
        await loaded(place);
        const path = keptFile(place, "run.json");
        const text = readFileSync(path, "utf8");
        const newer = text.replace('"version": 1', '"version": 99');
        writeFileSync(path, newer);
        for (const command of ["run", "status", "validate"]) {
          const printed = await place.refused("STATE_NEWER", command, "pipeline.yaml");
          expect(printed.text).toContain(`${path} has version 99 of the state of runs`);
        }
        expect(readFileSync(path, "utf8")).toBe(newer);
        writeFileSync(path, text);
        await place.ends("run", "pipeline.yaml");
        expect(await count(place)).toBe(3);
      },
    },
  ],
  LOCAL_DISK: {
    when: "the folder of runs cannot be made",
    async then(place) {
      place.space.sqlite(shop);
      place.space.write(".rowhaul", "in the way");
      place.pipeline();
      const { hint } = await place.refused("LOCAL_DISK", "run", "pipeline.yaml");
      expect(hint).toMatch(/^Move \S+\/\.rowhaul away\./);
      rmSync(place.space.path(".rowhaul"));
      await place.ends("run", "pipeline.yaml");
    },
  },
  CHECKS_FAILED: {
    when: "several things are wrong at once",
    async then(place) {
      place.space.sqlite(shop);
      place.pipeline(
        'tables: { "*": {}, customers: { transform: ./none.mjs } }',
        "environments: { production: { backups: { folder: nightly }, confirm: none } }",
      );
      const { details, hint } = await place.refused("CHECKS_FAILED", "run", "pipeline.yaml", "--env", "production");
      expect(details.map((line) => line.split(":")[0])).toEqual(["functions", "backups"]);
      expect(hint).toContain("Correct what is listed");
      expect(details[1]).toContain("set `backup: make`");
      place.space.write("none.mjs", "export default (row) => ({ ...row });\n");
      place.pipeline(
        'tables: { "*": {}, customers: { transform: ./none.mjs } }',
        "environments: { production: { backups: { folder: nightly }, backup: make, confirm: none } }",
      );
      await place.ends("run", "pipeline.yaml", "--env", "production");
    },
  },
  BACKUP_FAILED: {
    when: "there is no room for it where it is to go",
    async then(place) {
      place.space.sqlite(shop);
      const staging = (folder: string) =>
        `environments: { staging: { backups: { folder: ${folder} }, backup: make, confirm: none } }`;
      place.pipeline(staging("app.db"));
      const { hint } = await place.refused("BACKUP_FAILED", "run", "pipeline.yaml", "--env", "staging");
      expect(hint).toContain("`backups.folder` names another place");
      mkdirSync(place.space.path("kept"));
      place.pipeline(staging("kept"));
      await place.ends("run", "pipeline.yaml", "--env", "staging");
    },
  },
  DOWNTIME_EXCEEDED: {
    when: "the move takes longer than it may",
    async then(place) {
      place.space.sqlite(shop);
      place.space.write(".env", "DATABASE_URL=old\n");
      const within = (time: string): void =>
        place.pipeline(
          `environments: { development: { maxDowntime: ${time} } }`,
          'cutover: [{ file: .env, set: { DATABASE_URL: "${target.url}" } }]',
        );
      within("50ms");
      const printed = await place.refused("DOWNTIME_EXCEEDED", "run", "pipeline.yaml", "--env", "development");
      expect(printed.hint).toContain("Raise `maxDowntime`");
      within("1h");
      await place.follow(printed.command("run"));
      expect(await count(place)).toBe(3);
    },
  },
} satisfies Cases;

async function stopped(place: Place, code: "INTERRUPTED" | "TERMINATED", options: readonly string[]): Promise<void> {
  await whenKeysAreMade(place, "PERFORM pg_advisory_xact_lock(7);");
  const letGo = await hold(place);
  const running = place.start("run", "pipeline.yaml", ...options);
  await running.until(/✔ load/);
  running.kill(code === "INTERRUPTED" ? "SIGINT" : "SIGTERM");
  await letGo();
  const { stderr, exit } = await running.ended;
  expect([exit, stderr]).toEqual([code === "INTERRUPTED" ? 130 : 143, expect.stringContaining(`Error ${code}`)]);
  place.met.add(code);
  await quiet(place);
  const again = options.length === 0 ? "again; it resumes" : "again, without --fresh; it resumes";
  expect(stderr).toContain(`Try: Run the same command ${again}.`);
  expect((await place.ends("run", "pipeline.yaml")).stderr).toContain("Resuming run");
  expect(await count(place)).toBe(3);
}

/** What `whenKeysAreMade` waits for. */
async function hold({ database }: Place): Promise<() => Promise<void>> {
  const client = await database.pool.connect();
  await client.query("SELECT pg_advisory_lock(7)");
  return async () => {
    await client.query("SELECT pg_advisory_unlock(7)");
    client.release();
  };
}

async function loaded(place: Place): Promise<void> {
  place.space.sqlite(shop);
  place.pipeline();
  await place.ends("load", "pipeline.yaml");
}

function keptFile({ space }: Place, end: string): string {
  const [found] = [...space.kept().keys()].filter((name) => name.endsWith(end));
  return space.path(`.rowhaul/${found}`);
}

function loseSnapshot({ space }: Place): void {
  for (const name of space.kept().keys()) if (name.endsWith("snapshot.db")) rmSync(space.path(`.rowhaul/${name}`));
}
