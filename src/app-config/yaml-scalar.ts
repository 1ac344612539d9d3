/**
 * A setting as YAML text, on one line and safe in block and flow style. Plain
 * only where YAML 1.1 and 1.2 both read the same string: the application's
 * parser may follow either (`yes`, `12:30` and `0o7` differ).
 */
import { parse } from "yaml";
import type { Setting } from "./setting.ts";

export type YamlQuote = "plain" | "single" | "double";

export function yamlScalar(setting: Setting, old: YamlQuote): string {
  if (typeof setting !== "string") return typeof setting === "number" ? yamlNumber(setting) : String(setting);
  if (old === "plain" && isPlain(setting)) return setting;
  if (old === "single" && /^[\x20-\x7e\xa0-\ud7ff]*$/.test(setting) && !/[\u2028\u2029]/.test(setting))
    return `'${setting.replaceAll("'", "''")}'`;
  return doubleQuoted(setting);
}

/** A key on one line; plain only when it is a simple word. */
export function yamlKey(name: string): string {
  return /^[A-Za-z_][\w.-]*$/.test(name) && isPlain(name) ? name : doubleQuoted(name);
}

function isPlain(value: string): boolean {
  if (!/^[A-Za-z_/.](?:[\w/.:@%+=?&~ -]*[\w/.@%+=?&~-])?$/.test(value) || value.includes(": ")) return false;
  return parse(value, { version: "1.1" }) === value && parse(value, { version: "1.2" }) === value;
}

/** JSON's string is YAML's, once everything is escaped that YAML may take for a line break or not print. */
function doubleQuoted(value: string): string {
  return JSON.stringify(value).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** YAML 1.1 takes `1e+21` for a string: there an exponent needs a point. */
function yamlNumber(value: number): string {
  return String(value).replace(/^(-?\d+)e/, "$1.0e");
}
