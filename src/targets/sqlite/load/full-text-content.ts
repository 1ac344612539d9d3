import { readDeclaration } from "../../../search/declaration.ts";

/** The table whose texts a full-text table indexes; null where they are its own. `sql`: its CREATE VIRTUAL TABLE. */
export function contentOf(sql: string): string | null {
  const content = readDeclaration(sql)?.content;
  return content?.kind === "external" ? content.table : null;
}
