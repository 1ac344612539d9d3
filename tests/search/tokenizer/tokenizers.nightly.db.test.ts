/** Every code point, by PostgreSQL and by the real FTS5. SEARCH_TEXTS: also the planes where nothing is, and Porter's. */
import { beforeAll, expect, test } from "vitest";
import { standardTokenizers } from "../../../src/search/tokenizer/standard.ts";
import { useDatabase } from "../../support/database.ts";
import { installTokenizers, tokensOf } from "./install.ts";
import { known } from "./known.ts";
import { fts5Tokens } from "./oracle.ts";
import { codePointTexts } from "./texts.ts";

const all = process.env.SEARCH_TEXTS !== undefined;
const database = useDatabase();
beforeAll(() => installTokenizers(database.pool, [...standardTokenizers(), ...known.map((k) => k.tokenizer)]));

for (const { tokenize, tokenizer } of known.slice(0, 16))
  test.skipIf(tokenizer.kind === "porter" && !all)(`${tokenize}: every code point`, { timeout: 600_000 }, async () => {
    const batches = all
      ? Array.from({ length: 17 }, (_, plane) => codePointTexts(plane * 0x10000, (plane + 1) * 0x10000))
      : [codePointTexts(1, 0x3100), codePointTexts(0xa480, 0xac00), codePointTexts(0xf900, 0x10500)];
    for (const batch of batches) {
      const found = await tokensOf(database.pool, tokenizer.key, batch);
      const expected = fts5Tokens(tokenize, batch);
      for (const i of batch.keys()) expect(found[i]).toEqual(expected[i]);
    }
  });
