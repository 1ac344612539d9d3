/** Which types go into which, and what is asked so that no cast loses anything. */
import { describe, expect, it } from "vitest";
import { conversion } from "../../../../src/connectors/postgres/into/conversion.ts";

function between(
  from: string,
  to: string,
  base = to.replace(/\(.*\)/, ""),
): { cast: string; kept: string | null } | null {
  const found = conversion({ type: from, base: from }, { type: to, base });
  return found === null ? null : { cast: found.cast("x"), kept: found.kept?.("x") ?? null };
}

describe("conversion", () => {
  it.each([
    ["text", "text", "(x)::text", null],
    [
      "text",
      "character varying(20)",
      "(x)::character varying(20)",
      "(x)::character varying(20)::text IS NOT DISTINCT FROM (x)::text",
    ],
    [
      "bigint",
      "boolean",
      "(x)::integer::boolean",
      "(x)::integer::boolean::integer::numeric IS NOT DISTINCT FROM (x)::numeric",
    ],
    [
      "boolean",
      "bigint",
      "(x)::integer::bigint",
      "(x)::integer::bigint::numeric IS NOT DISTINCT FROM (x)::integer::numeric",
    ],
    [
      "double precision",
      "numeric(10,2)",
      "(x)::text::numeric(10,2)",
      "(x)::text <> '-0' AND (x)::text::numeric(10,2)::numeric IS NOT DISTINCT FROM (x)::text::numeric",
    ],
    ["double precision", "real", "(x)::real", "(x)::real::double precision IS NOT DISTINCT FROM (x)::double precision"],
    [
      "text",
      "timestamp without time zone",
      "(x)::timestamp without time zone",
      expect.stringMatching(
        /~ '.*' AND \(x\)::timestamp without time zone::timestamptz IS NOT DISTINCT FROM \(x\)::timestamptz$/,
      ),
    ],
    ["text", "public.mood", "(x)::public.mood", "format('%s', (x)::public.mood) = (x)::text"],
    ["bigint", "text", "(x)::text::text", null],
    ["jsonb", "json", "(x)::json", null],
    [
      "text[]",
      "character varying[]",
      "(x)::text::character varying[]",
      "(x)::text::character varying[]::text IS NOT DISTINCT FROM (x)::text",
    ],
  ])("%s into %s", (from, to, cast, kept) => {
    expect(between(from, to)).toEqual({ cast, kept });
  });

  it("asks of a domain as of what it is over", () => {
    expect(between("text", "public.code", "text")).toEqual({
      cast: "(x)::public.code",
      kept: "(x)::public.code::text IS NOT DISTINCT FROM (x)::text",
    });
  });

  it.each([
    ["bytea", "text"],
    ["text", "bytea"],
    ["bigint", "timestamp with time zone"],
    ["numeric", "uuid"],
    ["jsonb", "integer"],
    ["boolean", "date"],
  ])("does not guess from %s to %s", (from, to) => {
    expect(between(from, to)).toBeNull();
  });
});
