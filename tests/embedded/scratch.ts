/** A folder for the test file's servers, reachable for the account that runs them, and empty again at the end. */
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, realpathSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";

/** The folder is there while tests run. */
export function scratchFolder(): string {
  const folder = join(realpathSync(tmpdir()), `rowhaul-test-embedded-${randomBytes(6).toString("hex")}`);
  beforeAll(() => {
    mkdirSync(folder);
    chmodSync(folder, 0o711);
  });
  afterAll(() => {
    const left = readdirSync(folder);
    if (left.length === 0) return rmdirSync(folder);
    rmSync(folder, { recursive: true });
    throw new Error(`left in the scratch folder: ${left.join(", ")}`);
  });
  return folder;
}
