/** A folder for the test file's servers, reachable for the account that runs them, and empty again at the end. */
import { chmodSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "rowhaul-test-embedded-"));
  chmodSync(folder, 0o711);
  afterAll(() => {
    const left = readdirSync(folder);
    if (left.length === 0) return rmdirSync(folder);
    rmSync(folder, { recursive: true });
    throw new Error(`left in the scratch folder: ${left.join(", ")}`);
  });
  return folder;
}
