/** fts5.parse in the database against FTS5 and against the parser here. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { messageOf } from "../../../src/core/messages/errors.ts";
import { parse } from "../../../src/search/query/parse.ts";
import { useDatabase } from "../../support/database.ts";
import { sharedData } from "../../support/shared-data.ts";
import { fts5Oracle } from "./fts5.ts";
import { columns, deepQueries, randomQueries } from "./queries.ts";
import { installSql } from "./sql.ts";

const database = useDatabase();
const oracle = fts5Oracle(columns);
afterAll(() => oracle.close());

type Answer = { readonly tree: unknown; readonly error: string | null };

beforeAll(async () => {
  await installSql(database.pool, ["parse.sql"]);
  await database.pool.query(`
    CREATE FUNCTION answer(query text, columns text[], OUT tree jsonb, OUT error text) LANGUAGE plpgsql AS $$
    BEGIN
      tree := fts5.parse(query, columns);
    EXCEPTION WHEN invalid_parameter_value THEN
      error := SQLERRM;
    END $$`);
});

async function ask(queries: readonly string[], names: readonly string[] = columns): Promise<Answer[]> {
  const { rows } = await database.pool.query<Answer>(
    `SELECT a.tree, a.error FROM unnest($1::text[]) WITH ORDINALITY AS q(query, n), answer(query, $2) AS a ORDER BY n`,
    [queries, names],
  );
  return rows;
}

function expected(query: string): Answer {
  try {
    return { tree: parse(query, columns), error: null };
  } catch (error) {
    return { tree: null, error: messageOf(error) };
  }
}

describe("fts5.parse", () => {
  it("refuses what FTS5 refuses, in its words, and gives the tree that parse gives", async () => {
    const queries = randomQueries(Number(process.env.ROWHAUL_SWEEP ?? 10_000), 3);
    const answers = await ask(queries);
    const differ = queries.flatMap((query, i) => {
      const answer = answers[i];
      return answer?.error === oracle.refusal(query) && JSON.stringify(answer) === sorted(expected(query))
        ? []
        : [{ query, answer, expected: expected(query), fts5: oracle.refusal(query) }];
    });
    expect(differ).toEqual([]);
    expect(answers.filter((answer) => answer.error === null).length).toBeGreaterThan(2000);
  });

  it("has FTS5's limits", async () => {
    const queries = deepQueries();
    const answers = await ask(queries);
    expect(answers.map((answer) => answer.error)).toEqual(queries.map((query) => oracle.refusal(query)));
    expect(answers).toEqual(queries.map(expected));
  });

  it.runIf(sharedData("search/golden.tsv"))("agrees with the golden set", async () => {
    const lines = readFileSync(sharedData("search/golden.tsv") ?? "", "utf8")
      .trimEnd()
      .split("\n")
      .slice(1);
    for (const names of new Set(lines.map((line) => line.split("\t")[1] ?? "[]"))) {
      const group = lines.filter((line) => line.split("\t")[1] === names);
      const answers = await ask(
        group.map((line) => JSON.parse(line.split("\t")[3] ?? '""')),
        JSON.parse(names),
      );
      const errors = group.map((line) => /\terror: (.*)$/.exec(line)?.[1] ?? null);
      expect(answers.map((answer) => answer.error)).toEqual(errors);
    }
  });

  it("answers the odd distances and special queries alike", async () => {
    const queries = [
      "NEAR(x y, 99999999999)",
      "NEAR(x y, 00000000000012)",
      "NEAR(x y, 000)",
      "*reads",
      "* ID x",
      "*",
      "* x y",
    ];
    expect(await ask(queries)).toEqual(queries.map(expected));
  });

  it("takes long queries in time proportional to their length", async () => {
    const texts = ["filesystem ", "x AND ", "x OR y AND ", "x+", "日本語 ", "a:x ", '"日本 語" ', "NEAR(x y) "];
    for (const text of texts) {
      const query = `${text.repeat(10_000)}x`;
      const started = performance.now();
      const { rows } = await database.pool.query("SELECT fts5.parse($1, $2) AS tree", [query, columns]);
      // Quadratic time would take minutes; this is no measurement.
      expect([text, performance.now() - started < 20_000]).toEqual([text, true]);
      expect(rows[0]?.tree).toEqual(parse(query, columns));
    }
    const refused = [
      "(".repeat(100_000),
      `"${"é".repeat(100_000)}`,
      `${"x NOT ".repeat(10_000)}x`,
      '"'.repeat(100_001),
    ];
    const started = performance.now();
    expect(await ask(refused)).toEqual(refused.map(expected));
    expect(performance.now() - started).toBeLessThan(40_000);
  });

  it("takes no notice of the caller's collation or search path", async () => {
    await database.pool.query(
      `CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
    );
    const client = await database.pool.connect();
    try {
      await client.query("SET search_path = ''");
      const { rows } = await client.query(
        `SELECT fts5.parse('x and A:y' COLLATE public.loose, ARRAY['a', 'and']) AS tree`,
      );
      expect(rows[0]?.tree).toEqual(parse("x and A:y", ["a", "and"]));
    } finally {
      client.release(true);
    }
  });
});

/** As jsonb orders its keys, and as the answer above is ordered. */
function sorted(answer: Answer): string {
  return JSON.stringify({ tree: answer.tree, error: answer.error }, (_, value: unknown) =>
    value !== null && typeof value === "object" && !Array.isArray(value) && !("error" in value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1)))
      : value,
  );
}
