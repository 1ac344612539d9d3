import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { restoreLinks } from "../../../src/embedded/programs/links.ts";
import { scratchFolder } from "../scratch.ts";

const native = join(scratchFolder(), "copied-as-something-else");
beforeAll(() => {
  mkdirSync(join(native, "lib"), { recursive: true });
  writeFileSync(join(native, "lib/libpq.so.5.18"), "library");
});
afterAll(() => rmSync(native, { recursive: true }));

it("has nothing to do for a package that lists no links", () => {
  expect(restoreLinks(native)).toBe(true);
});

it("makes the links listed, again and again", () => {
  const list = ["native/lib/libpq.so", "native/lib/libpq.so.5"].map((target) => ({
    source: "native/lib/libpq.so.5.18",
    target,
  }));
  writeFileSync(join(native, "pg-symlinks.json"), JSON.stringify(list));
  expect(restoreLinks(native)).toBe(true);
  expect(readFileSync(join(native, "lib/libpq.so"), "utf8")).toBe("library");
  expect(readFileSync(join(native, "lib/libpq.so.5"), "utf8")).toBe("library");
  expect(restoreLinks(native)).toBe(true);
});

it("tells when one cannot be made", () => {
  const list = [{ source: "native/lib/libpq.so.5.18", target: "native/missing/libpq.so" }];
  writeFileSync(join(native, "pg-symlinks.json"), JSON.stringify(list));
  expect(restoreLinks(native)).toBe(false);
});
