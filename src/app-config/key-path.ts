/**
 * Keys with dots. `a.b.c` may mean one literal key, or steps through nested
 * maps, or a mixture (`spring.datasource` is one key in many files): where a
 * key exists literally, the longest one wins.
 */
import { badConfig, type Source } from "./setting.ts";

/** One name to look for, and what is left of the path after it. */
export type Step = { readonly name: string; readonly rest: string | null };

/** Every way to take a first name off a path, longest name first. */
export function steps(path: string): Step[] {
  const found: Step[] = [{ name: path, rest: null }];
  for (let dot = path.lastIndexOf("."); dot >= 0; dot = dot === 0 ? -1 : path.lastIndexOf(".", dot - 1))
    found.push({ name: path.slice(0, dot), rest: path.slice(dot + 1) });
  return found;
}

/** The names to create for a path of which nothing exists yet. */
export function newNames(source: Source, offset: number, path: string): string[] {
  const names = path.split(".");
  if (names.includes("")) throw badConfig(source, offset, `"${path}" has an empty name in it`, "Correct the key.");
  return names;
}

export function isIndex(name: string): boolean {
  return /^(?:0|[1-9]\d{0,8})$/.test(name);
}

export function throughValue(source: Source, offset: number, name: string, key: string) {
  const message = `"${name}" holds a plain value, so "${key}" has no place under it`;
  return badConfig(source, offset, message, "Correct the key, or change the file's structure first.");
}

export function noSuchItem(source: Source, offset: number, name: string, key: string) {
  const message = `there is no item ${name} in this list, so "${key}" has no place`;
  return badConfig(source, offset, message, "Name an existing item by its number; the first is 0.");
}
