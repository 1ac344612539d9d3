/** .env files: values set in place, comments, order and `export ` kept. */
import { type Assignment, assignmentsIn } from "./env-lines.ts";
import { spellEnvValue } from "./env-quote.ts";
import { badConfig, lineEnd, type Setting, type Source, splice } from "./setting.ts";

/** Every occurrence of a key is set: some readers take the first, most the last. null is the empty value. */
export function setInEnv(source: Source, key: string, setting: Setting): string {
  const { text } = source;
  const all = assignmentsIn(text);
  const same = all.filter((assignment) => assignment.name === key);
  if (same.length === 0) return append(source, key, setting, all);
  return same.reduceRight(
    (edited, old) => splice(edited, old.start, old.end, gapBefore(text, old) + spell(source, key, setting, old)),
    text,
  );
}

/** As dotenv reads it, nothing expanded; the last of several equal keys counts. */
export function readEnv(source: Source): Map<string, string> {
  return new Map(assignmentsIn(source.text).map((assignment) => [assignment.name, readValue(source.text, assignment)]));
}

function append(source: Source, key: string, setting: Setting, all: Assignment[]): string {
  const { text } = source;
  if (!/^[A-Za-z_]\w*$/.test(key)) {
    const hint = "Use letters, digits and underscores, not beginning with a digit.";
    throw badConfig(source, text.length, `"${key}" cannot be the name of an environment variable`, hint);
  }
  const prefix = all.length > 0 && all.every((assignment) => assignment.exported) ? "export " : "";
  const line = `${prefix}${key}=${spell(source, key, setting, null)}`;
  const eol = lineEnd(text);
  if (text === "" || text.endsWith("\n")) return text + line + eol;
  return text + eol + line;
}

function spell(source: Source, key: string, setting: Setting, old: Assignment | null): string {
  const spelling = spellEnvValue(setting === null ? "" : String(setting), old?.quote ?? null);
  if (spelling !== null) return spelling;
  const message = `the value of "${key}" has no spelling that both dotenv and sh read back as it is`;
  const hint =
    "Avoid ' together with \" $ ` or \\, a backslash at the end, and carriage returns; in a URL write them as %27, %22, %24, %60, %5C, %0D.";
  throw badConfig(source, old?.start ?? source.text.length, message, hint);
}

/** `KEY: value` needs its space, which an empty value may lack. */
function gapBefore(text: string, old: Assignment): string {
  return text[old.start - 1] === ":" ? " " : "";
}

function readValue(text: string, { start, end, quote }: Assignment): string {
  const spelling = text.slice(start, end).replace(/\r\n?/g, "\n");
  if (quote === "") return spelling.replace(/#.*$/, "").trim();
  const inner = spelling.slice(1, -1);
  return quote === '"' ? inner.replace(/\\n/g, "\n").replace(/\\r/g, "\r") : inner;
}
