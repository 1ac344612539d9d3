/** Plays a case, and says in what the target differs from what the model expects. */
import { expect } from "vitest";
import { RowhaulError, rollback, run, validate } from "../../../src/index.ts";
import { shownRows, wholeSchema, withPlainClient } from "../plain-client.ts";
import { messageOf, withFullMessage, withScene } from "../scene.ts";
import { type Case, columnsOf } from "./case.ts";
import { expectedOf } from "./model.ts";
import { pairOf } from "./statements.ts";

/** What a run may refuse with; anything else is a defect. */
const refusals = ["TARGET_MISMATCH", "HAZARDS_NOT_ACCEPTED", "CONSTRAINT_VIOLATED", "PLAN_INVALID"];

/** A run that never ends is a failure as well. */
const longest = 60_000;

export type Outcome = "refused" | "arrived";

export async function play(one: Case): Promise<Outcome> {
  const expected = expectedOf(one);
  return withScene(pairOf(one), async ({ url, settings: settingsOf }) => {
    const settings = settingsOf();
    const whole = (): Promise<Record<string, string[]>> => withPlainClient(url, (client) => wholeSchema(client));
    const before = await whole();
    const refused = await refusalOf(() => run(settings, { signal: AbortSignal.timeout(longest) }));
    if (refused !== null) {
      const why = `${refused.code}: ${messageOf(refused)}`;
      expect(refusals, why).toContain(refused.code);
      if (expected.refused === null) expect(expected.mayRefuse, why).not.toBeNull();
      expect(await whole(), why).toEqual(before);
      return "refused";
    }
    if (expected.refused !== null) throw new Error(`The run was to be refused: ${expected.refused}`);
    const { rows, quarantined, ledger } = expected;
    expect(await seen(url, one)).toEqual({ rows, quarantined, ledger });
    await withFullMessage(() => validate(settings));
    await withFullMessage(() => rollback(settings));
    expect(await whole(), "after the rollback").toEqual(before);
    return "arrived";
  });
}

async function refusalOf(work: () => Promise<unknown>): Promise<RowhaulError | null> {
  try {
    await work();
    return null;
  } catch (thrown) {
    if (thrown instanceof RowhaulError) return thrown;
    throw thrown;
  }
}

async function seen(url: string, { tables }: Case): Promise<unknown> {
  return withPlainClient(url, async (client) => {
    const rows: Record<string, string[]> = {};
    for (const table of tables)
      rows[table.name] = (await shownRows(client, `SELECT ${columnsOf(table).join(", ")} FROM ${table.name}`)).sort();
    const quarantined = await shownRows(client, "SELECT table_name, key, rule FROM rowhaul.quarantine");
    const lines = "SELECT table_name, key, column_name, before, after, rule FROM rowhaul.ledger";
    return { rows, quarantined: quarantined.sort(), ledger: (await shownRows(client, lines)).sort() };
  });
}
