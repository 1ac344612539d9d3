/** Names and texts in SQL; SQLite and PostgreSQL (standard_conforming_strings on) agree on both. */
export function name(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
