/** An address with a mistake in it is repeated nowhere, whichever way it comes in: it could hold a password. */
import { describe, expect, it } from "vitest";
import { rowhaul } from "../support/cli.ts";
import { shop, workspace } from "./workspace.ts";

const unclear = [
  "postgres://me:12/S3CRET@db.example/app",
  "postgres://me:1#S3CRET@db.example/app",
  "postgres://me:p@ss/S3CRET@db.example/app",
  "postgres:/me:S3CRET@db.example/app",
];

async function refusedWithoutRepeating(
  args: readonly string[],
  says: string,
  env: Record<string, string> = {},
  space = workspace(),
): Promise<void> {
  space.sqlite(shop);
  const before = space.hashes();
  const result = await rowhaul(args, { cwd: space.folder, env });
  expect(result.all).toContain(says);
  expect(result.all).not.toMatch(/S3CRET|db\.example/);
  expect(result.exit).toBe(1);
  expect(space.hashes()).toEqual(before);
  expect(space.kept().size).toBe(0);
}

describe("a password that is not percent-encoded", () => {
  it.each(
    unclear.flatMap((url) => [
      ["copy", "app.db", url],
      ["copy", url, "other.db"],
    ]),
  )("%s %s %s", (...args) => refusedWithoutRepeating(args, "percent-encoded"));

  // Every other command, as events.
  it.each([
    ["import", "app.db", unclear[0] ?? ""],
    ["compare", "app.db", unclear[1] ?? ""],
    ["compare", unclear[0] ?? "", "app.db"],
    ["export", unclear[0] ?? "", "folder"],
    ["init", unclear[1] ?? ""],
    ["init", "app.db", unclear[0] ?? ""],
    ["query", "SELECT 1", unclear[0] ?? ""],
    ["validate", "app.db", unclear[0] ?? ""],
    ["rollback", "app.db", unclear[2] ?? ""],
    ["status", "app.db", unclear[3] ?? ""],
    ["clean", "app.db", unclear[0] ?? "", "--yes"],
  ])("%s %s %s", (...args) =>
    refusedWithoutRepeating([...args.filter((arg) => arg !== undefined), "--json"], "percent-encoded"),
  );

  it.each([
    ["target", "source: { kind: sqlite, path: app.db }", 'target: { kind: postgres, url: "${DATABASE_URL}" }', 3],
    [
      "target",
      "source: { kind: sqlite, path: app.db }",
      'target: { kind: postgres, schema: s, url: "${DATABASE_URL}" }',
      3,
    ],
    ["source", 'source: { kind: postgres, schema: s, url: "${DATABASE_URL}" }', "target: { kind: embedded }", 2],
  ])("of a pipeline's %s, from the environment, is named by its line", async (side, source, target, line) => {
    for (const url of side === "source" ? unclear : unclear.slice(0, 1)) {
      const space = workspace();
      space.write("pipeline.yaml", `name: app\n${source}\n${target}\n`);
      await refusedWithoutRepeating(["plan", "pipeline.yaml"], `line ${line}: `, { DATABASE_URL: url }, space);
    }
  });
});

describe("an address where something else is wanted", () => {
  const url = "postgres://me:S3CRET@db.example/app";
  it.each([
    ["as a pipeline file", ["plan", url], "is an address, and no pipeline file"],
    ["as one argument too many", ["run", "pipeline.yaml", url], "(an address, not repeated here"],
    ["as a command", [url], "(an address, not repeated here"],
    ["as a folder to write to", ["export", "app.db", url], "where the path of a file or folder is wanted"],
    ["as a folder", ["up", url], "where the path of a file or folder is wanted"],
    ["as a file to write", ["init", "app.db", "-o", url], "where the path of a file or folder is wanted"],
    ["without its scheme", ["copy", "me:S3CRET@db.example/app", "other.db"], "looks like the address of a server"],
    ["without its scheme, as a file", ["copy", "app.db", "me:S3CRET@db.example/x.db"], "the address of a server"],
    ["as libpq's words", ["compare", "app.db", "host=db.example password=S3CRET"], "the address of a server"],
  ] as const)("%s", (_, args, says) => refusedWithoutRepeating(args, says));

  it.each(["sqlite", "json", "export"])("as the path of a %s source", async (kind) => {
    const space = workspace();
    space.write("pipeline.yaml", `name: app\nsource: { kind: ${kind}, path: "${url}" }\ntarget: { kind: embedded }\n`);
    await refusedWithoutRepeating(["plan", "pipeline.yaml"], "line 2: source.path: A PostgreSQL URL stands", {}, space);
  });
});

describe("an address spelled in any way", () => {
  it.each([
    "postgresql+psycopg2://me:S3CRET@h/app",
    "jdbc:postgresql://h/app?user=me&password=S3CRET",
    "postgres:me:S3CRET@h",
    "POSTGRES://me:%S3CRET%zz@127.0.0.1:1/app",
    "postgres://me:two words S3CRET@127.0.0.1:1/app",
    "postgres://me:a\nS3CRET@127.0.0.1:1/app",
    "https://proxy.example/?to=postgres://me:S3CRET@h/app",
    "postgres;//me:S3CRET@h/app",
  ])("%j", async (address) => {
    const space = workspace();
    space.sqlite(shop);
    for (const args of [
      ["copy", "app.db", address],
      ["compare", "app.db", address, "--json"],
      ["copy", "app.db", "x.db", address],
      ["export", "app.db", address],
    ]) {
      const result = await rowhaul(args, { cwd: space.folder });
      expect([args, result.all]).toEqual([args, expect.not.stringContaining("S3CRET")]);
      expect([1, 2]).toContain(result.exit);
    }
    expect(Object.keys(space.hashes())).toEqual(["app.db"]);
    for (const bytes of space.kept().values()) expect(bytes.includes("S3CRET")).toBe(false);
  });
});
