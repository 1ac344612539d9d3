/**
 * Each choice that a refusal of the corpus offers, taken in turn: none may lead nowhere. The first of each is walked in
 * led-by-messages.db.test.ts.
 */
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type RowhaulError, run } from "../../src/index.ts";
import { isRefused, type Refused } from "./pair.ts";
import { bytes } from "./pairs/bytes.ts";
import { json } from "./pairs/json.ts";
import { moments } from "./pairs/moments.ts";
import { numbers } from "./pairs/numbers.ts";
import { serverTypes } from "./pairs/server-types.ts";
import { tables } from "./pairs/tables.ts";
import { texts } from "./pairs/texts.ts";
import { triggers } from "./pairs/triggers.ts";
import { messageOf, refusal, withScene } from "./scene.ts";

const asking = [...texts, ...numbers, ...json, ...moments, ...bytes, ...serverTypes, ...tables, ...triggers]
  .filter(isRefused)
  // What the pipeline file answers already would be answered twice.
  .filter(({ refused, pipeline }) => refused.code === "HAZARDS_NOT_ACCEPTED" && pipeline === undefined);

/** The same question with the same choices. */
const walked = new Set<string>();

describe.concurrent("every choice that is offered ends in rows", () => {
  it.each(asking.map((pair) => [pair.name, pair] as const))("%s", async (_, pair) => {
    const first = await withScene(pair, ({ settings }) => refusal(() => run(settings())));
    const question = first.paste.join("\n");
    if (walked.has(question)) return;
    walked.add(question);
    const most = Math.max(0, ...linesOf(first).accept.map(({ policies }) => policies.length));
    for (let turn = 1; turn < most; turn++) await walk(pair, turn);
  });
});

/** At each question the choice of that number, or the last. */
async function walk(pair: Refused, turn: number): Promise<void> {
  await withScene(pair, async ({ settings }) => {
    let sections: Sections = { accept: [], interpret: [], tables: {} };
    for (let round = 0; round < 4; round++) {
      const thrown = await run(settings(given(sections))).then(
        () => null,
        (error: RowhaulError) => error,
      );
      if (thrown === null) return;
      expect(thrown.code, `${JSON.stringify(sections)}\n${messageOf(thrown)}`).toBe("HAZARDS_NOT_ACCEPTED");
      const { accept, interpret, tables } = linesOf(thrown);
      const chosen = accept.map(({ place, policies }) => ({ ...place, policy: policies[turn] ?? policies.at(-1) }));
      sections = {
        accept: [...sections.accept, ...chosen],
        interpret: [...sections.interpret, ...interpret],
        tables: { ...sections.tables, ...tables },
      };
    }
    throw new Error(`still asking: ${JSON.stringify(sections)}`);
  });
}

type Sections = {
  readonly accept: readonly object[];
  readonly interpret: readonly object[];
  readonly tables: Readonly<Record<string, unknown>>;
};

/** No section of tables at all means all of them. */
function given({ accept, interpret, tables }: Sections): Readonly<Record<string, unknown>> {
  return { accept, interpret, ...(Object.keys(tables).length === 0 ? {} : { tables }) };
}

type Choice = { readonly place: object; readonly policies: readonly string[] };

function linesOf({ paste }: RowhaulError): Omit<Sections, "accept"> & { readonly accept: readonly Choice[] } {
  const { interpret = [], tables = {} } = parse(paste.join("\n")) as Partial<Sections>;
  return { interpret, tables, accept: paste.filter((line) => line.includes("policy: ")).map(choiceOf) };
}

function choiceOf(line: string): Choice {
  const [{ policy = "null", ...place } = {}] = parse(line) as Record<string, string>[];
  const others = /# or (.*)$/.exec(line)?.[1]?.split(", ") ?? [];
  return { place, policies: [policy, ...others.map((name) => String(parse(name)))] };
}
