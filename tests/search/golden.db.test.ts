/** The golden set through the whole chain, on each PostgreSQL at hand, beside the FTS5 that it came from. */
import { describe, expect, it } from "vitest";
import { debianPostgres15, freshDatabase } from "../support/database.ts";
import { type Group, goldenGroups } from "./golden/cases.ts";
import { answersOfPostgres } from "./golden/in-postgres.ts";
import { answersOfFts5 } from "./golden/in-sqlite.ts";

/** Answers that PostgreSQL cannot give, and why. One that it can give after all has no place here, and the test says so. */
const impossible = [
  {
    query: `${"x".repeat(2499)}*`,
    answer: "no",
    why: "a token of more than 2000 bytes is stored as its first 480 characters and a digest, and no longer prefix of it is known",
  },
];

const groups = goldenGroups();

describe.skipIf(groups === null)("the golden set", () => {
  const known = groups ?? [];

  it("is what FTS5 still says", () => {
    expect(known.flatMap((group) => group.cases)).toHaveLength(340);
    expect(differences(known, answersOfFts5(known))).toEqual([]);
  });

  it("is what PostgreSQL 18 says", async () => {
    const { pool, drop } = await freshDatabase();
    try {
      expect(differences(known, await answersOfPostgres(pool, known))).toEqual(expected(known));
    } finally {
      await drop();
    }
  });

  it("is what PostgreSQL 15 says", async ({ skip }) => {
    const server = await debianPostgres15();
    if (server === null) return skip("PostgreSQL 15 is not installed");
    try {
      const { pool, drop } = await freshDatabase(server.url);
      try {
        expect(differences(known, await answersOfPostgres(pool, known))).toEqual(expected(known));
      } finally {
        await drop();
      }
    } finally {
      await server.stop();
    }
  });
});

type Difference = {
  readonly line: number;
  readonly tokenize: string;
  readonly document: string;
  readonly query: string;
  readonly fts5: string;
  readonly here: string | undefined;
};

function differences(known: readonly Group[], answers: ReadonlyMap<number, string>): Difference[] {
  return compared(known, (line) => answers.get(line)).filter(({ fts5, here }) => here !== fts5);
}

function expected(known: readonly Group[]): Difference[] {
  return compared(known, () => undefined).flatMap((one) => {
    const found = impossible.find(({ query }) => query === one.query);
    return found === undefined ? [] : [{ ...one, here: found.answer }];
  });
}

function compared(known: readonly Group[], answer: (line: number) => string | undefined): Difference[] {
  return known.flatMap(({ cases }) =>
    cases.map(({ line, tokenize, document, query, answer: fts5 }) => ({
      line,
      tokenize,
      document: JSON.stringify(document).slice(0, 100),
      query,
      fts5,
      here: answer(line),
    })),
  );
}
