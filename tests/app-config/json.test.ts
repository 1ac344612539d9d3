import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editConfig, readConfig } from "../../src/app-config/edit.ts";
import type { Setting } from "../../src/app-config/setting.ts";
import { thrown } from "./support.ts";

const edit = (text: string, set: Record<string, Setting>) => editConfig("config/app.json", text, set);

describe("a value that exists", () => {
  test("is replaced and nothing else: numbers, spacing, comments, trailing commas", () => {
    const text = `{\n\t"a" : 1e3,  // one\n\t"big":12345678901234567890,\n\t"db": { "client": "sqlite" /* two */, },\n}`;
    expect(edit(text, { "db.client": "postgres" })).toBe(text.replace('"sqlite"', '"postgres"'));
  });
  test("may be an object or list as a whole", () => {
    expect(edit('{"a": {"b": [1, 2]}, "c": 3}', { a: null })).toBe('{"a": null, "c": 3}');
  });
  test("wins with its literal dots over a path", () => {
    expect(edit('{"a": {"b": 1}, "a.b": 2}', { "a.b": 3 })).toBe('{"a": {"b": 1}, "a.b": 3}');
    expect(edit('{"a.b": {"c": 2}}', { "a.b.c": 3 })).toBe('{"a.b": {"c": 3}}');
  });
  test("is reached through a list by number", () => {
    expect(edit('{"pools": [{"host": "a"}, {"host": "b"}]}', { "pools.1.host": "c" })).toBe(
      '{"pools": [{"host": "a"}, {"host": "c"}]}',
    );
  });
  test("keeps CRLF, byte order mark and a missing final newline", () => {
    expect(edit('\uFEFF{\r\n  "a": 1\r\n}', { a: 2, b: 3 })).toBe('\uFEFF{\r\n  "a": 2,\r\n  "b": 3\r\n}');
  });
});

describe("a new key", () => {
  test.each([
    ["{}", '{\n  "x": {\n    "y": true\n  }\n}'],
    ["{}\n", '{\n  "x": {\n    "y": true\n  }\n}\n'],
    ['{"a":1}', '{"a":1,"x":{"y":true}}'],
    ['{ "a": 1 }', '{ "a": 1, "x": {"y": true} }'],
    ['{\n    "a": 1\n}\n', '{\n    "a": 1,\n    "x": {\n        "y": true\n    }\n}\n'],
    ['{\n\t"a": 1 // c\n}', '{\n\t"a": 1, // c\n\t"x": {\n\t\t"y": true\n\t}\n}'],
    ['{\n  "a": 1, // c\n}', '{\n  "a": 1, // c\n  "x": {\n    "y": true\n  },\n}'],
    ['{\n  "x": {}\n}', '{\n  "x": {\n    "y": true\n  }\n}'],
    ['{"x":{"a":1,}}', '{"x":{"a":1,"y":true,}}'],
    ['{\n  "x": null\n}', '{\n  "x": {\n    "y": true\n  }\n}'],
    ["{\n  // only this\n}", '{\n  "x": {\n    "y": true\n  }\n  // only this\n}'],
  ])("takes the layout of its neighbours: %j", (before, after) => {
    expect(edit(before, { "x.y": true })).toBe(after);
  });
});

describe("what is refused", () => {
  test.each([
    [
      '{\n  "a": "secret"\n}',
      "a.b",
      'config/app.json, line 2: "a" holds a plain value, so "a.b" has no place under it.',
    ],
    ['{\n  "a": "secret",\n  "a": 2\n}', "a", 'config/app.json, line 3: "a" (of "a") occurs twice.'],
    ['{"a": [1]}', "a.1", 'config/app.json, line 1: there is no item 1 in this list, so "a.1" has no place.'],
    ["[1]", "a", "config/app.json, line 1: the document is not an object."],
    ['{"a": 1}', "b..c", 'config/app.json, line 1: "b..c" has an empty name in it.'],
  ])("%j, %s", (text, key, message) => {
    const error = thrown(() => edit(text, { [key]: 1 }));
    expect(error.code).toBe("PIPELINE_INVALID");
    expect(error.message).toBe(message);
  });

  test.each([
    ["", "a value is missing or misspelt", 1],
    ['{\n"a": 01}', "a value is missing or misspelt", 2],
    ['{\n"a": 1\n"b": 2}', "a comma or } is missing", 3],
    ['{"a": "secret', "a string is not closed", 1],
    ['{"a": "sec\\xret"}', "a string holds a control character or an unknown escape", 1],
    ["{'a': 1}", "a key in double quotes is missing", 1],
    ['{"a": 1} x', "something follows the end of the document", 1],
    ['{"a": 1} /* x', "a comment is not closed", 1],
    ['{"a": [1\n', "a comma or ] is missing", 2],
    ['{"a": {"b": 1}', "a comma or } is missing", 1],
    ['{"a": 1x}', "a value is missing or misspelt", 1],
    ['{"a" 1}', "a colon is missing", 1],
    [`{"a": ${"[".repeat(5000)}`, "nested too deeply", 1],
  ])("%.20j is not JSON", (text, what, line) => {
    const error = thrown(() => edit(text, { a: 1 }));
    expect(error.message).toBe(`config/app.json, line ${line}: not JSON: ${what}.`);
  });
});

test("reading gives flat settings", () => {
  const text = '{"a": {"b": "x", "c": [1, {"d": null}]}, "e": true, "__proto__": 2}';
  expect([...readConfig("a.jsonc", text)]).toEqual([
    ["a.b", "x"],
    ["a.c.0", 1],
    ["a.c.1.d", null],
    ["e", true],
    ["__proto__", 2],
  ]);
});

const names = fc.constantFrom("a", "b", "client", "with space", "ü", "");
const tree = fc.letrec<{ value: unknown; object: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    fc.string({ unit: "binary" }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 3 }),
    tie("object"),
  ),
  object: fc.dictionary(names, tie("value"), { maxKeys: 4 }),
})).object;
const setting = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));

test("property: the parsed result is the old one with the new setting", () => {
  fc.assert(
    fc.property(tree, fc.constantFrom(undefined, 1, 2, "\t"), names, setting, (object, indent, name, value) => {
      fc.pre(name !== "" || Object.hasOwn(object, name));
      const text = JSON.stringify(object, null, indent);
      const edited = edit(text, { [name]: value });
      expect(JSON.parse(edited)).toStrictEqual(JSON.parse(JSON.stringify({ ...object, [name]: value })));
      if (Object.hasOwn(object, name) || indent !== undefined) {
        // Laid out as JSON.stringify does, edits are laid out the same way.
        expect(edited).toBe(
          JSON.stringify({ ...object, [name]: value }, null, Object.keys(object).length ? indent : 2),
        );
      }
    }),
    { numRuns: 300 },
  );
});

test("property: setting a value twice is setting the last", () => {
  fc.assert(
    fc.property(tree, setting, setting, (object, one, two) => {
      const text = JSON.stringify(object, null, 2);
      expect(edit(edit(text, { new: one }), { new: two })).toBe(edit(text, { new: two }));
    }),
    { numRuns: 100 },
  );
});

const gap = fc
  .array(fc.constantFrom(" ", "\t", "\n", "\r\n", "/* , } */", '// "k0": 9\n'), { maxLength: 3 })
  .map((g) => g.join(""));
const written = fc.constantFrom(
  "1e3",
  "12345678901234567890",
  "-0.10",
  '"\\u0041\\/"',
  '"//"',
  '"a }"',
  "null",
  "[ 1,2, ]",
  '{ "k0":1 }',
);
const member = fc.record({ gaps: fc.tuple(gap, gap, gap, gap), value: written });

test("property: whatever the layout, everything outside the value stays byte for byte", () => {
  const render = (members: { gaps: string[]; value: string }[], trailing: boolean) =>
    `{${members.map(({ gaps: [a, b, c, d], value }, i) => `${a}"k${i}"${b}:${c}${value}${d}`).join(",")}${trailing ? "," : ""}}`;
  fc.assert(
    fc.property(fc.array(member, { minLength: 1, maxLength: 4 }), fc.boolean(), fc.nat(3), (members, trailing, n) => {
      const i = n % members.length;
      const text = render(members, trailing);
      const after = members.map((one, j) => (j === i ? { ...one, value: '"new"' } : one));
      expect(edit(text, { [`k${i}`]: "new" })).toBe(render(after, trailing));

      const added = edit(text, { "x.y": 1 });
      expect([...readConfig("a.json", added)]).toEqual([...readConfig("a.json", text), ["x.y", 1]]);
      // Only insertions: the old text is what remains when the new characters are skipped.
      let at = 0;
      for (const c of added) if (c === text[at]) at++;
      expect(at).toBe(text.length);
    }),
    { numRuns: 300 },
  );
});
