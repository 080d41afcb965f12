import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Many tests wait for processes and disks, so that two at once pay even on two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // For a busy machine; no test is about time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
