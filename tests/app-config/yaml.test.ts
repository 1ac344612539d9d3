import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { editConfig, readConfig } from "../../src/app-config/edit.ts";
import type { Setting } from "../../src/app-config/setting.ts";
import { thrown } from "./support.ts";

const edit = (text: string, set: Record<string, Setting>) => editConfig("app.yaml", text, set);

const sample = `# top
database: # main
    client:   sqlite   # c
    "quoted": 'a'
    list:
    - name:  one
    -   name: two
    opts: {a: 1,  b: 2}

    n: 0x1F
    big: 12345678901234567890
    body: |
      foo
      bar

other: ~
empty:  # nothing yet
last: 1e3   # end
`;

describe("the text around the value stays byte for byte", () => {
  test.each([
    ["database.client", "postgres", "client:   sqlite   # c", "client:   postgres   # c"],
    ["database.client", "yes", "sqlite ", '"yes" '],
    ["database.quoted", "it's", "'a'", "'it''s'"],
    ["database.list.1.name", "x: y", "two", '"x: y"'],
    ["database.opts.a", "b, c", "{a: 1,", '{a: "b, c",'],
    ["database.opts.c", true, "b: 2}", "b: 2, c: true}"],
    ["database.n", 31, "0x1F", "31"],
    ["database.body", "one", "body: |\n      foo\n      bar\n", null],
    ["database.new.deep", 1, "      bar\n", "      bar\n    new:\n        deep: 1\n"],
    ["database.list.0.port", 5432, "- name:  one\n", "- name:  one\n      port: 5432\n"],
    ["other", "postgres://u:p%40@h:5432/db?sslmode=require", "~", "postgres://u:p%40@h:5432/db?sslmode=require"],
    ["empty", "x", "empty:  # nothing yet", "empty: x  # nothing yet"],
    ["empty.deep", "x", "empty:  # nothing yet\n", "empty:  # nothing yet\n    deep: x\n"],
    ["last", null, "1e3 ", "null "],
    ["added", "a\nb", "1e3   # end\n", '1e3   # end\nadded: "a\\nb"\n'],
  ] as const)("%s: %j", (key, value, from, to) => {
    const edited = edit(sample, { [key]: value });
    expect(readConfig("a.yml", edited).get(key)).toBe(value);
    if (to !== null) expect(edited).toBe(sample.replace(from, to));
  });

  test("with CRLF, a byte order mark and no final newline", () => {
    expect(edit("\uFEFFa:\r\n  b: 1 # x\r\nc: 2", { "a.b": 3, "a.d": 4, e: 5 })).toBe(
      "\uFEFFa:\r\n  b: 3 # x\r\n  d: 4\r\nc: 2\r\ne: 5",
    );
  });

  test("anchors stay, and their aliases follow the value", () => {
    expect(edit("a: &x old\nb: *x\n", { a: "new" })).toBe("a: &x new\nb: *x\n");
    expect(edit("a: &x old\nb: *x\n", { b: "new" })).toBe("a: &x old\nb: new\n");
    expect(edit("base: &b\n  c: 1\nprod:\n  <<: *b\n  d: 2\n", { "prod.c": 3 })).toBe(
      "base: &b\n  c: 1\nprod:\n  <<: *b\n  d: 2\n  c: 3\n",
    );
  });

  test.each([
    ["", "a:\n  b: 1\n"],
    ["# only\n", "# only\na:\n  b: 1\n"],
    ["---\n", "---\na:\n  b: 1\n"],
    ["{}\n", "{ a: { b: 1 } }\n"],
    ["a: {}\n", "a: { b: 1 }\n"],
    ["a.b: 0\na:\n  b: 0\n", "a.b: 1\na:\n  b: 0\n"],
  ])("and an almost empty document takes the setting: %j", (before, after) => {
    expect(edit(before, { "a.b": 1 })).toBe(after);
  });
});

test("an unusual layout is written again: comments and numbers stay", () => {
  const text = "# top\na: |\n  x\n# about b\nb: 12345678901234567890 # big\n";
  expect(edit(text, { a: "yes" })).toBe('# top\na: "yes"\n# about b\nb: 12345678901234567890 # big\n');
  expect(edit("a: |\n  x\nl:\n- 1\n", { a: "z" })).toBe("a: z\nl:\n- 1\n");
  expect(edit("a: !env NAME # c\r\n", { a: "x" })).toBe("a: x # c\r\n");
});

describe("what is refused", () => {
  test.each([
    ["a: secret\n", "a.b", 'app.yaml, line 1: "a" holds a plain value, so "a.b" has no place under it.'],
    ["a: 1\n---\nb: 2\n", "a", "app.yaml, line 2: files of several YAML documents are not edited."],
    ["a: [secret\nb: 2\n", "b", "app.yaml, line 2: not YAML: bad indent."],
    ["a: 1\na: 2\n", "a", "app.yaml, line 2: not YAML: duplicate key."],
    ["- 1\n", "x", 'app.yaml, line 1: there is no item x in this list, so "x" has no place.'],
    [
      "x: &b {c: 1}\ny: *b\n",
      "y.c",
      'app.yaml, line 2: "y.c" would be set in what *b refers to, which other keys share.',
    ],
    [
      "x: &b {c: {d: 1}}\ny:\n  <<: *b\n",
      "y.c.d",
      'app.yaml, line 3: "c" (of "y.c.d") may come from a merge (<<), which a new map would hide.',
    ],
    ["a: *nowhere\n", "b", "app.yaml, line 1: an alias refers to nothing, or too much."],
    ["text\n", "b", "app.yaml, line 1: the document is not a map."],
  ])("%j, %s", (text, key, message) => {
    expect(thrown(() => edit(text, { [key]: 1 })).message).toBe(message);
  });
});

const tricky = [
  "yes",
  "n",
  "0o7",
  "1e3",
  "12:30",
  "null",
  "~",
  "- a",
  "a: b",
  "a #b",
  "#",
  "<<",
  "!x",
  "&a",
  "*a",
  "@",
  "%",
  "\u0085",
  "\ufeff",
  "\u2028",
  " a ",
  "2020-01-01",
  "a\tb",
  "\x7f",
];

test.each(["'old'", '"old"', "old"])("any string over %s is read back, by YAML 1.1 and 1.2", (old) => {
  fc.assert(
    fc.property(
      fc.oneof(fc.constantFrom(...tricky), fc.string(), fc.string({ unit: "binary" })),
      fc.boolean(),
      (value, flow) => {
        const edited = edit(flow ? `{ a: ${old}, b: 1 }\n` : `a: ${old}\nb: 1\n`, { a: value, c: value });
        for (const version of ["1.1", "1.2"] as const)
          expect(parse(edited, { version })).toEqual({ a: value, b: 1, c: value });
      },
    ),
    { numRuns: 150 },
  );
});

const key = fc.constantFrom("a", "b", "client", "with space", "yes", "1", "ü", "x: y");
const leaf = fc.oneof(
  fc.constantFrom(...tricky),
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constant("two\nlines\n"),
);
const tree = fc.letrec<{ value: unknown; map: Record<string, unknown> }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, leaf, fc.array(tie("value"), { maxLength: 3 }), tie("map")),
  map: fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
})).map;
const layout = fc.record({
  indent: fc.constantFrom(2, 4),
  indentSeq: fc.boolean(),
  lineWidth: fc.constantFrom(0, 30),
  collectionStyle: fc.constantFrom("any" as const, "flow" as const),
});

test("property: the parsed result is the old one with the new setting, at any depth", () => {
  fc.assert(
    fc.property(tree, layout, key, key, leaf, (map, how, outer, inner, value) => {
      const text = stringify(map, how);
      expect(parse(edit(text, { [outer]: value }))).toEqual({ ...map, [outer]: value });
      const nested = map[outer];
      if (nested === undefined || nested === null || Object.getPrototypeOf(nested) === Object.prototype)
        expect(parse(edit(text, { [`${outer}.${inner}`]: value }))).toEqual({
          ...map,
          [outer]: { ...(nested as object), [inner]: value },
        });
    }),
    { numRuns: 300 },
  );
});

test("reading follows merges and lists", () => {
  expect([...readConfig("a.yaml", "b: &b {c: 1, d: 'x'}\ne:\n  <<: *b\n  f: [true, ~]\n")]).toEqual([
    ["b.c", 1],
    ["b.d", "x"],
    ["e.c", 1],
    ["e.d", "x"],
    ["e.f.0", true],
    ["e.f.1", null],
  ]);
});
