import { describe, expect, it } from "vitest";
import type { Table } from "../../../../src/core/schema/catalog.ts";
import { type Carrying, carryExpression, carryText } from "../../../../src/plan/to-postgres/from-postgres/carry.ts";
import { wordsOf } from "../../../../src/plan/to-postgres/from-postgres/words.ts";
import type { ScopeRelation } from "../../../../src/sql/translate/scope.ts";

const carrying: Carrying = {
  facts: {
    schema: "public",
    identities: [],
    constraints: [],
    notValid: [],
    types: [
      { schema: "public", name: "mood", becomes: "text" },
      { schema: "Other", name: "Pos Int", becomes: "integer" },
    ],
    comments: [],
    notes: [],
    others: [],
  },
  trusted: true,
  staging: "stage",
  relations: new Map([
    ["t", "t"],
    ["Old name", "new"],
  ]),
  known: new Set(["t", "Old name", "behind"]),
};

const sqlOf = (text: string): string => {
  const carried = carryText(text, carrying);
  return carried.ok ? carried.sql : `refused: ${carried.reason}`;
};

describe("texts of PostgreSQL", () => {
  it("keep every character when nothing is to be changed", () => {
    for (const text of [
      "",
      "(a ~~ 'it''s % \"x\" public.t'::text)",
      `E'back\\\\slash''quote' || "we""ird" || ün$1 @> '{}'::jsonb #>> ARRAY['a'::text] ? 'b'`,
      "CASE WHEN (x IS NULL) THEN 1.5e3 ELSE (- 2) END",
    ]) {
      expect(
        wordsOf(text)
          .map((word) => word.text)
          .join(""),
      ).toBe(text);
      expect(sqlOf(text)).toBe(text);
    }
  });

  it.each([
    ["another statement", "1; DROP TABLE t"],
    ["brackets that close those around it", "1), (2"],
    ["brackets that stay open", "(1"],
    ["a comment", "1 -- and no more"],
    ["a comment of the other kind", "1 /* and */"],
    ["a text that a backslash ends elsewhere", "E'\\''; DROP TABLE t --'"],
    ["a text between dollars", "$$'$$; DROP TABLE t; --'"],
    ["a text that does not end", "'a"],
  ])("are refused with %s, which PostgreSQL never writes", (_, text) => {
    expect(sqlOf(text)).toBe("refused: it is not as PostgreSQL writes an expression");
  });

  it("find relations in staging, under the names they have there", () => {
    expect(sqlOf("SELECT t.a FROM public.t WHERE (t.a > 1)")).toBe('SELECT t.a FROM "stage"."t" WHERE (t.a > 1)');
    expect(sqlOf('SELECT "Old name".a FROM public."Old name" WHERE true')).toBe(
      'SELECT "Old name".a FROM "stage"."new" "Old name" WHERE true',
    );
    expect(sqlOf('SELECT o.a FROM (public."Old name" o JOIN public.t ON true)')).toBe(
      'SELECT o.a FROM ("stage"."new" o JOIN "stage"."t" ON true)',
    );
    expect(sqlOf("SELECT 1 FROM public.behind")).toBe("refused: it reads behind, which does not move");
    expect(sqlOf("SELECT public.t(1), 'public.t', elsewhere.t FROM elsewhere.t")).toBe(
      "SELECT public.t(1), 'public.t', elsewhere.t FROM elsewhere.t",
    );
  });

  it("take what a type is made of, and never an enum's order for that of texts", () => {
    expect(sqlOf(`'sad'::public.mood`)).toBe("'sad'::text");
    expect(sqlOf(`(1)::"Other"."Pos Int"`)).toBe("(1)::integer");
    expect(sqlOf(`(m > 'sad'::public.mood)`)).toBe(
      "refused: it goes by the order of an enum, which text does not have",
    );
  });

  it("name columns as the target does", () => {
    const own = {
      columns: [
        { source: "a", target: "b" },
        { source: "Text", target: "T" },
        { source: "length", target: "len" },
      ],
    } as unknown as ScopeRelation;
    const table = {
      columns: [{ name: "a" }, { name: "Text" }, { name: "length" }, { name: "gone" }],
    } as unknown as Table;
    const of = (text: string) => carryExpression(text, carrying, own, table);
    expect(of(`((a > 0) AND ("Text" <> 'a'::a) AND (length(a) > length) AND x.a)`)).toEqual({
      ok: true,
      sql: `(("b" > 0) AND ("T" <> 'a'::a) AND (length("b") > "len") AND x.a)`,
      notes: [],
    });
    expect(of("(gone > 0)")).toEqual({ ok: false, reason: "the pipeline drops gone" });
  });
});

describe("expressions of an export", () => {
  const refusal = (text: string): string | null => {
    const carried = carryText(text, { ...carrying, trusted: false });
    return carried.ok ? null : carried.reason;
  };

  it.each([
    "(a > 0) AND (b IS NOT NULL)",
    "((price)::numeric(10,2) >= (0)::numeric)",
    "(lower(name) = ANY (ARRAY['a'::text, 'b'::text]))",
    "now()",
    "COALESCE(NULLIF(a, ''::text), 'x'::character varying(20))",
    "EXTRACT(epoch FROM at)",
    "pg_catalog.lower(a)",
    "USING gin (to_tsvector('english'::regconfig, body)) WITH (fastupdate='true') WHERE (n > 1)",
    "EXCLUDE USING gist (room WITH =, during WITH &&)",
    "SELECT t.a, count(*) AS n FROM public.t WHERE (t.a > 1) GROUP BY t.a",
    "(at AT TIME ZONE 'UTC'::text)",
    "'pg_read_file(1)'::text",
  ])("are carried: %s", (text) => expect(refusal(text)).toBeNull());

  it.each([
    ["pg_read_file('/etc/passwd')", "it calls pg_read_file"],
    ["PG_SLEEP(1000)", "it calls pg_sleep"],
    ["pg_sleep (1000)", "it calls pg_sleep"],
    ["(a > 0) AND public.evil(a)", "it calls public.evil"],
    ['"evil"(a)', "it calls evil"],
    ["public.lower(a)", "it calls public.lower"],
    ['"Public" . lower (a)', "it calls Public.lower"],
    ["query_to_xml('DELETE FROM t'::text, true, true, ''::text) IS NULL", "it calls query_to_xml"],
    ["set_config('a'::text, 'b'::text, false)", "it calls set_config"],
    ["(a OPERATOR(public.+) b)", "it calls operator"],
    ["dblink_exec('x')", "it calls dblink_exec"],
    ["lo_import('/etc/passwd')", "it calls lo_import"],
    ["SELECT rolpassword FROM pg_authid", "it reads pg_authid"],
    ["SELECT x.a FROM other.secrets x", "it reads other"],
    ['SELECT x.a FROM public.t JOIN "Other".secrets x ON (true)', "it reads Other"],
    ["SELECT a FROM information_schema.tables", "it reads information_schema"],
  ])("are lost: %s", (text, reason) => {
    expect(refusal(text)).toContain(reason);
    expect(carryText(text.replaceAll("OPERATOR", "operator"), carrying).ok).toBe(true);
  });
});
