import { describe, expect, test } from "vitest";
import { z } from "zod";
import { RowhaulError } from "../../../src/core/messages/errors.ts";
import { environmentOf, noEnvironment } from "../../../src/pipeline/file/environment-of.ts";
import { environmentsSchema } from "../../../src/pipeline/file/environment-settings.ts";

function of(environments: unknown, name: string | null) {
  return environmentOf(environmentsSchema.parse(environments), name);
}

describe("which environment", () => {
  test("a pipeline without environments runs as it always did", () => {
    expect(environmentOf(undefined, null)).toBe(noEnvironment);
    expect(noEnvironment).toMatchObject({ name: null, backup: "skip", confirm: "ask", rollbackOnFailure: true });
  });

  test("with environments and none named it is production, whether it is in the file or not", () => {
    expect(of({ development: {} }, null)).toMatchObject({ name: "production", backup: "require", confirm: "name" });
    expect(of({ production: { confirm: "ask" } }, null)).toMatchObject({ backup: "require", confirm: "ask" });
  });

  test("the usual ones are known without a file", () => {
    expect(environmentOf(undefined, "staging")).toMatchObject({ kind: "staging", backup: "make", confirm: "ask" });
    expect(environmentOf(undefined, "development")).toMatchObject({ backup: "skip", confirm: "none" });
  });

  test("any other name is as careful as production unless it says what it is like", () => {
    expect(of({ qa: {} }, "qa")).toMatchObject({ kind: "production", backup: "require", confirm: "name" });
    expect(of({ qa: { like: "staging" } }, "qa")).toMatchObject({ name: "qa", kind: "staging", backup: "make" });
  });

  test("an unknown name is refused with those that are known", () => {
    const thrown = caught(() => of({ qa: {} }, "prod"));
    expect(thrown).toMatchObject({ code: "USAGE", hint: "Known: qa, development, staging, production." });
    expect(caught(() => of({}, "toString")).code).toBe("USAGE");
  });
});

test("all settings arrive", () => {
  const environment = of(
    {
      staging: {
        backup: "require",
        backups: { files: ["a-*.db", "b.dump"], maxAge: "2d" },
        validateOnly: true,
        seed: "seed.sql",
        performance: { queries: [{ name: "by title", source: "SELECT 1" }], limit: "1s" },
        maxDowntime: "5m",
        rollbackOnFailure: false,
        notify: [{ command: "cat" }, { webhook: "https://chat.example/x", host: "chat.example", on: "failure" }],
      },
    },
    "staging",
  );
  expect(environment).toEqual({
    name: "staging",
    kind: "staging",
    backup: "require",
    backups: { folder: null, files: ["a-*.db", "b.dump"], maxAgeMs: 172_800_000 },
    validateOnly: true,
    seed: "seed.sql",
    performance: {
      queries: [{ name: "by title", source: "SELECT 1", target: null }],
      factor: 2,
      limitMs: 1000,
      runs: 5,
    },
    confirm: "ask",
    maxDowntimeMs: 300_000,
    rollbackOnFailure: false,
    notify: [
      { kind: "command", command: "cat", on: "always" },
      { kind: "webhook", url: "https://chat.example/x", host: "chat.example", on: "failure" },
    ],
  });
});

describe("mistakes are all reported", () => {
  test.each([
    [{ production: { backups: { folder: "a", files: "b" } } }, "give either folder or files"],
    [{ staging: { backups: {} } }, "give either folder or files"],
    [{ staging: { backups: { files: "b" } } }, "`make` needs a folder"],
    [{ staging: { maxDowntime: "5 minutes" } }, "no duration; write 90s, 5m or 1h 30m"],
    [{ staging: { maxDowntime: "0s" } }, "no duration; write 90s, 5m or 1h 30m"],
    [{ production: { seed: "seed.sql" } }, "production takes no seed data"],
    [{ qa: { seed: "seed.sql" } }, "production takes no seed data"],
  ])("%j", (file, message) => {
    const parsed = environmentsSchema.safeParse(file);
    expect(parsed.error?.issues.map((issue) => issue.message)).toEqual([message]);
  });

  test("a webhook elsewhere needs its host said", () => {
    const parsed = environmentsSchema.safeParse({ staging: { notify: [{ webhook: "https://chat.example/secret" }] } });
    expect(parsed.success).toBe(false);
    expect(JSON.stringify(parsed.error?.issues)).toContain("say `host: chat.example`");
    expect(JSON.stringify(parsed.error?.issues)).not.toContain("secret");
  });

  test("unknown keys are refused", () => {
    expect(environmentsSchema.safeParse({ staging: { bakcup: "make" } }).success).toBe(false);
  });
});

test("editors can be given the schema", () => {
  expect(JSON.stringify(z.toJSONSchema(environmentsSchema, { io: "input" }))).toContain("maxDowntime");
});

function caught(work: () => unknown): RowhaulError {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof RowhaulError) return thrown;
    throw thrown;
  }
  throw new Error("nothing was thrown");
}
