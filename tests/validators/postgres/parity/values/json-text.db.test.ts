/** The canonical JSON is what PostgreSQL itself prints, on random JSON and on nasty strings. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonbText } from "../../../../../src/validators/postgres/parity/values/json-text.ts";
import { useDatabase } from "../../../../support/database.ts";

const database = useDatabase();

async function printed(texts: readonly string[]): Promise<string[]> {
  const { rows } = await database.pool.query<{ text: string }>(
    "SELECT (t::jsonb)::text AS text FROM unnest($1::text[]) WITH ORDINALITY u(t, i) ORDER BY i",
    [texts],
  );
  return rows.map((row) => row.text);
}

/** Well-formed and without U+0000, which jsonb refuses; the rest of Unicode and all control characters. */
const string = fc
  .string({ unit: "binary", maxLength: 12 })
  .map((s) => s.replaceAll("\0", "").toWellFormed())
  .map((s) => JSON.stringify(s));
const escaped = fc
  .array(fc.integer({ min: 1, max: 0xd7ff }), { maxLength: 6 })
  .map((codes) => `"${codes.map((code) => `\\u${code.toString(16).padStart(4, "0")}`).join("")}"`);
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => JSON.stringify(n)),
  fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map(String),
  fc
    .tuple(fc.constantFrom("", "-"), fc.nat(), fc.stringMatching(/^\d{0,8}$/), fc.integer({ min: -400, max: 400 }))
    .map(([sign, whole, fraction, exponent]) => `${sign}${whole}${fraction === "" ? "" : `.${fraction}`}e${exponent}`),
);
const space = fc.constantFrom("", " ", "\n\t", "\r ");
const { json } = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    number,
    string,
    escaped,
    fc.constantFrom("true", "false", "null"),
    fc.tuple(fc.array(tie("json"), { maxLength: 4 }), space).map(([items, s]) => `[${s}${items.join(`${s},`)}${s}]`),
    fc
      .tuple(fc.uniqueArray(string, { maxLength: 6 }), fc.infiniteStream(tie("json")), space)
      .map(([keys, values, s]) => `{${keys.map((key) => `${s}${key}${s}:${s}${values.next().value}`).join(",")}${s}}`),
  ),
}));

test("random JSON", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(json, { minLength: 20, maxLength: 40 }), async (texts) => {
      expect(texts.map(jsonbText)).toEqual(await printed(texts));
    }),
    { numRuns: 40 },
  );
});

test("each character, and strings known to break things", async () => {
  const codes = [...Array(0x2ff).keys(), 0x2028, 0x2029, 0xfeff, 0xfffd, 0xffff, 0x10ffff].filter((code) => code > 0);
  const nasty = ["', \"", "\\", "\\\\u0041", "<script>", "Ṱ̺̺̕o͞", "👩‍👩‍👧", "‮RTL", "\u200b", "${x}", "\ufeff"];
  const texts = [...codes.map((code) => String.fromCodePoint(code)), ...nasty].map((s) => JSON.stringify({ [s]: s }));
  expect(texts.map(jsonbText)).toEqual(await printed(texts));
});
