import { hash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { emptyState } from "../../../src/ledger/state.ts";
import { parseState } from "../../../src/state/parse.ts";
import { isUpgradable, UPGRADES, upgradeState } from "../../../src/state/upgrade.ts";
import type { Upgrade } from "../../../src/state/upgrade.ts";

// Version 0 never existed: it called the project `owner`.
const fromZero: Upgrade = ({ owner, ...rest }) => ({ ...rest, project: owner });
const { project, ...rest } = emptyState("lineage-1", "project-1", "2026-01-01T00:00:00Z");
const old = { ...rest, formatVersion: 0, owner: project };
const text = JSON.stringify({ ...old, digest: `sha256:${hash("sha256", JSON.stringify(old))}` });

describe("an older state document", () => {
  it("is upgraded on reading", () => {
    const state = parseState(text, "state.json", { upgrades: { 0: fromZero } });
    expect(state).toEqual(emptyState("lineage-1", "project-1", "2026-01-01T00:00:00Z"));
  });

  it("is refused when there is no way up from it", () => {
    expect(() => parseState(text, "state.json")).toThrow("there never was a format 0");
  });

  it("is refused when it was altered, before it is upgraded", () => {
    const altered = text.replace("project-1", "project-2");
    const options = { upgrades: { 0: fromZero } };
    expect(() => parseState(altered, "state.json", options)).toThrow("its digest does not fit");
  });

  it("is refused when what comes of the upgrade is no state", () => {
    const upgrades = { 0: (document: object) => ({ ...document, surprise: 1 }) };
    expect(() => parseState(text, "state.json", { upgrades })).toThrow("expected");
  });
});

describe("an upgrade", () => {
  it("goes step by step and sets each version", () => {
    const seen: unknown[] = [];
    const note: Upgrade = (document) => {
      seen.push(document["formatVersion"]);
      return document;
    };
    const table = { 0: note, 1: note, 2: note };
    expect(upgradeState({ formatVersion: 0 }, 0, 3, table)).toEqual({ formatVersion: 3 });
    expect(seen).toEqual([0, 1, 2]);
    expect(isUpgradable(0, 3, table)).toBe(true);
    expect(isUpgradable(0, 4, table)).toBe(false);
  });

  it("of the newest format is nothing to do", () => {
    expect(UPGRADES).toEqual({});
    const document = { formatVersion: 1 };
    expect(upgradeState(document, 1, 1)).toBe(document);
  });
});
