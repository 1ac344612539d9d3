/** The functions that stand in for a tokenizer's when PostgreSQL's own search is wanted. */
import { expect, it } from "vitest";
import { nativeSql, nativeTokenizer } from "../../src/search/native.ts";

it.each([
  ["english", "native_english"],
  ["simple", "native_simple"],
  ["public.mine", "native_"],
  ["It's; DROP", "native_"],
])("names the functions of %s", (config, key) => {
  const named = nativeTokenizer(config).key;
  expect(named.startsWith(key)).toBe(true);
  expect(named).toMatch(/^native_[a-z_0-9]+$/);
  for (const sql of nativeSql(config)) expect(sql).toContain(`fts5.${named}_`);
});

it("gives each configuration a key of its own", () => {
  const keys = ["english", "german", "public.english", "Public.english", "public.mine"].map(
    (config) => nativeTokenizer(config).key,
  );
  expect(new Set(keys).size).toBe(keys.length);
});

it("looks PostgreSQL's own configurations up where nobody can put another", () => {
  expect(nativeSql("english").join()).toContain("'pg_catalog.english'::regconfig");
  expect(nativeSql("public.mine").join()).toContain("'public.mine'::regconfig");
  expect(nativeSql("it's").join()).toContain("'pg_catalog.it''s'::regconfig");
});
