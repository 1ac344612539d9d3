/** What a role needs that owns nothing: the printed GRANTs are run as they are, and are enough. */
import { describe, expect, it } from "vitest";
import { copySettings, rollback, run, validate } from "../../../../src/index.ts";
import { type IntoScene, into, quick, refusal } from "./into-run.ts";

const source = "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'new'), (2, 'new')";
const live = "CREATE TABLE t (id bigserial PRIMARY KEY, v text, place serial); INSERT INTO t VALUES (9, 'old')";

/** A name that must be quoted, as somebody who may make schemas and nothing else. */
async function asStranger(scene: IntoScene, work: (url: string, role: string) => Promise<void>): Promise<void> {
  const role = `Stranger ${process.pid} ${scene.db.url.slice(-8)}`;
  await scene.rows(
    `CREATE ROLE "${role}" LOGIN PASSWORD 'x'; DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO "${role}"', current_database()); END $$`,
  );
  const url = new URL(scene.db.url);
  url.username = encodeURIComponent(role);
  url.password = "x";
  try {
    await work(url.href, role);
  } finally {
    await scene.rows(`DROP OWNED BY "${role}" CASCADE; DROP ROLE "${role}"`);
  }
}

describe.concurrent("a role that owns nothing", () => {
  it.each([
    ["append", "SELECT, INSERT, DELETE"],
    ["replace", "SELECT, INSERT, DELETE"],
    ["merge", "SELECT, INSERT, UPDATE, DELETE"],
  ] as const)("%s needs what is printed, and nothing else", (existing, privileges) =>
    into(existing, source, live, (scene) =>
      asStranger(scene, async (url, role) => {
        const settings = quick(copySettings(scene.source, url, { existing, folder: scene.settings.folder }));
        const grants: string[] = [];
        try {
          await run(settings);
        } catch (thrown) {
          const { code, details } = thrown as { code: string; details: readonly string[] };
          expect(code).toBe("TARGET_PERMISSION");
          grants.push(...details);
        }
        expect(grants).toEqual([
          `GRANT ${privileges} ON "public"."t" TO "${role}";`,
          `GRANT USAGE, SELECT, UPDATE ON SEQUENCE public.t_id_seq TO "${role}";`,
          `GRANT USAGE ON SEQUENCE public.t_place_seq TO "${role}";`,
        ]);
        for (const grant of grants) await scene.rows(grant);
        expect((await run(settings)).stage).toBe("done");
        await validate(settings);
        expect(await scene.rows("SELECT count(*)::int AS n FROM t")).toEqual([{ n: existing === "replace" ? 2 : 3 }]);
        await rollback(settings);
        expect(await scene.rows("SELECT id::int, v FROM t")).toEqual([{ id: 9, v: "old" }]);
      }),
    ),
  );

  it("is told of a schema that it may not look into", () =>
    into("append", source, `REVOKE ALL ON SCHEMA public FROM PUBLIC; ${live}`, (scene) =>
      asStranger(scene, async (url, role) => {
        const settings = quick(copySettings(scene.source, url, { existing: "append", folder: scene.settings.folder }));
        const { code, text } = await refusal(() => run(settings));
        expect(code).toBe("TARGET_PERMISSION");
        expect(text).toContain(`GRANT USAGE ON SCHEMA "public" TO "${role}"`);
      }),
    ));
});
