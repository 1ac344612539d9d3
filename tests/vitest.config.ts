import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** `unit` needs nothing but Node; `database` shares one embedded PostgreSQL, started by the global setup. */
export default defineConfig({
  root: new URL("..", import.meta.url).pathname,
  test: {
    // much of a test's time is another process's; with one worker, vitest's choice for two cores, a core is often idle
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["tests/**/*.test.ts"],
          exclude: ["tests/**/*.db.test.ts"],
          // speed is for the benchmarks to judge: this only ends a test that hangs
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "database",
          include: ["tests/**/*.db.test.ts"],
          globalSetup: ["tests/support/global-setup.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
