/** What a refused proof says of triggers, and the lines that go on. */
import { expect, it } from "vitest";
import type { Finding, ValidatorResult } from "../../src/core/finding.ts";
import type { Plan } from "../../src/core/plan/plan.ts";
import { triggerAdvice } from "../../src/phases/trigger-advice.ts";

const plan = {
  tables: [
    { source: "Posts", target: "posts", triggers: { keep: ["slug"], disable: ["count"] } },
    { source: "tags", target: "tags" },
  ],
} as unknown as Plan;

function advice(...found: readonly (readonly [table: string, column: string | null])[]) {
  const findings = found.map(([table, column]) => ({ level: "difference", table, column }) as Finding);
  return triggerAdvice(plan, [{ validator: "parity", findings } as unknown as ValidatorResult]);
}

it("a changed cell can be accepted", () => {
  expect(advice(["Posts", "title"], ["Posts", "title"])).toEqual({
    details: [],
    paste: ["accept:", "  - { code: TRIGGER_CHANGES, column: Posts.title, policy: keep }"],
  });
});

it("against rows that are missing helps only to switch the trigger off; what is off is not named", () => {
  expect(advice(["Posts", "title"], ["Posts", null])).toEqual({
    details: ["A trigger of posts may have kept rows out, changed others or added some: Posts.slug."],
    paste: ["accept:", "  - { code: TRIGGER_FIRES, object: Posts.slug, policy: disable }"],
  });
});

it("the trigger of another table may have written to one that has none", () => {
  expect(advice(["tags", "name"])).toEqual({
    details: ["A trigger of another table may have written to tags: Posts.slug."],
    paste: ["accept:", "  - { code: TRIGGER_FIRES, object: Posts.slug, policy: disable }"],
  });
});

it("nothing is said where nothing differs", () => {
  expect(advice()).toEqual({ details: [], paste: [] });
});
