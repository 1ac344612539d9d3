/** The proof's own quoting of identifiers and strings, for SQLite and for PostgreSQL with standard_conforming_strings on. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
