/** Identifiers and string literals in SQL. SQLite and PostgreSQL write both alike, but for backslashes. */

/** An identifier, always quoted, so that its case is kept and no keyword is mistaken. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function qualified(schema: string, name: string): string {
  return `${quoteName(schema)}.${quoteName(name)}`;
}

/** Identifiers with commas between them, without brackets. */
export function nameList(names: readonly string[]): string {
  return names.map(quoteName).join(", ");
}

/** A string for SQLite, or for PostgreSQL where `standard_conforming_strings` is known to be on. */
export function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A string for PostgreSQL that reads the same whatever `standard_conforming_strings` is. */
export function quotePostgresLiteral(text: string): string {
  const literal = quoteLiteral(text);
  return literal.includes("\\") ? `E${literal.replaceAll("\\", "\\\\")}` : literal;
}
