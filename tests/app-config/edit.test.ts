import { expect, test } from "vitest";
import { editConfig, readConfig } from "../../src/app-config/edit.ts";
import { thrown } from "./support.ts";

test.each([".env", "a/.env.production", "prod.env", "C:\\app\\.env"])("%s is read as .env", (path) => {
  expect(editConfig(path, "A=1\n", { A: 2 })).toBe("A=2\n");
});

test.each(["a.json", ".env.json", "A.JSONC"])("%s is read as JSON", (path) => {
  expect(editConfig(path, '{"A":1}', { A: 2 })).toBe('{"A":2}');
});

test.each(["app.ini", "app.properties", "app.toml", "config/env", "a.env.d/x", "environment"])(
  "%s is refused",
  (path) => {
    for (const action of [() => editConfig(path, "", { a: 1 }), () => readConfig(path, "")]) {
      const error = thrown(action);
      expect(error.code).toBe("PIPELINE_INVALID");
      expect(error.message).toBe(`${path}: this format of configuration file is not edited.`);
      expect(error.hint).toContain(".json, .jsonc, .yaml, .yml, .env, .env.* and *.env");
    }
  },
);

test.each([Number.NaN, Number.POSITIVE_INFINITY, "\ud800"])("%j is no value for a file", (value) => {
  expect(thrown(() => editConfig("a.json", "{}", { key: value })).message).toBe(
    'a.json, line 1: the value of "key" cannot be written in this file.',
  );
});

test("nothing set is nothing changed", () => {
  for (const path of ["a.json", "a.yaml", ".env"])
    expect(editConfig(path, "\uFEFFany thing: [", {})).toBe("\uFEFFany thing: [");
});
