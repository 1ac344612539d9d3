/** What a declared type asks for beyond its affinity. SQLite ignores these words; people mean them. */
export type DeclaredKind = "boolean" | "date" | "json" | "decimal" | "plain";

export function declaredKind(declaredType: string): DeclaredKind {
  const word = /^[a-z0-9_]+/.exec(declaredType.trim().toLowerCase())?.[0] ?? "";
  if (word === "bool" || word === "boolean") return "boolean";
  if (/^(date|datetime|datetime2|smalldatetime|timestamp|timestamptz|datetimeoffset)$/.test(word)) return "date";
  if (word === "json" || word === "jsonb") return "json";
  if (word === "decimal" || word === "numeric" || word === "number" || word === "money" || word === "dec")
    return "decimal";
  return "plain";
}
