/** Triggers of live tables; and what a role may, and can see, of them. */
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { rollback, run, validate } from "../../src/index.ts";
import { schemaDigests } from "../../src/targets/postgres/into/schema-digest.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { column, liveColumn, type Pair } from "./pair.ts";
import { triggers } from "./pairs/triggers.ts";
import { shownRows, wholeSchema, withPlainClient } from "./plain-client.ts";
import { playAll } from "./play.ts";
import { messageOf, refusal, withFullMessage, withScene } from "./scene.ts";

playAll("triggers of live tables", triggers);

const noting = `${liveColumn("text", "INSERT INTO t VALUES (9, 'old')")}; CREATE TABLE log (what text);
  CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.log VALUES (TG_OP); RETURN NULL; END $$;
  CREATE TRIGGER note AFTER INSERT OR DELETE ON t FOR EACH ROW EXECUTE FUNCTION note()`;
const fires = (policy: string): object => ({ code: "TRIGGER_FIRES", object: "t.note", policy });
const writes = (table: string): object => ({ code: "TRIGGER_WRITES", table, policy: "keep" });

/** The scene of a role that may write to every table and owns none. */
async function asRole(
  work: (
    at: Parameters<Parameters<typeof withScene>[1]>[0] & { readonly db: TestDatabase; readonly role: string },
  ) => Promise<void>,
): Promise<void> {
  const db = await freshDatabase();
  const role = `app_${randomBytes(4).toString("hex")}`;
  const pair: Pair = { name: "role", existing: "append", source: column("TEXT", "'a'", "'b'"), live: "", rows: {} };
  try {
    await db.pool.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'; CREATE ROLE ${role}_owner; ${noting};
      ALTER TABLE t OWNER TO ${role}_owner; GRANT USAGE, CREATE ON SCHEMA public TO ${role}, ${role}_owner; GRANT ALL ON t, log TO ${role};
      GRANT ALL ON log TO ${role}_owner; DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO ${role}', current_database()); END $$`);
    const url = Object.assign(new URL(db.url), { username: role, password: "secret" }).href;
    await withScene(pair, (scene) =>
      work({
        ...scene,
        db,
        role,
        settings(more = {}) {
          const settings = scene.settings(more);
          return { ...settings, target: { ...settings.target, url } as typeof settings.target };
        },
      }),
    );
  } finally {
    await db.pool.query(`DROP OWNED BY ${role}, ${role}_owner; DROP ROLE ${role}, ${role}_owner`);
    await db.drop();
  }
}

const logged = (db: TestDatabase): Promise<string[]> =>
  withPlainClient(db.url, (client) => shownRows(client, "SELECT what FROM log ORDER BY 1"));

describe.concurrent("a role that does not own the table", () => {
  it("is told before anything is written that it may not switch its trigger off, and how it may", () =>
    asRole(async ({ db, role, settings }) => {
      const found = await refusal(() => run(settings({ accept: [fires("disable")] })));
      const text = messageOf(found);
      expect([found.code, found.exit], text).toEqual(["TARGET_PERMISSION", 2]);
      expect(text).toContain(`Only the owner of t (${role}_owner) may switch off its trigger note`);
      expect(found.hint).toContain("`policy: keep`");
      expect(found.paste).toEqual(["accept:", "  - { code: TRIGGER_FIRES, object: t.note, policy: keep }"]);
      const grant = found.details.find((line) => line.startsWith("GRANT"));
      expect(await shownRowsOf(db, "SELECT 1 FROM pg_namespace WHERE nspname ~ '^rowhaul'")).toEqual([]);
      await db.pool.query(grant ?? "");
      await withFullMessage(() => run(settings({ accept: [fires("disable")] })));
      expect(await shownRowsOf(db, "t")).toEqual(["1|a", "2|b", "9|old"]);
      expect(await logged(db)).toEqual([]);
    }));

  it("keeps it instead; it fires on the way back as well, since nobody may keep it from that", () =>
    asRole(async ({ db, settings }) => {
      const answers = { accept: [fires("keep"), writes("log")] };
      await withFullMessage(() => run(settings(answers)));
      expect(await logged(db)).toEqual(["INSERT", "INSERT"]);
      await withFullMessage(() => rollback(settings(answers)));
      expect(await shownRowsOf(db, "t")).toEqual(["9|old"]);
      expect(await logged(db)).toEqual(["DELETE", "DELETE", "INSERT", "INSERT"]);
    }));

  it("cannot see what is written where the server counts nothing: that is asked, and nothing else is wrong with it", () =>
    asRole(async ({ db, role, settings }) => {
      await db.pool.query(`ALTER ROLE ${role} SET track_counts = off`);
      const found = await refusal(() => run(settings({ accept: [fires("keep"), writes("log")] })));
      const text = messageOf(found);
      expect(found.code, text).toBe("HAZARDS_NOT_ACCEPTED");
      expect(text).toContain("TRIGGER_WRITES *: the server counts no writes (track_counts is off");
      expect(found.paste).toEqual(["accept:", '  - { code: TRIGGER_WRITES, table: "*", policy: keep }']);
      const { plan } = await run(settings({ accept: [fires("keep"), writes("*")] }));
      expect(plan?.notes.filter(({ code }) => code === "ACCEPT_UNUSED")).toEqual([]);
      expect(await logged(db)).toEqual(["INSERT", "INSERT"]);
    }));
});

const plain: Pair = { name: "plain", existing: "replace", source: column("TEXT", "'a'"), live: noting, rows: {} };

describe.concurrent("what a trigger writes", () => {
  it("is counted although the database is set not to, where the role may have it counted", () =>
    withScene(plain, async ({ url, settings }) => {
      await withPlainClient(url, (client) =>
        client.query(
          "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET track_counts = off', current_database()); END $$",
        ),
      );
      const found = await refusal(() => run(settings({ accept: [fires("keep")] })));
      expect(messageOf(found)).toContain("log: 2 rows inserted");
      expect(found.code).toBe("TRIGGER_WRITES");
    }));

  it("goes on being written after the run, and a definition that was touched is the same", () =>
    withScene(plain, async ({ url, settings }) => {
      const digests = (): Promise<Map<string, string>> =>
        withPlainClient(url, (client) => schemaDigests(client as never, "public"));
      const before = await digests();
      const answers = { accept: [fires("disable")] };
      await withFullMessage(() => run(settings(answers)));
      expect(await digests()).toEqual(before);
      await withFullMessage(() => validate(settings(answers)));
      await withPlainClient(url, async (client) => {
        await client.query("INSERT INTO t VALUES (5, 'new')");
        expect((await wholeSchema(client))["log|r"]).toEqual(["(INSERT)"]);
      });
      const { plan } = await rollback(settings(answers), { discardNewWrites: true });
      expect(plan?.tables[0]?.triggers).toEqual({ keep: [], disable: ["note"] });
      expect(await digests()).toEqual(before);
    }));

  it("needs an answer that names it, also where everything is accepted", () =>
    withScene(plain, async ({ settings }) => {
      const all = await refusal(() => run({ ...settings(), acceptAll: true }));
      expect([all.code, messageOf(all)]).toEqual([
        "HAZARDS_NOT_ACCEPTED",
        expect.stringContaining("TRIGGER_FIRES t.note"),
      ]);
      const unnamed = await refusal(() => run(settings({ accept: [{ code: "TRIGGER_FIRES", object: "t.note" }] })));
      expect(messageOf(unnamed)).toContain("the accept entry names no policy");
    }));

  it("is not accepted by an entry without a policy, and that is said", () =>
    withScene(plain, async ({ settings }) => {
      const accept = [fires("keep"), { code: "TRIGGER_WRITES", table: "log" }];
      const { plan } = await run(settings({ accept }), { dryRun: true });
      expect(plan?.notes).toContainEqual({
        code: "ACCEPT_INCOMPLETE",
        at: "log",
        message: "The accept entry TRIGGER_WRITES names no policy, so it accepts nothing: add `policy: keep`.",
      });
      expect((await refusal(() => run(settings({ accept })))).code).toBe("TRIGGER_WRITES");
    }));
});

function shownRowsOf({ url }: TestDatabase, of: string): Promise<string[]> {
  return withPlainClient(url, (client) => shownRows(client, of));
}
