/** The switch in two halves: what happens while the first one takes its time, and what is left when it comes to nothing. */
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";

import type { Event, Settings } from "../../../../src/index.ts";
import { firing, type IntoScene, into, refusal } from "./into-run.ts";

const slowTrigger =
  "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(30); RETURN NEW; END $$; CREATE TRIGGER slow BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION slow()";

const source = "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'one'), (2, 'two')";
const live = "CREATE TABLE t (id bigint PRIMARY KEY, v text); INSERT INTO t VALUES (9, 'old')";
const all = ({ rows }: IntoScene) => rows("SELECT id::int, v FROM t ORDER BY id");
const old = [{ id: 9, v: "old" }];
const both = [{ id: 1, v: "one" }, { id: 2, v: "two" }, ...old];

/** With a cutover that only checks. */
function checking(settings: Settings): Settings {
  const check = { kind: "check", command: "exit 0", folder: settings.folder, timeoutSeconds: 20 } as const;
  return { ...settings, cutover: [check] };
}

function write(path: string): void {
  const db = new Database(path);
  db.exec("INSERT INTO t VALUES (3, 'three')");
  db.close();
}

describe.concurrent("while the switch is prepared", () => {
  it("the source can be written, and is not switched from then", () =>
    into("append", source, live, async (scene) => {
      const { code } = await refusal(() =>
        scene.run({ settings: checking, prepared: async () => write(scene.source) }),
      );
      expect(code).toBe("SOURCE_CHANGED");
      expect(await all(scene)).toEqual(old);
      expect(await scene.rows("SELECT status FROM rowhaul.runs")).toEqual([{ status: "validated" }]);
      // Nothing of the transaction is left that would keep anybody waiting.
      await scene.rows("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE NOWAIT; COMMIT");
    }));

  it("nobody sees a row, and readers go on", () =>
    into("append", source, live, async (scene) => {
      const seen: unknown[] = [];
      await scene.run({
        settings: checking,
        prepared: async () => {
          seen.push(await all(scene));
          await scene
            .rows("BEGIN; SET LOCAL lock_timeout = '200ms'; INSERT INTO t VALUES (10, 'waits'); COMMIT")
            .catch((error: Error) => {
              seen.push(error.message);
            });
        },
      });
      expect(seen).toEqual([old, "canceling statement due to lock timeout"]);
      expect(await all(scene)).toEqual(both);
    }));

  it("somebody's wish to stop leaves everything as it was", () =>
    into(
      "append",
      source,
      `${live}; ${slowTrigger}`,
      async (scene) => {
        const stop = new AbortController();
        const running = scene.run({ signal: stop.signal, settings: checking });
        const asleep = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
        while ((await scene.rows(asleep)).length === 0) await new Promise((done) => setTimeout(done, 20));
        const started = Date.now();
        stop.abort(new Error("stop"));
        await expect(running).rejects.toThrow("stop");
        expect(Date.now() - started).toBeLessThan(10_000);
        expect(await scene.rows(asleep)).toEqual([]);
        expect(await all(scene)).toEqual(old);
      },
      firing(),
    ));

  it("another process that took over ends it", () =>
    into("append", source, live, async (scene) => {
      const { code } = await refusal(() =>
        scene.run({ prepared: () => scene.rows("UPDATE rowhaul.leases SET token = token + 1") }),
      );
      expect(code).toBe("LEASE_LOST");
      expect(await all(scene)).toEqual(old);
    }));

  it("a trigger that came since the plan stops the switch, and a rerun plans anew", () =>
    into("append", source, live, async (scene) => {
      const { code, text } = await refusal(() =>
        scene.run({
          before: () =>
            scene.rows(
              "CREATE FUNCTION up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.v = upper(NEW.v); RETURN NEW; END $$; CREATE TRIGGER up BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION up()",
            ),
        }),
      );
      expect(code).toBe("TARGET_CHANGED");
      expect(text).toContain("the definition of t in schema public changed");
      expect(await all(scene)).toEqual(old);
      await scene.rows("DROP TRIGGER up ON t");
      expect((await scene.run()).stage).toBe("done");
    }));

  it("a column that changed its type since the plan is named, and a rerun plans anew", () =>
    into("append", source, live, async (scene) => {
      const { code, text } = await refusal(() =>
        scene.run({
          planned: (plan) => ({ ...plan, tables: plan.tables.map((table) => ({ ...table, into: "append" as const })) }),
          before: () => scene.rows("ALTER TABLE t ALTER v TYPE varchar(20)"),
        }),
      );
      expect(code).toBe("TARGET_CHANGED");
      expect(text).toContain("t.v was text when the plan was made and is character varying(20) now");
      expect(await all(scene)).toEqual(old);
      expect((await scene.run()).stage).toBe("done");
    }));

  it(
    "a table that somebody holds is named",
    () =>
      into("append", source, live, async (scene) => {
        const client = await scene.db.pool.connect();
        try {
          await client.query("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
          const { code, text } = await refusal(() => scene.run());
          expect([code, text]).toEqual(["LOCK_TIMEOUT", expect.stringContaining("waiting for the lock on t")]);
        } finally {
          await client.query("ROLLBACK");
          client.release();
        }
        expect(await all(scene)).toEqual(old);
      }),
    90_000,
  );
});

describe.concurrent("without a cutover", () => {
  it("a source that was written to since is only told", () =>
    into("append", source, live, async (scene) => {
      const events: Event[] = [];
      const result = await scene.run({
        onEvent: (event) => events.push(event),
        prepared: async () => write(scene.source),
      });
      expect(result.stage).toBe("done");
      expect(events.filter((event) => event.type === "notice" && event.level === "warning")).toEqual([
        {
          type: "notice",
          level: "warning",
          message: "The source was written to since the snapshot; --fresh moves what came since.",
        },
      ]);
      expect(await all(scene)).toEqual(both);
    }));
});

describe.concurrent("what failed runs left", () => {
  it("goes with the next that succeeds, and images of one that was switched stay", () =>
    into(
      "merge",
      source,
      live,
      async (scene) => {
        const staging = `SELECT regexp_replace(nspname, '[0-9].*', '') AS name FROM pg_namespace WHERE nspname ~ '^rowhaul_' ORDER BY 1`;
        await scene.run();
        await scene.rows(
          "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.v := 'no'; RETURN NEW; END $$; CREATE TRIGGER no BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION no()",
        );
        expect((await refusal(() => scene.run({ fresh: true }))).code).toBe("VALIDATION_FAILED");
        expect((await scene.rows(staging)).length).toBe(3);
        await scene.rows("DROP TRIGGER no ON t");
        const notices: string[] = [];
        await scene.run({
          fresh: true,
          onEvent: (event) => {
            if (event.type === "notice") notices.push(event.message);
          },
        });
        expect(
          notices.some((message) => /^Removed what failed runs had left: rowhaul_staging_\S+\.$/.test(message)),
        ).toBe(true);
        // Those of both runs that switched, each with its images.
        expect((await scene.rows(staging)).length).toBe(4);
      },
      firing(),
    ));
});
