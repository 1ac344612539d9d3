/**
 * The known hard cases of JSON parsers, by the names under which they are known:
 * `y_` must be read (with the value given), `n_` must be refused, and of the `i_`
 * cases, which the standard leaves open, each has one answer here. Bytes are given
 * as latin1 where they are not UTF-8.
 */
import { describe, expect, test } from "vitest";
import { JsonTextError } from "../../src/json/text-error.ts";
import { exactValue, type JsonCell } from "./exact.ts";

const json = (raw: string): JsonCell => ({ kind: "json", raw });
/** What must be read, and as what; an array or object keeps its text. */
const read: Record<string, [text: string, cell: JsonCell]> = {
  lonely_false: ["false", { kind: "boolean", value: false }],
  lonely_true: ["true", { kind: "boolean", value: true }],
  lonely_null: ["null", { kind: "null" }],
  lonely_int: ["42", { kind: "integer", value: 42n }],
  lonely_negative_real: ["-0.1", { kind: "decimal", raw: "-0.1" }],
  lonely_string: ['"asd"', { kind: "string", value: "asd" }],
  string_empty: ['""', { kind: "string", value: "" }],
  whitespace_array: [" [] ", json("[]")],
  number_minus_zero: ["-0", { kind: "decimal", raw: "-0" }],
  number_after_space: [" 4", { kind: "integer", value: 4n }],
  number_0e1: ["0e1", { kind: "decimal", raw: "0e1" }],
  number_0e_plus_1: ["0e+1", { kind: "decimal", raw: "0e+1" }],
  number_int_with_exp: ["20e1", { kind: "decimal", raw: "20e1" }],
  number_real_capital_e_neg_exp: ["1E-2", { kind: "decimal", raw: "1E-2" }],
  number_real_capital_e_pos_exp: ["1E+2", { kind: "decimal", raw: "1E+2" }],
  number_real_fraction_exponent: ["123.456e78", { kind: "decimal", raw: "123.456e78" }],
  number_negative_int: ["-123", { kind: "integer", value: -123n }],
  number_double_close_to_zero: [`-0.${"0".repeat(77)}1`, { kind: "decimal", raw: `-0.${"0".repeat(77)}1` }],
  // i_: numbers of any size are read, as they are written.
  number_too_big_pos_int: ["100000000000000000000", { kind: "decimal", raw: "100000000000000000000" }],
  number_too_big_neg_int: [
    "-123123123123123123123123123123",
    { kind: "decimal", raw: "-123123123123123123123123123123" },
  ],
  number_very_big_negative_int: [`-2374${"6".repeat(44)}`, { kind: "decimal", raw: `-2374${"6".repeat(44)}` }],
  number_int64_max: ["9223372036854775807", { kind: "integer", value: 9223372036854775807n }],
  number_int64_max_plus_1: ["9223372036854775808", { kind: "decimal", raw: "9223372036854775808" }],
  number_double_huge_neg_exp: ["123.456e-789", { kind: "decimal", raw: "123.456e-789" }],
  number_huge_exp: [`0.4e00669${"9".repeat(90)}`, { kind: "decimal", raw: `0.4e00669${"9".repeat(90)}` }],
  number_neg_int_huge_exp: ["-1e+9999", { kind: "decimal", raw: "-1e+9999" }],
  number_pos_double_huge_exp: ["1.5e+9999", { kind: "decimal", raw: "1.5e+9999" }],
  number_real_neg_overflow: ["-123123e100000", { kind: "decimal", raw: "-123123e100000" }],
  number_real_underflow: ["123e-10000000", { kind: "decimal", raw: "123e-10000000" }],
  string_allowed_escapes: ['"\\"\\\\\\/\\b\\f\\n\\r\\t"', { kind: "string", value: '"\\/\b\f\n\r\t' }],
  string_1_2_3_bytes: ['"\\u0060\\u012a\\u12AB"', { kind: "string", value: "`Īካ" }],
  string_surrogate_pair: ['"\\uD801\\udc37"', { kind: "string", value: "𐐷" }],
  string_surrogate_pairs: ['"\\ud83d\\ude39\\ud83d\\udc8d"', { kind: "string", value: "😹💍" }],
  string_last_surrogates: ['"\\uDBFF\\uDFFF"', { kind: "string", value: "\u{10ffff}" }],
  string_backslash_and_u_escaped_zero: ['"\\\\u0000"', { kind: "string", value: "\\u0000" }],
  string_null_escape: ['"\\u0000"', { kind: "string", value: "\0" }],
  string_escaped_control_character: ['"\\u0012"', { kind: "string", value: "\u0012" }],
  string_escaped_noncharacter: ['"\\uFFFF"', { kind: "string", value: "\uffff" }],
  string_comments: ['"a/*b*/c/*d//e"', { kind: "string", value: "a/*b*/c/*d//e" }],
  string_unescaped_delete: ['"a\x7fa"', { kind: "string", value: "a\x7fa" }],
  string_line_separators: ['"\u2028\u2029"', { kind: "string", value: "\u2028\u2029" }],
  string_noncharacters: ['"\u{10ffff}\uffff\u{1bfff}"', { kind: "string", value: "\u{10ffff}\uffff\u{1bfff}" }],
  string_utf8: ['"€𝄞π⍂㈴"', { kind: "string", value: "€𝄞π⍂㈴" }],
  string_nbsp: ['"new\\u00A0line"', { kind: "string", value: "new\u00a0line" }],
  string_uescaped_newline: ['"new\\u000Aline"', { kind: "string", value: "new\nline" }],
  string_unicode_escaped_double_quote: ['"\\u0022\\u005C"', { kind: "string", value: '"\\' }],
  array_arraysWithSpaces: ["[[]   ]", json("[[]   ]")],
  array_heterogeneous: ['[null, 1, "1", {}]', json('[null, 1, "1", {}]')],
  array_with_1_and_newline: ["[1\n]", json("[1\n]")],
  array_with_several_null: ["[1,null,null,null,2]", json("[1,null,null,null,2]")],
  object_empty: ["{}", json("{}")],
  object_empty_key: ['{"":0}', json('{"":0}')],
  object_escaped_null_in_key: ['{"foo\\u0000bar": 42}', json('{"foo\\u0000bar": 42}')],
  object_duplicated_key: ['{"a":"b","a":"c"}', json('{"a":"b","a":"c"}')],
  object_extreme_numbers: ['{ "min": -1.0e+28, "max": 1.0e+28 }', json('{ "min": -1.0e+28, "max": 1.0e+28 }')],
  object_string_unicode: ['{"\\u041f":"\\u0417" }', json('{"\\u041f":"\\u0417" }')],
  object_with_newlines: ['{\n"a": "b"\n}', json('{\n"a": "b"\n}')],
  structure_500_nested_arrays: ["[".repeat(500) + "]".repeat(500), json("[".repeat(500) + "]".repeat(500))],
  structure_1000_nested_arrays: ["[".repeat(1000) + "]".repeat(1000), json("[".repeat(1000) + "]".repeat(1000))],
};

/** What must be refused: invalid JSON, and what no database could hold. */
const refused: Record<string, readonly string[]> = {
  "literals and garbage": [
    "",
    " ",
    "abc",
    "*",
    "<.>",
    "å",
    "é",
    "TRUE",
    "[True]",
    "[fals]",
    "[nul]",
    "[tru]",
    "nul",
    "2@",
    "1]",
    "]",
    "][",
    "#",
    "'",
    "[<null>]",
    '""x',
    "[1]x",
    "[1]]",
    "[][]",
    "{}}",
    '{"a":"b"}#',
    '{"a":"b"}#{}',
    '{"a": true} "x"',
    "123\0",
    "[\0]",
    "[\f]",
    '["a\0a"]',
    "[\u2060]",
    "\ufeff",
    "\\u000A",
    '[\\u000A""]',
    "[undefined]",
  ],
  numbers: [
    "-",
    "[-]",
    "+1",
    "[+1]",
    "++1234",
    "-01",
    "012",
    "[-012]",
    "00.0",
    "-00.0",
    "00e0",
    "-00e0",
    "0.1.2",
    "0.3e",
    "0.3e+",
    "0E",
    "0E+",
    "0.e1",
    "0e",
    "0e+",
    "1 000.0",
    "1.0e",
    "1.0e+",
    "1.0e-",
    "-1.0.",
    "1eE2",
    ".-1",
    ".2e-3",
    "2.e-3",
    "2.e+3",
    "2.e3",
    "-2.",
    "9.e+",
    "1+2",
    "0x1",
    "0x42",
    "Infinity",
    "+Inf",
    "Inf",
    "-Infinity",
    "-NaN",
    "NaN",
    "0e+-1",
    "-123.123foo",
    "-foo",
    "- 1",
    "-.123",
    "-1x",
    "1ea",
    "1.",
    ".123",
    "1.2a-3",
    "1.8011670033376514H-308",
    "１",
  ],
  arrays: [
    "[",
    "[1",
    "[1,",
    "[,",
    "[,1]",
    "[1,,2]",
    '["x",,]',
    '["",]',
    '[""],',
    '["x"]]',
    "[x",
    '["x"',
    "[3[4]]",
    "[1:2]",
    '["": 1]',
    "[,]",
    "[1 true]",
    "[ , 1]",
    '["a",\n4\n,1,',
    "[1,]",
    "[1,,]",
    '["\va"\\f]',
    "[*]",
    '[""',
    "[{}",
    "[{",
    '["asd]',
    '["a',
    "['",
    "[ false, nul",
    "[ true, fals",
    "[1,\n1\n,1",
  ],
  objects: [
    "{",
    "{,",
    "{]",
    "{[",
    '{"a',
    "{'a'",
    '{"x"',
    '{"x", null}',
    '{"x"::"b"}',
    '{"a":"a" 123}',
    "{key: 'value'}",
    "{😀}",
    '{"a" b}',
    '{:"b"}',
    '{"a" "b"}',
    '{"a":',
    '{"":',
    "{9999E9999:1}",
    "{1:1}",
    "{null:null,null:null}",
    '{"id":0,,,,,}',
    "{'a':0}",
    '{"id":0,}',
    '{"a":"b"}/**/',
    '{"a":"b"}/**//',
    '{"a":"b"}//',
    '{"a":"b"}/',
    '{"a":"b",,"c":"d"}',
    '{a: "b"}',
    '{"a":"a',
    '{ "foo" : "bar", "a" }',
    '{"x": true,',
    '{"a":/*comment*/"b"}',
    '{"asd":"asd"',
    '{[: "x"}',
    '["x", truth]',
  ],
  strings: [
    '"',
    '["',
    '["\\',
    '["\\"]',
    '["\\\\\\"]',
    '["\\x00"]',
    '["\\\t"]',
    '["\\\u{1f300}"]',
    '["\\u00A"]',
    '["\\a"]',
    '["\\uqqqq"]',
    '["\\u å"]',
    '[\\u0020"asd"]',
    "[\\n]",
    "['single quote']",
    '["new\nline"]',
    '["\t"]',
    '"\\UA66D"',
    "[é]",
    '["\\{["\\{["\\{["\\{',
    '["\x1f"]',
    '["\0"]',
    // Half a surrogate pair.
    '["\\uD800\\"]',
    '["\\uD800\\u1"]',
    '["\\uD800\\u1x"]',
    '["\\uD800\\u"]',
    '["\\uD800\\uD800\\x"]',
    '["\\uD834\\uDd"]',
    '{"\\uDFAA":0}',
    '["\\uDADA"]',
    '["\\uD888\\u1234"]',
    '["\\uD800\\n"]',
    '["\\uDd1ea"]',
    '["\\uD800\\uD800\\n"]',
    '["\\ud800"]',
    '["\\ud800abc"]',
    '["\\uDd1e\\uD834"]',
    '["\\uDFAA"]',
    '"\\ud800"',
    '"\\udc00"',
  ],
  depth: ["[".repeat(100_000), '[{"":'.repeat(50_000), "[".repeat(1001) + "]".repeat(1001)],
};

/** Bytes that are no UTF-8, one character a byte. */
const refusedBytes = [
  "[a\xe5]",
  "[\xff]",
  "[123\xe5]",
  "[1e1\xe5]",
  "[0\xe5]",
  "[1e\xe5]",
  '["\\\xe5"]',
  '["\\u\xe5"]',
  '{"\xb9":"0",}',
  "\xe5",
  '["\xff"]',
  '["\xe9"]',
  '["\x81"]',
  '["\xf4\xbf\xbf\xbf"]',
  '["\xc0\xaf"]',
  '["\xfc\x83\xbf\xbf\xbf\xbf"]',
  '["\xfc\x80\x80\x80\x80\x80"]',
  '["\xe0\xff"]',
  '["\xe6\x97\xa5\xd1\x88\xfa"]',
  '["\xed\xa0\x80"]',
  '\0[\0"\0\xe9\0"\0]',
  '[\0"\0\xe9\0"\0]\0',
  '\xff\xfe[\0"\0\xe9\0"\0]\0',
  "\xef\xbb{}",
  "\xef\xbb\xbf",
  "\xef\xbb\xbf{}",
  '"\xc2"',
  '"\xdf"',
  '"\xf0\x80"',
  '"\xe4\x80\x41"',
];

describe("texts that are read", () => {
  test.each(Object.entries(read))("%s", (_name, [text, cell]) => {
    expect(exactValue(text)).toEqual(cell);
    expect(exactValue(Buffer.from(text))).toEqual(cell);
    // The same inside of an array, where it is only stepped over.
    if (cell.kind !== "json") expect(exactValue(`[ ${text}\n]`)).toEqual(json(`[ ${text}\n]`));
  });
});

describe("texts that are refused", () => {
  test.each(Object.entries(refused))("%s", (_name, texts) => {
    for (const text of texts) expect(refusal(Buffer.from(text)), text.slice(0, 50)).not.toBeNull();
  });

  test("and bytes that are not UTF-8", () => {
    for (const text of refusedBytes) expect(refusal(Buffer.from(text, "latin1")), JSON.stringify(text)).not.toBeNull();
  });

  test.each([
    ['{"a": 01}', "a number has a leading zero", 6, 1],
    ['{"a": [1,\n "\\ud800x"]}', "half of a surrogate pair (PostgreSQL cannot hold it)", 12, 2],
    ["[1,\n\n NaN]", "NaN and Infinity are no JSON", 6, 3],
    ['{"a": 1,}', "expected the name of a field in double quotes", 8, 1],
    ['["a\tb"]', "a control character (U+0009) stands unescaped in a string", 3, 1],
    ["{'a': 1}", "expected the name of a field in double quotes", 1, 1],
    ["[1] 2", "something follows the value", 4, 1],
  ])("%s: the reason and the place", (text, reason, offset, line) => {
    expect(refusal(Buffer.from(text))).toMatchObject({ reason, place: { offset, line }, truncated: false });
  });

  test("the first byte that is not UTF-8 is named", () => {
    expect(refusal(Buffer.from('{"a":"\xe9x"}', "latin1"))).toMatchObject({ place: { offset: 6 } });
    const good = Buffer.from('{"a":"é€😀x');
    expect(refusal(Buffer.concat([good, Buffer.from([0xff, 0x22, 0x7d])]))).toMatchObject({
      reason: "the text is not valid UTF-8",
      place: { offset: good.length },
    });
  });

  test("a text that ends too early says so", () => {
    for (const text of ["[1", '{"a":', '"abc', "nul", '["\\u00'])
      expect(refusal(Buffer.from(text)), text).toMatchObject({ truncated: true });
  });
});

function refusal(text: Buffer): JsonTextError | null {
  try {
    exactValue(text);
    return null;
  } catch (thrown) {
    if (thrown instanceof JsonTextError) return thrown;
    throw thrown;
  }
}
