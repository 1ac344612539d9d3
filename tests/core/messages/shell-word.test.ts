import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { shellWord } from "../../../src/core/messages/shell-word.ts";

test("a plain word stays as it is", () => {
  expect(["./data/app-1.db", "a@b:5432/x"].map(shellWord)).toEqual(["./data/app-1.db", "a@b:5432/x"]);
});

test.each(["", "it's", "a b", "$HOME", "`x`", 'q"', "a\nb", "é", "*"])("a shell gives %j back", (text) => {
  expect(execFileSync("sh", ["-c", `printf %s ${shellWord(text)}`], { encoding: "utf8" })).toBe(text);
});
