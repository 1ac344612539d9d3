/** The examples of docs/library.md run as they stand there, one after the other, and print what the page says. */
import { mkdirSync, symlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { transformSync } from "@swc/wasm-typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outcomes } from "../../src/phases/run/outcome.ts";
import { shop, type Workspace, workspace } from "../cli/workspace.ts";
import { library } from "../library/built.ts";
import { startProgram } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { examples, firstColumn, pipeline } from "./library-page.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));

describe("docs/library.md", () => {
  let space: Workspace;
  const databases: TestDatabase[] = [];

  beforeAll(async () => {
    databases.push(await freshDatabase(), await freshDatabase());
    space = workspace();
    space.sqlite(shop);
    space.sqlite(
      "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT); INSERT INTO notes VALUES (1, 'a'), (2, 'b' || char(0) || 'c');",
      "notes.db",
    );
    space.write("app.yaml", pipeline);
    mkdirSync(space.path("node_modules"));
    symlinkSync(repository, space.path("node_modules/rowhaul"), "dir");
  });

  afterAll(async () => {
    // An example that failed may have left the server of its folder.
    await library.down(space.folder, { remove: true });
    for (const database of databases) await database.drop();
  });

  it.each(examples.map((example, i) => [example.heading, i + 1, example] as const))(
    "%s (example %i)",
    async (_, number, { code, prints }) => {
      const { code: plain } = transformSync(code, { mode: "strip-only", module: true });
      const file = space.write(`example-${number}.mjs`, plain);
      const [first, second] = databases.map(({ url }) => url);
      const { exit, stdout, stderr } = await startProgram(process.execPath, [file], {
        cwd: space.folder,
        env: { DATABASE_URL: first ?? "", OTHER_DATABASE_URL: second ?? "", NO_COLOR: "1" },
      }).ended;
      expect({ exit, printed: stdout.trimEnd().split("\n") }, stderr).toEqual({ exit: 0, printed: prints });
    },
  );

  it("prints something in every example", () => {
    expect(examples.length).toBeGreaterThan(9);
    for (const { code, prints } of examples) expect(prints.length, code).toBeGreaterThan(0);
  });

  it("names every function and every outcome", () => {
    const named = firstColumn("function").map((text) => text.replace(/\(.*/, ""));
    expect([...named, "RowhaulError"].toSorted()).toEqual(Object.keys(library).toSorted());
    expect(firstColumn("`outcome`")).toEqual(Object.keys(outcomes));
  });
});
