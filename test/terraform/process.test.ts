import { spawnSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually, isAlive } from "./running.ts";
import { openScene, SECRET, startDebugProvider, type Scene } from "./scene.ts";
import { findTerraform } from "./terraform-binary.ts";

const binary = findTerraform();

const thing = (body: string): string => `resource "example_thing" "a" {\n  ${body}\n}`;

/** Waits until the example provider has made the thing, that is, until it is in the middle. */
async function untilMade(scene: Scene): Promise<void> {
  await eventually("the thing is made", async () => {
    const names = await readdir(scene.store).catch(() => []);
    return names.length > 0;
  });
}

async function untilGone(scene: Scene): Promise<void> {
  await eventually("every provider has ended", async () => {
    const pids = await scene.providers();
    return pids.length > 0 && !pids.some(isAlive);
  });
}

describe.skipIf(binary === null)("the process of a provider", () => {
  let scene: Scene;

  beforeEach(async () => {
    scene = await openScene(binary ?? "", null);
  });
  afterEach(async () => {
    await scene.close();
  });

  const leftovers = () => readdir(join(scene.folder, "tmp"));

  it("shakes hands over TLS, works, ends by itself and leaves nothing behind", async () => {
    await scene.write(thing('name = "one"'));
    expect((await scene.run("apply", "-auto-approve")).text).toContain("1 added");
    expect((await scene.run("plan", "-detailed-exitcode")).status).toBe(0);
    expect((await scene.providers()).length).toBeGreaterThan(4);
    expect((await scene.providers()).filter(isAlive)).toEqual([]);
    expect(await leftovers()).toEqual([]);
  });

  it("works without TLS where Terraform wants that", async () => {
    await scene.write(thing('name = "one"'));
    const { done } = scene.start(["plan"], { TF_DISABLE_PLUGIN_TLS: "1" });
    expect((await done).text).toContain("1 to add");
  });

  it("stops what it does at Ctrl-C, and Terraform keeps what was made", async () => {
    await scene.write(thing('name = "one"\n  mood = "sleeps"'));
    const { child, done } = scene.start(["apply", "-auto-approve"]);
    await untilMade(scene);
    process.kill(-(child.pid ?? 0), "SIGINT");
    const { text } = await done;
    expect(text).toContain("Stopped by Terraform");
    expect(await scene.instance("example_thing.a")).toMatchObject({
      status: "tainted",
      attributes: { id: "example_thing-one" },
    });
    expect((await scene.providers()).filter(isAlive)).toEqual([]);
    expect(await leftovers()).toEqual([]);
  });

  it("finishes what it cannot interrupt at Ctrl-C", async () => {
    await scene.write(thing('name = "one"\n  mood = "works on"'));
    const { child, done } = scene.start(["apply", "-auto-approve"]);
    await untilMade(scene);
    process.kill(-(child.pid ?? 0), "SIGINT");
    await done;
    const instance = await scene.instance("example_thing.a");
    expect(instance).toMatchObject({ attributes: { id: "example_thing-one", revision: 1 } });
    expect(instance?.["status"]).toBeUndefined();
  });

  it("finishes its work and ends when Terraform is killed", async () => {
    await scene.write(thing('name = "one"\n  mood = "works on"'));
    const { child, done } = scene.start(["apply", "-auto-approve"]);
    await untilMade(scene);
    child.kill("SIGKILL");
    const pids = (await scene.providers()).filter(isAlive);
    expect(pids).toHaveLength(1);
    await done;
    await untilGone(scene);
    expect(await leftovers()).toEqual([]);
  });

  it("ends when it is told to by SIGTERM, after answering", async () => {
    await scene.write(thing('name = "one"\n  mood = "sleeps"'));
    const { done } = scene.start(["apply", "-auto-approve"]);
    await untilMade(scene);
    for (const pid of (await scene.providers()).filter(isAlive)) process.kill(pid, "SIGTERM");
    await done;
    expect(await scene.attributes("example_thing.a")).toMatchObject({ id: "example_thing-one" });
    expect(await leftovers()).toEqual([]);
  });

  it("says what happened when it crashes, without secrets, and Terraform keeps what was made", async () => {
    const secret = `${SECRET}-9`;
    await scene.write(thing(`name = "one"\n  mood = "crashes"\n  secret = "${secret}"`));
    const { status, text } = await scene.run("apply", "-auto-approve");
    expect(status).toBe(1);
    expect(text).toContain("crashed with (sensitive value)");
    expect(text).not.toContain(secret);
    expect(await scene.attributes("example_thing.a")).toMatchObject({ id: "example_thing-one" });
    expect(await leftovers()).toEqual([]);
  });

  it("logs for TF_LOG at the right level, and no secret", async () => {
    await scene.write(thing(`name = "one"\n  secret = "${SECRET}-8"`));
    const { done } = scene.start(["apply", "-auto-approve"], { TF_LOG_PROVIDER: "TRACE" });
    const { text } = await done;
    expect(text).toMatch(/\[INFO\] +provider\S*: opening with \(sensitive value\)/);
    expect(text).toContain('header="Bearer (sensitive value)"');
    expect(text).toMatch(/\[TRACE\] +provider\S*: called: .*method=ApplyResourceChange/);
    expect(text).not.toContain(SECRET);
    const quiet = await scene.run("plan");
    expect(quiet.text).not.toContain("called");
  });

  it("takes a value of several megabytes", async () => {
    const size = 3 * 1024 * 1024;
    // No range of Terraform is longer than 1024.
    const chunks = `join("", [for i in range(${size / 4096}) : format("%04096d", i)])`;
    await scene.write(`resource "example_kinds" "a" {\n  text = ${chunks}\n}`);
    const applied = await scene.run("apply", "-auto-approve");
    expect(applied.status).toBe(0);
    expect(String((await scene.attributes("example_kinds.a"))?.["text"])).toHaveLength(size);
  });

  it("explains itself to somebody who starts it by hand", () => {
    const main = join(import.meta.dirname, "example-main.ts");
    const { status, stdout, stderr } = spawnSync(process.execPath, [main], { encoding: "utf8" });
    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain("Terraform starts it by itself");
  });

  it("works again after a Ctrl-C where it serves several runs", async () => {
    const provider = await startDebugProvider();
    const shared = await openScene(binary ?? "", provider.reattach);
    try {
      await shared.write(thing('name = "one"\n  mood = "sleeps"'));
      const { child, done } = shared.start(["apply", "-auto-approve"]);
      await untilMade(shared);
      process.kill(-(child.pid ?? 0), "SIGINT");
      expect((await done).text).toContain("Stopped by Terraform");
      await shared.write(thing('name = "one"'));
      expect((await shared.run("apply", "-auto-approve")).status).toBe(0);
    } finally {
      await shared.close();
      await provider.close();
    }
  });
});
