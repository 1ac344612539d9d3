/** A plan is only saved when the target has taken each of its statements. */
import { expect, it } from "vitest";
import { plan, status } from "../../src/index.ts";
import { workspace } from "../cli/workspace.ts";
import { useDatabase } from "../support/database.ts";
import { errorOf } from "../support/scratch-database.ts";

const database = useDatabase();

/** What is done to a sequence outlives the probe's transaction: it keeps which one was refused a view last. */
const oneViewEachTime = `
  CREATE SEQUENCE refused_in;
  CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
    -- many at once are tried again one by one
    IF current_query() LIKE '%RELEASE SAVEPOINT trials%' THEN RAISE EXCEPTION 'one by one' USING ERRCODE = '42501'; END IF;
    IF pg_current_xact_id()::text::bigint <> (SELECT last_value FROM public.refused_in) THEN
      PERFORM setval('public.refused_in', pg_current_xact_id()::text::bigint);
      RAISE EXCEPTION 'no view today' USING ERRCODE = '42501';
    END IF; END $$;
  CREATE EVENT TRIGGER refuse ON ddl_command_start WHEN TAG IN ('CREATE VIEW') EXECUTE FUNCTION refuse()`;

const views = (count: number): string =>
  Array.from({ length: count }, (_, i) => `CREATE VIEW v${i + 1} AS SELECT id FROM t;`).join("");

it.each([
  [3, null],
  [5, "view v4: no view today"],
])("one of %d views is refused each time: %s", async (count, objection) => {
  const space = workspace();
  space.sqlite(`CREATE TABLE t (id INTEGER PRIMARY KEY); ${views(count)}`);
  const pipeline = space.pipeline(database.url, "accept: [{ code: VIEW_LOST, policy: lose }]");
  await database.pool.query(oneViewEachTime);
  try {
    if (objection === null) {
      const { plan: made } = await plan(pipeline);
      expect([made?.views, made?.hazards.map(({ at }) => at)]).toEqual([[], ["v1", "v2", "v3"]]);
      return;
    }
    const error = await errorOf(() => plan(pipeline));
    expect([error.code, error.message, error.details]).toEqual([
      "TARGET_REFUSED",
      "The plan was changed 3 times for what the target objects to, and it still objects to 1 statement.",
      [objection],
    ]);
    expect(status(pipeline).map(({ stage }) => stage)).toEqual(["snapshot"]);
  } finally {
    await database.pool.query("DROP EVENT TRIGGER refuse; DROP FUNCTION refuse; DROP SEQUENCE refused_in");
  }
});
