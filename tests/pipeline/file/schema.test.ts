/** What `interpret` may say. */
import { describe, expect, it } from "vitest";
import { pipelineSchema } from "../../../src/pipeline/file/schema.ts";

function mistakes(entry: object): string[] {
  const file = {
    name: "n",
    source: { kind: "sqlite", path: "s.db" },
    target: { kind: "embedded" },
    interpret: [entry],
  };
  const read = pipelineSchema.safeParse(file);
  return read.success ? [] : read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("a zone", () => {
  it.each(["UTC", "utc", "wall", "GMT", "Europe/Berlin", "+02:00", "-03:30", "EST5EDT"])("%s is taken", (zone) => {
    expect(mistakes({ zone })).toEqual([]);
  });

  it.each(["CET", "MET", "IST", "est"])("%s is an abbreviation, which PostgreSQL reads otherwise", (zone) => {
    expect(mistakes({ zone })).toEqual([
      "interpret.0.zone: an abbreviation, which PostgreSQL reads as a fixed offset: name a region, such as Europe/Berlin, or an offset, such as +01:00",
    ]);
  });

  it("that nobody knows is refused", () => {
    expect(mistakes({ zone: "Mars/Olympus" })).toEqual(["interpret.0.zone: no time zone that is known"]);
  });
});

it("an entry says how to read, and one place at most", () => {
  expect(mistakes({ column: "t.v" })).toEqual([
    "interpret.0: say how to read: zone, epoch, interval, uuid, bytes or arrays",
  ]);
  expect(mistakes({ column: "t.v", table: "t", epoch: "ms" })).toEqual(["interpret.0: give one of column, table"]);
});
