import { describe, expect, test } from "vitest";
import { type Confirmation, confirm } from "../../src/cli/confirm.ts";
import { environmentOf, noEnvironment } from "../../src/pipeline/file/environment-of.ts";

const production = environmentOf(undefined, "production");
const staging = environmentOf(undefined, "staging");
const development = environmentOf(undefined, "development");

function request(changes: Partial<Confirmation>): Confirmation {
  return { doing: "Move 3 rows into db:5432/kb", database: "kb", yes: false, given: null, ask: null, ...changes };
}

function answering(answer: string, asked: string[] = []): (question: string) => Promise<string> {
  return async (question) => {
    asked.push(question);
    return answer;
  };
}

test("development asks nothing", async () => {
  await confirm(development, request({ ask: () => Promise.reject(new Error("asked")) }));
});

describe("ask", () => {
  test("y and yes go on, anything else stops", async () => {
    const asked: string[] = [];
    await confirm(staging, request({ ask: answering(" Yes ", asked) }));
    expect(asked).toEqual(["Move 3 rows into db:5432/kb? [y/N] "]);
    for (const no of ["", "n", "yep", "kb"])
      await expect(confirm(staging, request({ ask: answering(no) }))).rejects.toMatchObject({ code: "NOT_CONFIRMED" });
  });

  test("--yes and --confirm stand for an answer", async () => {
    await confirm(staging, request({ yes: true }));
    await confirm(staging, request({ given: "kb" }));
  });

  test("without a terminal only a run without environments goes on", async () => {
    await confirm(noEnvironment, request({}));
    await expect(confirm(staging, request({}))).rejects.toMatchObject({ code: "NOT_CONFIRMED", hint: "Pass --yes." });
  });
});

describe("name", () => {
  test("the name typed, or given by --confirm, goes on", async () => {
    const asked: string[] = [];
    await confirm(production, request({ ask: answering("kb\n", asked) }));
    expect(asked[0]).toContain("Type the database's name, kb,");
    await confirm(production, request({ given: "kb" }));
  });

  test("--yes is no name", async () => {
    await expect(confirm(production, request({ yes: true }))).rejects.toMatchObject({
      code: "NOT_CONFIRMED",
      hint: "Type the name, or pass --confirm kb.",
    });
  });

  test("another name stops, and is not asked again", async () => {
    for (const wrong of ["KB", "y", ""])
      await expect(confirm(production, request({ ask: answering(wrong) }))).rejects.toMatchObject({
        code: "NOT_CONFIRMED",
      });
    const refused = confirm(production, request({ given: "kb2", ask: () => Promise.reject(new Error("asked")) }));
    await expect(refused).rejects.toMatchObject({ code: "NOT_CONFIRMED" });
  });
});
