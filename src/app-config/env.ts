/** .env files: values set in place, comments, order and `export ` kept. */
import { isDeepStrictEqual } from "node:util";
import { type Assignment, assignmentsIn } from "./env-lines.ts";
import { envSpellings } from "./env-quote.ts";
import { badConfig, lineEnd, type Setting, type Source, splice } from "./setting.ts";

/** Every occurrence of a key is set: some readers take the first, most the last. null is the empty value. */
export function setInEnv(source: Source, key: string, setting: Setting): string {
  const all = assignmentsIn(source.text);
  const same = all.filter((assignment) => assignment.name === key);
  const value = setting === null ? "" : String(setting);
  const wanted = readEnv(source).set(key, value);
  const tries = (same.length > 0 ? same : [null]).map((old) => envSpellings(value, old?.quote ?? null));
  for (let n = 0; n < Math.max(...tries.map((spellings) => spellings.length)); n++) {
    const chosen = tries.map((spellings) => spellings[n] ?? spellings[0] ?? "");
    const text = same.length > 0 ? replace(source.text, same, chosen) : append(source, key, chosen[0] ?? "", all);
    // A quote may end one that an earlier line left open, and so change that line's value.
    if (isDeepStrictEqual(readEnv({ ...source, text }), wanted)) return text;
  }
  throw unrepresentable(source, key, same[0]?.start ?? source.text.length);
}

/** As dotenv reads it, nothing expanded; the last of several equal keys counts. */
export function readEnv(source: Source): Map<string, string> {
  return new Map(assignmentsIn(source.text).map((assignment) => [assignment.name, readValue(source.text, assignment)]));
}

function replace(text: string, same: readonly Assignment[], spellings: readonly string[]): string {
  return same.reduceRight(
    (edited, old, i) => splice(edited, old.start, old.end, gapBefore(text, old) + (spellings[i] ?? "")),
    text,
  );
}

function append(source: Source, key: string, spelling: string, all: readonly Assignment[]): string {
  const { text } = source;
  if (!/^[A-Za-z_]\w*$/.test(key)) {
    const hint = "Use letters, digits and underscores, not beginning with a digit.";
    throw badConfig(source, text.length, `"${key}" cannot be the name of an environment variable`, hint);
  }
  const prefix = all.length > 0 && all.every((assignment) => assignment.exported) ? "export " : "";
  const line = `${prefix}${key}=${spelling}`;
  const eol = lineEnd(text);
  if (text === "" || text.endsWith("\n")) return text + line + eol;
  return text + eol + line;
}

function unrepresentable(source: Source, key: string, offset: number) {
  const message = `the value of "${key}" has no spelling that both dotenv and sh read back as it is`;
  const hint =
    "Avoid ' together with \" $ ` or \\, a backslash at the end, and carriage returns; in a URL write them as %27, %22, %24, %60, %5C, %0D.";
  return badConfig(source, offset, message, hint);
}

/** `KEY: value` needs its space, which an empty value may lack. */
function gapBefore(text: string, old: Assignment): string {
  return text[old.start - 1] === ":" ? " " : "";
}

function readValue(text: string, { start, end, quote }: Assignment): string {
  const spelling = text.slice(start, end).replace(/\r\n?/g, "\n");
  const value = quote === "" ? spelling.replace(/#.*$/, "").trim() : spelling;
  // Also of pieces such as 'a'"b"'c' dotenv takes the outermost quotes off, and nothing else.
  const inner = /^(['"`])(.*)\1$/s.exec(value)?.[2] ?? value;
  return value.startsWith('"') ? inner.replace(/\\n/g, "\n").replace(/\\r/g, "\r") : inner;
}
