import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "../../../src/clock/system-clock.ts";
import { nodeFs, type RepositoryFs } from "../../../src/repository/filesystem/index.ts";
import {
  createRepository,
  findRepository,
} from "../../../src/repository/filesystem/repository-file.ts";

test("a repository that another process makes between two looks is found", async () => {
  const root = await mkdtemp(join(tmpdir(), "snapform-repository-file-"));
  let isMade = false;
  const fs: RepositoryFs = {
    ...nodeFs,
    async list(path) {
      if (!isMade) {
        isMade = true;
        await createRepository(nodeFs, root, { hash: "sha256", clock: systemClock });
      }
      return nodeFs.list(path);
    },
  };
  expect(await findRepository(fs, root)).toMatchObject({ kind: "repository" });
});
