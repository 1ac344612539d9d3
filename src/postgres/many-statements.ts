/** Statements without results, many to a message: each message of its own costs a way there and back. */

const together = 50;

/** `client`: has a transaction open. The first statement that fails ends them all. */
export async function executeAll(
  client: { query(sql: string): Promise<unknown> },
  statements: readonly string[],
): Promise<void> {
  for (let i = 0; i < statements.length; i += together) await client.query(joined(statements.slice(i, i + together)));
}

/** As one message; the line breaks end a comment. */
export function joined(statements: readonly string[]): string {
  return statements.join("\n;\n");
}
