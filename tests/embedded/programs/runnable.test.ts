import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runnableBin } from "../../../src/embedded/programs/runnable.ts";
import { freshPath } from "../../support/scratch-database.ts";

test("programs that are not there are no programs that cannot be run", async () => {
  const bin = freshPath("bin");
  mkdirSync(bin);
  await expect(runnableBin({ bin, native: null, build: "none" }, null)).rejects.toMatchObject({
    code: "EMBEDDED_FAILED",
    message: "The embedded PostgreSQL is not whole: its programs are not there.",
    details: [`${join(bin, "postgres")} is missing.`],
    hint: expect.stringContaining("npm ci"),
  });
});

test.skipIf(process.platform === "win32")("a program of another system cannot be run", async () => {
  const bin = freshPath("bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "postgres"), "\x00\x01\x02", { mode: 0o755 });
  await expect(runnableBin({ bin, native: null, build: "none" }, null)).rejects.toMatchObject({
    code: "EMBEDDED_FAILED",
    message: "The embedded PostgreSQL cannot be run.",
  });
});
