/** Writing PostgreSQL's SQL in the plan: every identifier quoted. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function qualified(schema: string, name: string): string {
  return `${quoteName(schema)}.${quoteName(name)}`;
}

export function nameList(names: readonly string[]): string {
  return names.map(quoteName).join(", ");
}
