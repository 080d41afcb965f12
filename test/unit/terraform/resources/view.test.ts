import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { USUAL_TEXT } from "../../../../src/terraform/resources/usual-view.ts";
import {
  formatKept,
  formatView,
  pack,
  parseKept,
  unpack,
  viewOf,
  type Kept,
  type View,
} from "../../../../src/terraform/resources/view.ts";
import { decodePrivate } from "../../../../src/terraform/server/private.ts";
import { pointsOf } from "../../../crash/points.ts";
import { policy, POLICY, Stage } from "./stage.ts";

const RESTORE = "snapform_restore.staging";

const sizeOf = (stage: Stage, address = POLICY): number =>
  stage.terraform.objects.get(address)?.private.length ?? 0;

const keptIn = (stage: Stage, address = POLICY): Kept => {
  const bytes = stage.terraform.objects.get(address)?.private ?? new Uint8Array();
  return parseKept(decodePrivate(bytes));
};

const viewIn = (stage: Stage): View => unpack(keptIn(stage).view ?? new Uint8Array()) as View;

describe("what is kept beside a resource", () => {
  it("holds its own snapshots, and of its neighbours only the outline", async () => {
    const stage = await Stage.open();
    for (let index = 0; index < 12; index += 1) {
      const name = `neighbour-${index}`;
      await stage.apply(`snapform_backup_policy.${name}`, policy({ name, collections: ["docs"] }));
      stage.clock.advance(1000);
    }
    await stage.apply(POLICY, policy({ collections: ["docs"] }));
    await stage.plan(POLICY, policy({ collections: ["docs"] }));
    const { inventory, state } = viewIn(stage);
    expect(inventory.snapshots).toHaveLength(2);
    expect(Object.keys(state.snapshots)).toHaveLength(2);
    expect(sizeOf(stage)).toBeLessThan(1000);
  });

  it("holds a fall of the source, however many neighbours have seen it", async () => {
    const stage = await Stage.open();
    const config = policy({ collections: ["docs"], retention: { last: "1" } });
    for (let index = 0; index < 3; index += 1) {
      await stage.apply("snapform_backup_policy.other", policy({ name: "other" }));
      stage.days(1);
    }
    await stage.apply(POLICY, config);
    stage.prod.remove("docs", ["0", "1", "2", "3"]);
    stage.days(1);
    await stage.apply("snapform_backup_policy.other", policy({ name: "other" }));
    const { change } = await stage.apply(POLICY, config);
    expect(change.said.map(({ detail }) => detail).join()).toContain("source-shrunk");
  });

  it("grows by a few bytes with each snapshot, and packs what repeats itself", async () => {
    const stage = await Stage.open();
    const config = policy({ retention: { last: "60" } });
    await stage.apply(POLICY, config);
    const before = sizeOf(stage);
    for (let day = 0; day < 20; day += 1) {
      stage.days(1);
      await stage.apply(POLICY, config);
    }
    const perSnapshot = (sizeOf(stage) - before) / 40;
    expect(perSnapshot).toBeLessThan(80);
  });

  it("is the same to whoever has just written it and to whoever reads it", async () => {
    const stage = await Stage.open();
    await stage.apply(POLICY, policy({ collections: ["docs"] }));
    const from = { policy: "nightly", cluster: "prod", collection: "docs" };
    const to = { cluster: "side", collection: "copy" };
    await stage.apply(RESTORE, { name: "staging", from, to });
    stage.days(1);
    await stage.plan(POLICY, policy({ collections: ["docs"] }));
    for (const address of [POLICY, RESTORE]) {
      const kept = keptIn(stage, address);
      const written = viewOf(kept);
      expect(written).toBe(viewOf(kept));
      expect(written).toStrictEqual(unpack(kept.view ?? new Uint8Array()));
    }
  });

  it("knows what was kept by another version as nothing", () => {
    const nothing = { view: null, plan: null, isCreation: false };
    const kept = formatKept({ view: pack("view"), plan: pack("plan"), isCreation: true });
    expect(parseKept(kept)).toEqual({
      view: pack("view"),
      plan: pack("plan"),
      isCreation: true,
    });
    const next = Buffer.from(kept as Uint8Array);
    next[0] = 99;
    for (const other of [next, new Uint8Array(), null, { version: 1, view: "x", plan: "y" }]) {
      expect(parseKept(other)).toEqual(nothing);
    }
  });

  it("is of another version when it is packed otherwise", () => {
    const hash = createHash("sha256").update(USUAL_TEXT).digest("hex");
    const [version] = formatKept({}) as Uint8Array;
    expect([version, hash.slice(0, 12)]).toEqual([2, "348c9a98826d"]);
  });

  it("is refused where Terraform could not carry it", () => {
    const random = Array.from(
      { length: 2_000_000 },
      (_, index) => (index * 2654435761) % 4294967291,
    );
    const inventory = { snapshots: [], random } as never;
    const view = { at: "", inventory, state: {} as never, scope: {} as never } satisfies View;
    expect(() => formatView(view)).toThrow("more than one resource of Terraform can hold");
  });

  it("is told apart from what is damaged", () => {
    expect(unpack(pack({ points: pointsOf(0, 1) }))).toEqual({ points: pointsOf(0, 1) });
    expect(() => unpack(Uint8Array.of(1, 2, 3))).toThrow("cannot be read");
  });
});
