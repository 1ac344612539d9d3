import { describe, expect, it } from "vitest";
import { translateExpression } from "../../../src/sql/translate/translate-expression.ts";
import { translateView } from "../../../src/sql/translate/translate-view.ts";
import { ofT, scope, t } from "../samples.ts";

describe("translateExpression", () => {
  it.each([
    ["n > 0", '"n" > 0'],
    ["active = 1", '"active" = TRUE'],
    ["active", '"active"'],
    ["n", '"n" <> 0'],
    ["c = 'Ab'", `lower("C c" COLLATE "C") = 'ab'`],
    ["w = 'x'", `rtrim("w", ' ') = 'x'`],
    ["s LIKE 'A%'", `lower("s" COLLATE "C") LIKE 'a%' ESCAPE ''`],
    ["s GLOB '[a-z]*.x'", `"s" COLLATE "C" ~ '^(?:[a-z].*\\.x)$'`],
    ["s < 'b'", `("s" COLLATE "C") < 'b'`],
    ["json_valid(j)", '(CASE WHEN "j" IS NOT NULL THEN TRUE END)'],
    ["d > '2020-01-01'", `"d" > DATE '2020-01-01'`],
    ["n IS NOT 3", '"n" IS DISTINCT FROM 3'],
    ['s = "Abc"', `"s" = 'Abc'`],
    ["n / small", '("n" / nullif("small"::bigint, 0)) <> 0'],
  ])("%s", (text, sql) => {
    expect(translateExpression(text, ofT, "condition")).toMatchObject({ ok: true, sql });
  });

  it("gives a truth value as 0 or 1 where a value is wanted, and boolean where nothing is said", () => {
    expect(translateExpression("n = 1", ofT, "value")).toMatchObject({ sql: '("n" = 1)::int' });
    expect(translateExpression("n = 1", ofT)).toMatchObject({ sql: '"n" = 1' });
  });

  it("gives a generated column its column's type", () => {
    const column = (name: string) => ofT.current?.columns.find((c) => c.source === name) ?? "value";
    expect(translateExpression("n = 1", ofT, column("active"))).toMatchObject({ sql: '"n" = 1' });
    expect(translateExpression("n + 1", ofT, column("small"))).toMatchObject({ sql: '("n" + 1)::smallint' });
    expect(translateExpression("n + 1", ofT, column("s"))).toMatchObject({ sql: '("n" + 1)::text' });
    expect(translateExpression("n + 1", ofT, column("r"))).toMatchObject({ sql: '("n" + 1)::float8' });
    expect(translateExpression("s", ofT, column("n"))).toEqual({
      ok: false,
      reason: "a value of type text in a column of type bigint",
    });
  });

  it("does not make a generated column from another", () => {
    const relation = { ...t, columns: t.columns.map((c) => (c.source === "n" ? { ...c, generated: true } : c)) };
    const made = { ...ofT, current: relation };
    const small = t.columns.find((c) => c.source === "small") ?? "value";
    expect(translateExpression("abs(N) + 1", made, small)).toEqual({
      ok: false,
      reason: "the column N: it is made from another generated column",
    });
    expect(translateExpression("small + 1", made, small)).toMatchObject({ ok: true });
    expect(translateExpression("n > 1", made, "condition")).toMatchObject({ ok: true });
  });

  it("says where 64 bits may not do", () => {
    const note = "integer arithmetic beyond 64 bits fails in PostgreSQL, becomes a REAL in SQLite";
    expect(translateExpression("n + 1 > 0", ofT, "condition")).toMatchObject({ ok: true, notes: [note] });
    expect(translateView("CREATE VIEW v AS SELECT id * n FROM t", scope)).toMatchObject({ ok: true, notes: [note] });
    expect(translateExpression("small * 1000 > 0", ofT, "condition")).toMatchObject({ notes: [] });
    expect(translateExpression("n / 2 > 0", ofT, "condition")).toMatchObject({ notes: [] });
  });

  it("keeps an approximate value in a view, with a note", () => {
    expect(translateView("CREATE VIEW v AS SELECT round(r, 2) FROM t", scope)).toMatchObject({
      notes: [expect.stringContaining("round() is done in decimal")],
    });
  });

  it("takes É and é for two names", () => {
    const relation = { ...t, columns: t.columns.map((c) => (c.source === "n" ? { ...c, source: "É" } : c)) };
    const made = { ...ofT, current: relation };
    expect(translateExpression("É > 1", made, "condition")).toMatchObject({ sql: '"n" > 1' });
    expect(translateExpression("é > 1", made, "condition")).toMatchObject({ reason: "the unknown column é" });
  });

  it("says when it takes a name for a text", () => {
    expect(translateExpression('s = "nope"', ofT)).toMatchObject({
      notes: [`"nope" is no column; it is taken for the text 'nope', as SQLite does`],
    });
  });
});

describe("refusals", () => {
  it.each([
    ["s + 1", "+ on a value of type text"],
    ["r || 'x'", "a value of type real used as text"],
    ["s = n", "a comparison of a number with a text"],
    ["n = 'abc'", "a comparison of a number with the text 'abc'"],
    ["d = '2020'", "a comparison in which SQLite would read a text as a number"],
    ["d = 2020", "a comparison of a number with a text"],
    ["s", "a value of type text used as a condition"],
    ["m / 2", "/ on a column of integers and reals: it truncates for some rows only"],
    ["n < r", "a comparison of integers beyond 2^53 with a REAL"],
    ["s MATCH 'x'", "the operator MATCH"],
    ["s REGEXP 'x'", "the operator REGEXP"],
    ["s GLOB '[z-a]*'", "the range z-a of a GLOB pattern, which is empty"],
    ["s GLOB '[a-ce-b]'", "the range e-b of a GLOB pattern, which is empty"],
    ["round(r, 2) > 1", "round() of a REAL: the last digit may differ from SQLite's"],
    ["s GLOB c", "GLOB with a pattern that is not a literal"],
    ["substr(s, -1) = 'x'", "substr() from anywhere but a fixed place from 1 on"],
    ["CAST(s AS INTEGER)", "CAST of a text to a number"],
    ["json_extract(j, '$.a') = 1", "the function json_extract()"],
    ["j ->> 'a' = 'x'", "the JSON operator ->>"],
    ["j = '{}'", "a comparison of a value whose JSON text is not kept"],
    ["json_valid(s)", "json_valid() of a value that is not jsonb"],
    ["s = 'x' COLLATE german", "the collation GERMAN"],
    ["date(s) > 'x'", "date() of a value that is not a date column"],
    ["date(d, '+1 day') > 'x'", "the modifier '+1 day' of date()"],
    ["(n, s) = (1, 'a')", "a row value"],
    ["n = ?1", "a parameter"],
    ["missing > 1", "the unknown column missing"],
    ["n << small", "<< by anything but 0 to 63"],
    ["typeof(m) = 'integer'", "typeof() of a value of type numeric"],
    ["n >", "its SQL is not understood: expected an expression, found the end"],
  ])("%s", (text, reason) => {
    expect(translateExpression(text, ofT, "condition")).toEqual({ ok: false, reason });
  });

  it.each([
    ["SELECT n, count(*) FROM t", "the column n, which is neither grouped by nor aggregated"],
    ["SELECT s, n FROM t GROUP BY s", "the column n, which is neither grouped by nor aggregated"],
    ["SELECT DISTINCT c FROM t", "telling apart texts by the collation NOCASE"],
    ["SELECT s FROM t UNION SELECT n FROM t", "a compound SELECT of text and integer values"],
    ["SELECT value FROM json_each('[1]')", "the table function json_each()"],
    ["SELECT * FROM elsewhere", "the relation elsewhere, which is not in the target"],
    ["SELECT rowid FROM (SELECT n FROM t)", "the rowid, by the name rowid"],
    [
      "WITH RECURSIVE k(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM k) SELECT x FROM k",
      "the WITH table k, which refers to itself or to a later one",
    ],
    ["SELECT id FROM t a JOIN t b ON a.id = b.id", "the ambiguous column id"],
    ["SELECT sum(n) OVER (ORDER BY id ROWS 1 PRECEDING) FROM t", "a window's frame"],
    ["SELECT random()", "the function random()"],
  ])("%s", (select, reason) => {
    expect(translateView(`CREATE VIEW v AS ${select}`, scope)).toEqual({ ok: false, reason });
  });
});

describe("a UTF-16 source", () => {
  const reason = "an order of texts, which in a UTF-16le database is that of its bytes";
  const utf16 = { ...ofT, encoding: "UTF-16le" } as const;

  it.each(["s < 'b'", "'b' >= s", "s BETWEEN 'a' AND 'b'", "max(s, 'b') = 'b'"])("%s is refused", (text) => {
    expect(translateExpression(text, utf16, "condition")).toEqual({ ok: false, reason });
  });

  it.each(["s ORDER BY s", "max(s)", "group_concat(s, ',' ORDER BY s)", "row_number() OVER (ORDER BY s)"])(
    "%s is refused",
    (item) => {
      const [value, order = ""] = item.includes("(") ? [item] : item.split(" ORDER BY ");
      const sql = `CREATE VIEW v AS SELECT ${value} FROM t${order === "" ? "" : ` ORDER BY ${order}`}`;
      expect(translateView(sql, { ...scope, encoding: "UTF-16le" })).toEqual({ ok: false, reason });
    },
  );

  // NOCASE and RTRIM read UTF-8 in every database; equality, numbers and dates have no such order.
  it.each([
    "s = 'b'",
    "s IN ('a')",
    "c < 'b'",
    "w < 'b'",
    "n < 3",
    "d > '2020-01-01'",
    "s LIKE 'a%'",
    "s GLOB '[a-z]'",
  ])("%s is not", (text) => {
    expect(translateExpression(text, utf16, "condition")).toEqual(translateExpression(text, ofT, "condition"));
  });
});

describe("translateView", () => {
  it("qualifies, expands and names", () => {
    const made = translateView(
      "CREATE VIEW v AS SELECT c, n+1, t.rowid FROM t WHERE active ORDER BY s DESC LIMIT 3",
      scope,
    );
    expect(made).toMatchObject({
      ok: true,
      sql: `SELECT "t"."C c" AS "c", "t"."n" + 1 AS "n+1", "t"."id" AS "id" FROM "stage"."target_t" AS "t" WHERE "t"."active" ORDER BY "t"."s" COLLATE "C" DESC NULLS LAST LIMIT 3`,
      columns: [
        { source: "c", target: "c", collation: "NOCASE", affinity: "TEXT", encoding: { kind: "text" } },
        { source: "n+1", target: "n+1", affinity: null, pgType: "bigint", encoding: { kind: "integer" } },
        { source: "id", target: "id" },
      ],
    });
  });

  it("gives a view on a view its columns", () => {
    const first = translateView("CREATE VIEW first (word, total) AS SELECT s, sum(m) FROM t GROUP BY s", scope);
    if (!first.ok) throw new Error(first.reason);
    const view = { source: "first", target: "first", columns: first.columns, rowid: null, primaryKey: null };
    const second = translateView("CREATE VIEW second AS SELECT Word FROM FIRST WHERE total > 2", {
      ...scope,
      relations: [...scope.relations, view],
    });
    expect(second).toMatchObject({
      sql: `SELECT "FIRST"."word" AS "word" FROM "stage"."first" AS "FIRST" WHERE "FIRST"."total" > 2`,
    });
  });

  it("cuts long names and says so", () => {
    const made = translateView(`CREATE VIEW v AS SELECT 1 AS "${"é".repeat(40)}"`, scope);
    expect(made).toMatchObject({ sql: `SELECT 1 AS "${"é".repeat(31)}"` });
    expect(made.ok && made.notes).toHaveLength(1);
  });
});
