// Our bindings against the official generator's, for the same program (see program.ts).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as ours from "../../../src/cdktf/index.ts";
import { synthesized } from "./program.ts";

const golden = readFileSync(join(import.meta.dirname, "official.json"), "utf8");

interface Synthesized {
  readonly resource: Readonly<Record<string, object>>;
  readonly data: object;
}

describe("the bindings", () => {
  test("synthesize what the official generator's bindings do", () => {
    expect(JSON.parse(synthesized(ours))).toEqual(JSON.parse(golden));
  });

  test("are held against a program that uses every type of the provider", () => {
    const { resource, data } = JSON.parse(golden) as Synthesized;
    expect(Object.keys({ ...resource, ...data }).toSorted()).toEqual([
      "snapform_backup_policy",
      "snapform_collections",
      "snapform_recovery_points",
      "snapform_restore",
      "snapform_snapshot",
      "snapform_snapshots",
    ]);
    expect(Object.keys(resource["snapform_backup_policy"] ?? {})).toHaveLength(3);
  });
});
