/** Kept files: their version, their shape, and what is said of a file that is not as it must be. */
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type Format, readFormat, writeFormat } from "../../../src/run-folder/formats/format.ts";
import { errorOf, freshPath } from "../../support/scratch-database.ts";

type Place = { readonly host: string; readonly ports: readonly number[] };

/** Version 1 had one port; version 2 called the host a server. */
const format: Format<Place> = {
  schema: z.looseObject({ host: z.string(), ports: z.array(z.int()) }),
  upgrades: [({ port, ...rest }) => ({ ...rest, ports: [port] }), ({ server, ...rest }) => ({ ...rest, host: server })],
  remedy: (path) => `Look at ${path}.`,
};

function file(text: string): string {
  const path = freshPath("place.json");
  writeFileSync(path, text);
  return path;
}

describe("a kept file", () => {
  it("is written with its version, and read without", () => {
    const path = freshPath("place.json");
    writeFormat(path, format, { host: "a", ports: [1, 2] });
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ version: 3, host: "a", ports: [1, 2] });
    expect(readFormat(path, format)).toEqual({ host: "a", ports: [1, 2] });
  });

  it("of an older version is upgraded when it is read, and stays as it is", () => {
    const first = '{ "server": "a", "port": 1 }';
    const path = file(first);
    expect(readFormat(path, format)).toEqual({ host: "a", ports: [1] });
    expect(readFormat(file('{ "version": 1, "server": "a", "port": 1 }'), format)).toEqual({ host: "a", ports: [1] });
    expect(readFormat(file('{ "version": 2, "server": "a", "ports": [3] }'), format)).toEqual({
      host: "a",
      ports: [3],
    });
    expect(readFileSync(path, "utf8")).toBe(first);
  });

  it("that is not there is null", () => {
    expect(readFormat(freshPath("place.json"), format)).toBeNull();
  });

  it("of a newer version is refused by name", async () => {
    const path = file('{ "version": 4, "anything": "else" }');
    const error = await errorOf(() => readFormat(path, format));
    expect([error.code, error.message]).toEqual([
      "STATE_NEWER",
      `${path} has version 4 of the state of runs; this rowhaul knows only up to version 3.`,
    ]);
  });

  it.each([
    ["", "it is empty"],
    ['{ "version": 3, "host": "a", "por', expect.stringContaining("in JSON at position")],
    ["[]", "it holds no object"],
    ["null", "it holds no object"],
    ['{ "version": 0 }', "0 is no version"],
    ['{ "version": "3" }', '"3" is no version'],
    ['{ "version": 3, "host": 5, "ports": [] }', "host: Invalid input: expected string, received number"],
    ['{ "version": 3, "host": "a", "ports": [1, 2.5] }', "ports.1: Invalid input: expected int, received number"],
    ['{ "version": 3, "host": "a" }', "ports: Invalid input: expected array, received undefined"],
  ])("that is damaged is named with what is wrong: %s", async (text, why) => {
    const path = file(text);
    const error = await errorOf(() => readFormat(path, format));
    expect([error.code, error.hint]).toEqual(["RUN_FILE_DAMAGED", `Look at ${path}.`]);
    const [, found] = error.message.split(`${path} is damaged: `);
    expect(found?.replace(/\.$/, "")).toEqual(why);
  });
});
