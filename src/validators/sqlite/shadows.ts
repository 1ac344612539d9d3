import type { Both } from "./input.ts";

/** The tables behind a virtual table; of `a` and `a_b`, the second owns `a_b_data`. */
export function shadowTables(db: Both, virtual: string): string[] {
  const list = db.prepare("SELECT name, type FROM pragma_table_list WHERE schema = 'main'").all() as {
    name: string;
    type: string;
  }[];
  const others = list.filter(({ name, type }) => type === "virtual" && name.length > virtual.length);
  return list.flatMap(({ name, type }) => {
    const own = type === "shadow" && name.startsWith(`${virtual}_`);
    return own && !others.some((other) => name.startsWith(`${other.name}_`)) ? [name] : [];
  });
}
