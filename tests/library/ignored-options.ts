/**
 * What a function would ignore does not compile. `npm run types` is the test: an unused `@ts-expect-error` is an error
 * there. Nothing here runs.
 */
import {
  check,
  clean,
  compare,
  copy,
  cutover,
  down,
  exportData,
  importData,
  load,
  plan,
  query,
  rehearse,
  report,
  rollback,
  run,
  status,
  up,
  validate,
} from "../../src/index.ts";

const file = "pipeline.yaml";
const { signal } = new AbortController();
const onEvent = (): void => {};
const confirm = async (): Promise<boolean> => true;
const onPlan = (): void => {};

export async function acted(): Promise<void> {
  const watched = { signal, onEvent };
  const loading = { ...watched, confirm, onPlan, acceptAll: true, dryRun: true, discardNewWrites: true };
  await run(file, { ...loading, fresh: true, forward: true, until: "validate" });
  await load(file, { ...loading, fresh: true });
  await cutover(file, { ...loading, forward: true });
  await check(file, { ...watched, acceptAll: true, fresh: true });
  await plan(file, { ...watched, onPlan, acceptAll: true, fresh: true });
  await rehearse(file, { ...watched, onPlan, acceptAll: true });
  await validate(file, watched);
  await rollback(file, { ...watched, confirm, discardNewWrites: true });
  await clean(file, { ...watched, confirm });
  await copy("a.db", "b.db", { ...loading, schema: "s", sourceSchema: "t", existing: "append", tables: ["*"] });
  await importData("a.json", "b.db", { ...loading, missing: "null" });
  await exportData("a.db", "folder", { ...watched, gzip: true, overwrite: true, acceptAll: true, where: { t: "1" } });
  await compare("a.db", "b.db", { ...watched, byMeaning: true });
  await down(".", { remove: true, confirm });
  await query("SELECT 1", { url: "postgres://localhost" });
  await query("SELECT 1", { folder: "." });
}

export async function ignored(): Promise<void> {
  // @ts-expect-error: nothing is changed that could be left unchanged
  await validate(file, { dryRun: true });
  // @ts-expect-error: a proof asks nobody
  await validate(file, { confirm });
  // @ts-expect-error: it proves the newest run, whatever it accepted
  await validate(file, { acceptAll: true });
  // @ts-expect-error: it proves the newest run
  await validate(file, { fresh: true });

  // @ts-expect-error: a plan changes nothing in the target, so there is nothing to ask
  await plan(file, { confirm });
  // @ts-expect-error: every plan is a dry run
  await plan(file, { dryRun: true });
  // @ts-expect-error: its last phase is the plan
  await plan(file, { until: "cutover" });
  // @ts-expect-error: a plan hides no rows
  await plan(file, { discardNewWrites: true });

  // @ts-expect-error: preflight makes no plan
  await check(file, { onPlan });
  // @ts-expect-error: every check is a dry run
  await check(file, { dryRun: true });

  // @ts-expect-error: these are functions of their own
  await run(file, { until: "plan" });
  // @ts-expect-error: that is `cutover`
  await run(file, { validated: true });
  // @ts-expect-error: that is `rehearse`
  await run(file, { embedded: "temporary" });

  // @ts-expect-error: its last phase is the load
  await load(file, { until: "validate" });
  // @ts-expect-error: it ends before the cutover
  await load(file, { forward: true });

  // @ts-expect-error: a new snapshot would not be validated
  await cutover(file, { fresh: true });
  // @ts-expect-error: its last phase is the cutover
  await cutover(file, { until: "validate" });

  // @ts-expect-error: there is nothing to be fresh of
  await rehearse(file, { fresh: true });
  // @ts-expect-error: nobody's target is changed
  await rehearse(file, { confirm });
  // @ts-expect-error: nobody's target is changed
  await rehearse(file, { dryRun: true });

  // @ts-expect-error: the plan is the one that was carried out
  await rollback(file, { onPlan });
  // @ts-expect-error: it has none
  await rollback(file, { dryRun: true });
  // @ts-expect-error: what was accepted is done
  await rollback(file, { acceptAll: true });

  // @ts-expect-error: the live tables stay in any case
  await clean(file, { discardNewWrites: true });
  // @ts-expect-error: it has none
  await clean(file, { dryRun: true });

  // @ts-expect-error: it says how an import's run is named
  await copy("a.db", "b.db", { verb: "import" });
  // @ts-expect-error: neither an export nor a JSON file has schemas
  await importData("a.json", "b.db", { sourceSchema: "public" });
  // @ts-expect-error: an export makes no plan
  await exportData("a.db", "folder", { onPlan });
  // @ts-expect-error: an export has no target to change
  await exportData("a.db", "folder", { dryRun: true });
  // @ts-expect-error: neither store is changed
  await compare("a.db", "b.db", { confirm });

  // @ts-expect-error: without `remove` nobody is asked
  await down(".", { confirm });
  // @ts-expect-error: one place or the other
  await query("SELECT 1", { directory: "." });
  // @ts-expect-error: one place or the other
  await query("SELECT 1", { folder: ".", url: "postgres://localhost" });
  // @ts-expect-error: it takes no options
  await up(".", { onEvent });
  // @ts-expect-error: it takes no options
  status(file, { onEvent });
  // @ts-expect-error: it takes no options
  report(file, { onEvent });
}
