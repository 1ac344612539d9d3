/** Texts of JSON as programs write them, and as they should not but may. */
import fc from "fast-check";

const integer = fc.oneof(fc.integer().map(String), fc.bigInt({ min: -(1n << 70n), max: 1n << 70n }).map(String));
const decimal = fc
  .tuple(integer, fc.option(fc.stringMatching(/^\d{1,9}$/)), fc.option(fc.stringMatching(/^[eE][+-]?\d{1,2}$/)))
  .map(([whole, fraction, exponent]) => `${whole}${fraction === null ? "" : `.${fraction}`}${exponent ?? ""}`);
export const jsonNumber = fc.oneof(integer, decimal, fc.constantFrom("-0", "-0.0", "0", "1.10", "5.0", "1e3"));

const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string(),
  fc.constantFrom("", "\0", '"', "\\", "\u2028", "😀"),
);
export const jsonString = fc.tuple(text, fc.boolean()).map(([value, escaped]) => {
  const plain = JSON.stringify(value);
  if (!escaped) return plain;
  return plain.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
});

const space = fc.constantFrom("", "", "", " ", "\n", "\t ", "\r\n");
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom("null", "true", "false"),
    jsonNumber,
    jsonString,
    fc.tuple(fc.array(tie("value"), { maxLength: 3 }), space).map(([all, gap]) => `[${gap}${all.join(`${gap},`)}]`),
    fc
      .tuple(fc.uniqueArray(fc.tuple(key(), tie("value")), { maxLength: 3, selector: ([name]) => name }), space)
      .map(([all, gap]) => `{${all.map(([name, one]) => `${JSON.stringify(name)}${gap}:${one}`).join(`,${gap}`)}}`),
  ),
}));
export const jsonValue = value as fc.Arbitrary<string>;

/** An object, its keys different, none like an index (V8 would put it first). */
export const jsonObject = fc
  .tuple(fc.uniqueArray(fc.tuple(key(), jsonValue), { maxLength: 6, selector: ([name]) => name }), space)
  .map(([all, gap]) => `{${gap}${all.map(([name, one]) => `${JSON.stringify(name)}:${gap}${one}${gap}`).join(",")}}`);

function key(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom("a", "b", "c", "id", 'q"', "é"),
    fc.string({ unit: "grapheme" }).filter((name) => name !== "__proto__" && !/^\d+$/.test(name)),
  );
}
