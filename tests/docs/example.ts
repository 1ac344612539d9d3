/** An example of docs/into-your-apps-schema.md, run as its reader would: the file's text, the application's two databases. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { parse } from "yaml";
import { workspace } from "../cli/workspace.ts";
import { shownRows, withPlainClient } from "../schema-first/plain-client.ts";
import { rowhaul } from "../support/cli.ts";
import { freshDatabase } from "../support/database.ts";

export type Example = {
  /** Of the section; its first YAML block is the file. */
  readonly heading: string;
  /** Lines of another section that go into the same file. */
  readonly and?: string;
  /** SQL that makes the SQLite file as the application does. */
  readonly source: string;
  /** What the application's migrations make in PostgreSQL, with their seeds. */
  readonly live: string;
  /** By table or query, afterwards, as in tests/schema-first/pair.ts. */
  readonly rows: Readonly<Record<string, readonly string[]>>;
};

const text = readFileSync(new URL("../../docs/into-your-apps-schema.md", import.meta.url), "utf8");

/** Headings of the sections that have a YAML block. */
export const headings: readonly string[] = sections()
  .filter(({ body }) => body.includes("```yaml"))
  .map(({ heading }) => heading);

export async function play(example: Example): Promise<void> {
  const database = await freshDatabase();
  const space = workspace();
  try {
    const file = [example.heading, ...(example.and === undefined ? [] : [example.and])].map(blockOf).join("");
    const { name, source } = parse(file) as { name: string; source: { path: string } };
    space.sqlite(`PRAGMA foreign_keys = OFF; ${example.source}`, source.path);
    space.write(`${name}.yaml`, file);
    await database.pool.query(example.live);
    const cli = (command: string) =>
      rowhaul([command, `${name}.yaml`, "--no-color"], { cwd: space.folder, env: { DATABASE_URL: database.url } });
    const before = await look(database.url, example.rows);
    const { exit, stderr } = await cli("run");
    expect(stderr).not.toContain("Error");
    expect(exit, stderr).toBe(0);
    expect(await look(database.url, example.rows)).toEqual(example.rows);
    expect((await cli("validate")).exit).toBe(0);
    const back = await cli("rollback");
    expect(back.exit, back.stderr).toBe(0);
    expect(await look(database.url, example.rows)).toEqual(before);
  } finally {
    await database.drop();
  }
}

async function look(url: string, rows: Example["rows"]): Promise<Record<string, string[]>> {
  return withPlainClient(url, async (client) => {
    const found: Record<string, string[]> = {};
    for (const of of Object.keys(rows)) found[of] = await shownRows(client, of);
    return found;
  });
}

function blockOf(heading: string): string {
  const body = sections().find((section) => section.heading === heading)?.body ?? "";
  const block = /```yaml\n(.*?)```/s.exec(body)?.[1];
  if (block === undefined) throw new Error(`no YAML under the heading "${heading}"`);
  return block;
}

/** What stands before the first heading of its kind belongs to the document's own. */
function sections(): { readonly heading: string; readonly body: string }[] {
  return text.split(/^#+ (?=[^\n]*$)/m).flatMap((part) => {
    const [heading = "", ...body] = part.split("\n");
    return heading === "" ? [] : [{ heading, body: body.join("\n") }];
  });
}
