/** A COPY that the server ends while rows are still on their way, again and again: what it said arrives each time. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RowhaulError } from "../../../../src/core/messages/errors.ts";
import type { Encoding } from "../../../../src/core/values/encoding.ts";
import type { Row } from "../../../../src/core/values/wire.ts";
import { openPool, type Pool } from "../../../../src/postgres/pool.ts";
import { inTransaction } from "../../../../src/postgres/transaction.ts";
import { parseTarget } from "../../../../src/postgres/url.ts";
import { copyRows } from "../../../../src/targets/postgres/copy/copy-rows.ts";
import { useDatabase } from "../../../support/database.ts";
import { tablePlan } from "../plans.ts";

const database = useDatabase();
const signal = new AbortController().signal;
/** Above what a socket takes at once, so that the sender must wait for room. */
const large = "x".repeat(300_000);

let pool: Pool;
beforeEach(() => {
  pool = openPool(parseTarget(database.url));
});
afterEach(() => pool.end());

/** What a COPY of these rows into public.t fails with. */
async function failure(batches: Iterable<Row[]>, encoding: Encoding = { kind: "text" }): Promise<RowhaulError> {
  const plan = tablePlan("t", { v: encoding });
  try {
    await inTransaction(pool, "copying", (client) =>
      copyRows(client, "public", plan, batches, { progress() {}, signal }),
    );
  } catch (thrown) {
    return thrown as RowhaulError;
  }
  throw new Error("the COPY did not fail");
}

function* following(first: readonly Row[], count: number): Generator<Row[]> {
  yield [...first];
  for (let i = 0; i < count; i++) yield [[large]];
}

/** Without a turn for anything else, as encoding many rows takes. */
function busy(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** Each distinct code and message of many attempts, so that one stray failure shows. */
async function failures(times: number, attempt: (i: number) => Promise<RowhaulError>): Promise<string[]> {
  const seen = new Set<string>();
  for (let i = 0; i < times; i++) {
    const error = await attempt(i);
    seen.add(`${error.code}: ${error.message}`);
  }
  return [...seen];
}

const check =
  'CONSTRAINT_VIOLATED: While copying: new row for relation "t" violates check constraint "t_v_check" (SQLSTATE 23514).';

describe("the server's own words", () => {
  it("arrive when a row is refused at once and megabytes follow", async () => {
    await database.pool.query("DROP TABLE IF EXISTS public.t; CREATE TABLE public.t (v text CHECK (v <> 'bad'))");
    expect(await failures(60, (i) => failure(following([["bad"]], 1 + (i % 40))))).toEqual([check]);
  });

  it("arrive when they come while the sender is busy with its next rows", async () => {
    await database.pool.query("DROP TABLE IF EXISTS public.t; CREATE TABLE public.t (v text CHECK (v <> 'bad'))");
    const slow = function* (text: string): Generator<Row[]> {
      yield [["bad"], [large]];
      for (let i = 0; i < 4; i++) {
        busy(25);
        yield [[text], [text]];
      }
    };
    expect(await failures(15, () => failure(slow(large)))).toEqual([check]);
    // These are sent only at the end.
    expect(await failures(15, () => failure(slow("little")))).toEqual([check]);
  });

  it("arrive when a row in the middle is refused", async () => {
    await database.pool.query("DROP TABLE IF EXISTS public.t; CREATE TABLE public.t (v text CHECK (v <> 'bad'))");
    const middle = function* (before: number): Generator<Row[]> {
      yield* following([], before);
      yield* following([["bad"]], 20);
    };
    expect(await failures(40, (i) => failure(middle(i % 25)))).toEqual([check]);
  });

  it("arrive when one batch holds many buffers and the last row is refused", async () => {
    await database.pool.query("DROP TABLE IF EXISTS public.t; CREATE TABLE public.t (v text CHECK (v <> 'bad'))");
    const rows: Row[] = [...Array.from({ length: 20 }, (): Row => [large]), ["bad"]];
    expect(await failures(40, () => failure([rows]))).toEqual([check]);
  });

  it("arrive when a trigger stops the statement, as a full disk does", async () => {
    await database.pool.query(`DROP TABLE IF EXISTS public.t; CREATE TABLE public.t (v text);
      CREATE OR REPLACE FUNCTION public.full() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
      CREATE TRIGGER full_disk BEFORE INSERT ON public.t FOR EACH ROW WHEN (NEW.v = 'bad') EXECUTE FUNCTION public.full()`);
    expect(await failures(40, (i) => failure(following([["bad"]], 5 + (i % 30))))).toEqual([
      "TARGET_DISK_FULL: While copying: could not extend file: No space left on device (SQLSTATE 53100).",
    ]);
  });

  it("arrive when the statement itself fails", async () => {
    await database.pool.query("DROP TABLE IF EXISTS public.t");
    expect(await failures(40, () => failure(following([], 30)))).toEqual([
      'TARGET_REFUSED: While copying: relation "public.t" does not exist (SQLSTATE 42P01).',
    ]);
  });

  it("arrive when literals are refused", async () => {
    await database.pool.query("DROP TABLE IF EXISTS public.t; CREATE TABLE public.t (v inet)");
    const literal: Encoding = { kind: "literal", type: "inet" };
    expect(await failures(40, (i) => failure(following([["no address"]], 1 + (i % 30)), literal))).toEqual([
      'TARGET_REFUSED: While copying: invalid input syntax for type inet: "no address" (SQLSTATE 22P02).',
    ]);
  });

  it("are not promised by a connection that an administrator ends, but its loss is told as one", async () => {
    await database.pool.query("DROP TABLE IF EXISTS public.t; CREATE TABLE public.t (v text)");
    const ended = async (): Promise<RowhaulError> => {
      let over = false;
      const error = failure(following([], 100_000)).finally(() => {
        over = true;
      });
      while (!over) {
        await database.pool.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY %' AND pid <> pg_backend_pid()",
        );
        await sleep(1);
      }
      return error;
    };
    const seen = await failures(15, ended);
    // The network may break off before the server's last words are read.
    const expected = /^CONNECTION_LOST: While copying: (terminating connection due to administrator command|write E)/;
    expect(seen.filter((text) => !expected.test(text))).toEqual([]);
  });
});

describe("a source that breaks", () => {
  it("gives its own error each time, and no rejection is left to nobody", async () => {
    await database.pool.query("DROP TABLE IF EXISTS public.t; CREATE TABLE public.t (v text CHECK (v <> 'bad'))");
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => {
      unhandled.push(reason);
    };
    process.on("unhandledRejection", note);
    process.on("uncaughtException", note);
    try {
      const breaking = function* (count: number, first: string): Generator<Row[]> {
        yield* following([[first]], count);
        throw new RangeError("the source broke");
      };
      const fine = await failures(40, (i) => failure(breaking(i % 30, "good")));
      expect(fine).toEqual(["undefined: the source broke"]);
      // Refused by the server and broken at its end at once: one of both is told, never a third.
      const both = await failures(40, (i) => failure(breaking(i % 4, "bad")));
      expect(both.filter((text) => text !== check && text !== "undefined: the source broke")).toEqual([]);
      await sleep(50);
      expect(unhandled).toEqual([]);
    } finally {
      process.off("unhandledRejection", note);
      process.off("uncaughtException", note);
    }
    expect((await database.pool.query("SELECT count(*)::int AS n FROM public.t")).rows).toEqual([{ n: 0 }]);
  });
});
