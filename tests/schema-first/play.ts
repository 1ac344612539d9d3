/** Plays one pair: runs it, and looks at what a plain client sees. */
import { describe, expect, it } from "vitest";
import { rollback, run } from "../../src/index.ts";
import { type Arrives, isRefused, type Pair } from "./pair.ts";
import { shownRows, wholeSchema, withPlainClient } from "./plain-client.ts";
import { messageOf, refusal, withFullMessage, withScene } from "./scene.ts";

export function playAll(title: string, pairs: readonly Pair[]): void {
  describe.concurrent(title, () => {
    it.each(pairs.map((pair) => [pair.name, pair] as const))("%s", (_, pair) => play(pair));
  });
}

async function play(pair: Pair): Promise<void> {
  await withScene(pair, async ({ url, settings: settingsOf }) => {
    const settings = settingsOf();
    const look = (): Promise<Record<string, string[]>> => withPlainClient(url, (client) => wholeSchema(client));
    const before = isRefused(pair) || pair.back === true ? await look() : {};
    if (isRefused(pair)) {
      const { code, says, saysNot = [] } = pair.refused;
      const found = await refusal(() => run(settings));
      const text = messageOf(found);
      expect(found.code, text).toBe(code);
      for (const words of says) expect(text).toContain(words);
      for (const words of saysNot) expect(text).not.toContain(words);
    } else {
      await withFullMessage(() => run(settings));
      await lookAt(pair, url);
      if (pair.back !== true) return;
      await withFullMessage(() => rollback(settings));
    }
    expect(await look()).toEqual(before);
  });
}

async function lookAt({ rows, ledger = [], quarantined = [] }: Arrives, url: string): Promise<void> {
  await withPlainClient(url, async (client) => {
    for (const [of, expected] of Object.entries(rows)) expect(await shownRows(client, of), of).toEqual(expected);
    const changed =
      "SELECT table_name, key, column_name, before, after, rule FROM rowhaul.ledger ORDER BY table_name, key, column_name";
    if (ledger !== "as the rows say") expect(await shownRows(client, changed), "the ledger").toEqual(ledger);
    const moved = "SELECT table_name, key, rule FROM rowhaul.quarantine ORDER BY 1, 2";
    expect(await shownRows(client, moved), "quarantine").toEqual(quarantined);
  });
}
