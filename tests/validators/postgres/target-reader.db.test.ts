import { expect, test } from "vitest";
import { withTarget } from "../../../src/validators/postgres/target-reader.ts";
import { useDatabase } from "../../support/database.ts";

const database = useDatabase();

test("two results are read in one transaction, one of them not to its end", async () => {
  const place = { pool: database.pool, live: null, signal: new AbortController().signal };
  const read = await withTarget(place, async (target) => {
    const numbers = target.pages("SELECT generate_series(1, $1::int)::text", [5], 2);
    const letters: string[] = [];
    const first = (await numbers.next()).value;
    for await (const page of target.pages("SELECT chr(96 + n) FROM generate_series(1, 9) n", [], 2)) {
      letters.push(...page.map(([letter]) => letter ?? ""));
      if (letters.length === 4) break;
    }
    const rest: unknown[] = [];
    for await (const page of numbers) rest.push(...page.flat());
    return [first, letters, rest, await target.query("SELECT count(*) FROM pg_cursors")];
  });
  expect(read).toEqual([[["1"], ["2"]], ["a", "b", "c", "d"], ["3", "4", "5"], [["0"]]]);
});

test("a reader that stops at an error of its own leaves the transaction usable", async () => {
  const place = { pool: database.pool, live: null, signal: new AbortController().signal };
  await withTarget(place, async (target) => {
    const reading = async (): Promise<void> => {
      for await (const _ of target.pages("SELECT 1 FROM generate_series(1, 9)", [], 2)) throw new Error("enough");
    };
    await expect(reading()).rejects.toThrow("enough");
    expect(await target.query("SELECT count(*) FROM pg_cursors")).toEqual([["0"]]);
  });
});

test("a statement that fails while it is read says why", async () => {
  const place = { pool: database.pool, live: null, signal: new AbortController().signal };
  const reading = withTarget(place, async (target) => {
    for await (const _ of target.pages("SELECT 1 / (3 - n) FROM generate_series(1, 9) n", [], 1));
  });
  await expect(reading).rejects.toThrow("division by zero");
});
