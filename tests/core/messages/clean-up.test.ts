/** What failed first is the error; what fails while cleaning up is told under it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cleanedUp, cleaningUp, cleaningUpNow } from "../../../src/core/messages/clean-up.ts";
import { RowhaulError } from "../../../src/core/messages/errors.ts";
import { errorText } from "../../../src/report/error-text.ts";
import { errorOf } from "../../support/scratch-database.ts";

const fail = (error: unknown) => () => {
  throw error;
};
const first = (): RowhaulError =>
  new RowhaulError("UNDO_FAILED", "Not every file could be put back.", { details: ["a step"], hint: "Do it." });
const later = new RowhaulError("LOCAL_DISK", "seconds.json cannot be written.");

describe.each([
  ["waiting", async (work: () => void, ...cleanUps: (() => void)[]) => cleaningUp(work, ...cleanUps)],
  ["at once", async (work: () => void, ...cleanUps: (() => void)[]) => cleaningUpNow(work, ...cleanUps)],
])("%s", (_, run) => {
  it("the first cause keeps its code, its exit status and its hint", async () => {
    const thrown = first();
    const done: string[] = [];
    const error = await errorOf(() =>
      run(fail(thrown), fail(later), () => done.push("second"), fail(new Error("third"))),
    );
    expect(error).toBe(thrown);
    expect([error.code, error.exit, error.hint, done]).toEqual(["UNDO_FAILED", 6, "Do it.", ["second"]]);
    expect(error.details).toEqual([
      "a step",
      "While cleaning up: seconds.json cannot be written.",
      "While cleaning up: third",
    ]);
  });

  it("after work that ended well, what fails while cleaning up is the error", async () => {
    const done: string[] = [];
    const error = await errorOf(() =>
      run(
        () => {},
        fail(later),
        () => done.push("second"),
        fail(new Error("third")),
      ),
    );
    expect([error.code, done]).toEqual(["LOCAL_DISK", ["second"]]);
    expect(error.details).toContain("While cleaning up: third");
  });

  it("nothing is said twice, and an error's own cause is no second one", async () => {
    const thrown = first();
    const error = await errorOf(() => run(fail(thrown), fail(thrown), fail(new Error("x")), fail(new Error("x"))));
    expect(error.details).toEqual(["a step", "While cleaning up: x"]);
  });
});

it("what is made of an error later still tells it", () => {
  const cause = cleanedUp(new Error("ENOSPC"), fail(new Error("EIO")));
  const error = new RowhaulError("LOCAL_DISK", "No space left.", { cause });
  expect(error.details).toEqual(["While cleaning up: EIO"]);
  const again = new RowhaulError(error.code, error.message, { cause, details: error.details });
  expect(again.details).toEqual(["While cleaning up: EIO"]);
});

it("is printed, of a defect too", () => {
  const plain = (_: unknown, text: string): string => text;
  const thrown = cleanedUp(new TypeError("x is undefined"), fail(new Error("EIO")));
  expect(errorText(thrown, plain, false).split("\n").slice(0, 2)).toEqual([
    "Error DEFECT: x is undefined",
    "  While cleaning up: EIO",
  ]);
});

it("no finally does by itself what may fail", () => {
  const src = new URL("../../../src/", import.meta.url).pathname;
  const found = readdirSync(src, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .flatMap((name) =>
      [...readFileSync(join(src, name), "utf8").matchAll(/^( *)\} finally \{\n([\s\S]*?)\n\1\}/gm)].map((match) => ({
        name,
        does: match[2] ?? "",
      })),
    )
    // Closing a handle is what it is for; whatever writes, removes or asks a server belongs to cleaningUp.
    .filter(({ does }) => /rmSync|write\w*\(|rename|\.exec\(|savePhase|writeReport/.test(does))
    .map(({ name, does }) => `${name}: ${does.trim()}`);
  expect(found).toEqual([]);
});
