/**
 * Runs the tests (`--all`: the nightly ones too; further arguments go to vitest) and ends with one line of
 * totals: `N passed, N failed`. Its exit status is vitest's.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { constants, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { memoryFolder } from "./memory-folder.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "rowhaul-test-"));
const output = join(folder, "totals.json");
const given = process.argv.slice(2);
const all = given.includes("--all");

// Ctrl-C reaches vitest too, which stops what it has started; the totals wait for that
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});

try {
  const status = await runVitest();
  console.log(totals(status));
  process.exitCode = status;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function runVitest() {
  const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${output}`];
  const args = [
    vitest,
    "--config",
    "tests/vitest.config.ts",
    "run",
    ...reporters,
    ...given.filter((arg) => arg !== "--all"),
  ];
  const memory = memoryFolder();
  const env = {
    ...process.env,
    ...(memory === null ? {} : { TMPDIR: memory }),
    ...(all ? { ROWHAUL_TESTS: "all" } : {}),
  };
  const child = spawn(process.execPath, args, { cwd: root, stdio: "inherit", env });
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

function totals(status) {
  const { passed, failed, skipped } = count();
  // a run can fail without a failed test, as when the setup does
  const parts = [`${passed} passed`, `${status !== 0 && failed === 0 ? 1 : failed} failed`];
  if (skipped > 0) parts.push(`${skipped} skipped`);
  return parts.join(", ");
}

function count() {
  let report;
  try {
    report = JSON.parse(readFileSync(output, "utf8"));
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
  // a file that could not even be loaded has no tests to count
  const broken = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
