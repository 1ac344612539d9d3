/** What a source is called and holds does nothing to the terminal that tells of it. */
import { expect, it } from "vitest";
import { rowhaul } from "../support/cli.ts";
import { eventsOf, workspace } from "./workspace.ts";

const table = "t\x1b]0;owned\x07\u202e";
const column = "c\x9b2J\x7f";

it("names and values are shown as what they are, in text and in JSON", async () => {
  const space = workspace();
  space.sqlite(
    `CREATE TABLE "${table}" (id INTEGER PRIMARY KEY, "${column}" TEXT);
     INSERT INTO "${table}" VALUES (1, 'a' || char(27) || '[2J');
     CREATE VIEW "v\x1b[1m" AS SELECT no_such FROM "${table}"`,
  );
  const controls = /[^\P{Cc}\t\n]|\u202e/u;
  for (const args of [
    ["copy", "app.db", "x.db", "--accept-all"],
    ["plan", "app.db"],
    ["validate", "app.db", "x.db"],
    ["report", "app.db", "x.db", "--full"],
    ["compare", "app.db", "x.db"],
  ]) {
    const result = await rowhaul(args, { cwd: space.folder });
    expect([args, result.all]).toEqual([args, expect.not.stringMatching(controls)]);
  }
  const told = await rowhaul(["copy", "app.db", "y.db", "--accept-all"], { cwd: space.folder });
  expect(told.all).toContain("t\\u001b]0;owned\\u0007\\u202e");
  const json = await rowhaul(["copy", "app.db", "z.db", "--accept-all", "--json"], { cwd: space.folder });
  expect(json.stdout).not.toMatch(controls);
  expect(eventsOf(json.stdout).some((event) => event.item === table)).toBe(true);
});
