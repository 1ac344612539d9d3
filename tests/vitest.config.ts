import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";

/** Long series, all code points, kills at every step: what is left out of a usual run has a smaller case in it. */
const nightly = "tests/**/*.nightly.*";
const left = process.env.ROWHAUL_TESTS === "all" ? [] : [nightly];

/**
 * `unit` needs nothing but Node; `database` shares one embedded PostgreSQL, started by the global setup. Files with
 * `.nightly` in their name run only with `npm run test:all`.
 */
export default defineConfig({
  root: new URL("..", import.meta.url).pathname,
  test: {
    // much of a test's time is another process's; with one worker, vitest's choice for two cores, a core is often idle
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // the modules under test keep no state between files; loading them anew for each took as long as a third of the tests
    isolate: false,
    setupFiles: ["tests/support/setup-file.ts"],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["tests/**/*.test.ts"],
          exclude: [...configDefaults.exclude, "tests/**/*.db.test.ts", ...left],
          // speed is for the benchmarks to judge: this only ends a test that hangs
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "database",
          include: ["tests/**/*.db.test.ts"],
          exclude: [...configDefaults.exclude, ...left],
          globalSetup: ["tests/support/global-setup.ts"],
          // they wait for the server, for other processes, for locks that run out; in a group of their own, as vitest wants
          maxWorkers: Math.max(3, availableParallelism()),
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
