import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { editConfig, readConfig } from "../../src/app-config/edit.ts";
import type { Setting } from "../../src/app-config/setting.ts";
import { dotenv } from "./dotenv.ts";
import { thrown } from "./support.ts";

const edit = (text: string, set: Record<string, Setting>) => editConfig(".env", text, set);

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rowhaul-env-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a shell that sources the file holds in these variables. */
function sourced(text: string, names: readonly string[]): string[] {
  writeFileSync(join(folder, ".env"), text);
  const print = names.map((name) => `printf '%s\\0' "$${name}"`).join("; ");
  const out = execFileSync("sh", ["-c", `set -a; . ./.env; ${print}`], {
    cwd: folder,
    env: { PATH: process.env.PATH },
  });
  return out.toString().split("\0").slice(0, -1);
}

describe("an assignment that exists", () => {
  test.each([
    ["A=1\nURL=old\nB=2\n", "A=1\nURL=new\nB=2\n"],
    ["export URL=old # why\n", "export URL=new # why\n"],
    ['URL="old"', 'URL="new"'],
    ["URL='old'  # x", "URL='new'  # x"],
    ["URL=\n", "URL=new\n"],
    ["URL= # empty\n", "URL=new # empty\n"],
    ['URL="two\nlines"\nB=1\n', 'URL="new"\nB=1\n'],
    ['URL="a # b" # c', 'URL="new" # c'],
    ["URL=a#b\n", "URL=new\n"],
    ["URL='it'\\''s' # c\n", "URL=new # c\n"],
    ["URL=it's # c\nB='1'\n", "URL=new # c\nB='1'\n"],
    ["URL=a\r\nB=2\r\n", "URL=new\r\nB=2\r\n"],
    ["URL=a\nURL='b'\n", "URL=new\nURL='new'\n"],
    ["# URL=old\nURL=x\n", "# URL=old\nURL=new\n"],
    ["X='\nURL=inside\n'\nURL=x\n", "X='\nURL=inside\n'\nURL=new\n"],
    ["URL: old\n", "URL: new\n"],
    ["\uFEFFURL=old\n", "\uFEFFURL=new\n"],
  ])("keeps all around it: %j", (before, after) => {
    expect(edit(before, { URL: "new" })).toBe(after);
  });
});

describe("a new key", () => {
  test.each([
    ["", "N=v\n"],
    ["A=1\n", "A=1\nN=v\n"],
    ["A=1", "A=1\nN=v"],
    ["A=1\r\n", "A=1\r\nN=v\r\n"],
    ["# N=old\n", "# N=old\nN=v\n"],
    ["export A=1\nexport B=2\n", "export A=1\nexport B=2\nexport N=v\n"],
    ["export A=1\nB=2\n", "export A=1\nB=2\nN=v\n"],
  ])("is appended: %j", (before, after) => {
    expect(edit(before, { N: "v" })).toBe(after);
  });

  test("must be a variable's name", () => {
    expect(thrown(() => edit("A=1\n", { "a.b": 1 })).message).toBe(
      '.env, line 2: "a.b" cannot be the name of an environment variable.',
    );
  });
});

test("numbers, booleans and null are written as words, null as nothing", () => {
  expect(edit("A=1\nD=x\n", { A: 5432, B: true, D: null })).toBe("A=5432\nD=\nB=true\n");
});

describe("values both readers agree on", () => {
  const url = "postgres://u:p%40ss@db.example:5432/app?sslmode=require&x=1#y";
  test.each([
    url,
    "pa$$word",
    "it's",
    'say "hi"',
    "a#b",
    "a # b",
    "back\\slash",
    "back\\nslash",
    " spaces ",
    "100%",
    "`id`",
    "$(id)",
    "two\nlines",
    "ünï",
    "~/x",
    "*",
    "a;b|c&d",
    "{a,b}",
    "!x",
    "",
    "it's 100% (a\\b) # c",
  ])("%j", (value) => {
    for (const before of [
      "",
      "X=old",
      'X="old"\n',
      "export X='old' # c\n",
      "A='1'\nX=`old`\nB=\"2\"\n",
      "A=1\nX=\nX=2\n",
    ]) {
      const text = edit(before, { X: value });
      expect(dotenv(text).X).toBe(value);
      expect(sourced(text, ["X"])).toEqual([value]);
      expect(readConfig(".env", text).get("X")).toBe(value);
    }
  });

  test.each(["it's $5", "'\"", "'`", "ends\\", "a\rb", "a\0b", "'\\n"])(
    "%j has no such spelling and is refused unseen",
    (value) => {
      const error = thrown(() => edit("A=1\nX=old\n", { X: value }));
      expect(error.message).toBe(
        '.env, line 2: the value of "X" has no spelling that both dotenv and sh read back as it is.',
      );
      expect([error.hint, ...error.details].join()).not.toContain(value);
    },
  );
});

test("a quote that would change an earlier line's value is not written", () => {
  expect(edit("P='C:\\'\n", { A: "# x" })).toBe("P='C:\\'\nA=\"# x\"\n");
  expect(thrown(() => edit("P='C:\\'\n", { A: "# $x" })).code).toBe("PIPELINE_INVALID");
});

const awkward = fc.string({
  unit: fc.oneof(
    fc.constantFrom("$", "'", '"', "#", "\\", " ", "%", "`", "\n", "n", "=", "@"),
    fc.string({ minLength: 1, maxLength: 1 }),
  ),
  maxLength: 12,
});
const line = fc.constantFrom(
  "# comment",
  "#C=9",
  "",
  "A=1",
  "export B='b # b'",
  'C="c c" # it\'s',
  "D=",
  "A=2",
  "  E=5",
  "F='multi\nC=line'",
  "G=$A",
);

test("property: dotenv and sh read the old settings and the new one", () => {
  let written = 0;
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 6 }),
      fc.boolean(),
      fc.constantFrom("A", "B", "C", "D", "NEW"),
      awkward,
      (lines, final, key, value) => {
        const before = lines.join("\n") + (final ? "\n" : "");
        let text: string;
        try {
          text = edit(before, { [key]: value });
        } catch {
          return;
        }
        written++;
        expect(dotenv(text)).toEqual({ ...dotenv(before), [key]: value });
        expect(Object.fromEntries(readConfig(".env", text))).toEqual(dotenv(text));
        const names = ["A", "B", "C", "D", "E", "F", "NEW"];
        const old = sourced(before, names);
        expect(sourced(text, names)).toEqual(names.map((name, i) => (name === key ? value : old[i])));
      },
    ),
    { numRuns: 150 },
  );
  expect(written).toBeGreaterThan(75);
});
