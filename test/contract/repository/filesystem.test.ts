import { afterEach, beforeEach, describe, test } from "vitest";
import { repositoryContract } from "../../../src/testing/repository-contract.ts";
import { FolderHarness } from "./harness.ts";

describe.each(["sha256", "blake3"] as const)("a repository in a folder with %s", (hash) => {
  let harness: FolderHarness;
  beforeEach(async () => {
    harness = await FolderHarness.make(hash);
  });
  afterEach(() => harness.close());

  for (const { title, run } of repositoryContract) test(title, () => run(harness));
});
