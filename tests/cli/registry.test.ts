import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { commands } from "../../src/cli/registry.ts";

it("every command has code of its own, of its name", async () => {
  const names: string[] = [];
  for (const command of commands) names.push((await command.load()).name);
  expect(names).toEqual(commands.map(({ name }) => `${name}Command`));
});

it("every definition stands in a file beside the work's, of the same name", () => {
  for (const { name } of commands) {
    const file = ["up", "down", "query"].includes(name) ? "embedded" : name;
    for (const folder of ["definitions", "commands"])
      expect(existsSync(fileURLToPath(new URL(`../../src/cli/${folder}/${file}.ts`, import.meta.url)))).toBe(true);
  }
});
