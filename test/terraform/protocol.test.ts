import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { DebugProvider } from "./running.ts";
import { openScene, SECRET, startDebugProvider, type Scene } from "./scene.ts";
import { findTerraform, knowsEphemeral } from "./terraform-binary.ts";

const binary = findTerraform();

/** Terraform breaks lines and draws a frame around what it says. */
const flat = (text: string): string => text.replace(/[│╷╵\s]+/g, " ");

/** A line with a write-only attribute, where there are any. */
const passLine = (pass: string): string =>
  binary !== null && knowsEphemeral(binary) ? `\n  pass = "${pass}"` : "";

const thing = (body: string): string => `resource "example_thing" "a" {\n  ${body}\n}`;

describe.skipIf(binary === null)("the framework under the real Terraform", () => {
  let provider: DebugProvider;
  let scene: Scene;

  beforeAll(async () => {
    provider = await startDebugProvider();
  });
  afterAll(async () => {
    await provider.close();
  });
  beforeEach(async () => {
    scene = await openScene(binary ?? "", provider.reattach);
  });
  afterEach(async () => {
    await scene.close();
  });

  const apply = () => scene.run("apply", "-auto-approve");
  const planStatus = async () => (await scene.run("plan", "-detailed-exitcode")).status;

  describe("the way of a resource", () => {
    it("is validated, planned, applied, and then there is nothing to do", async () => {
      await scene.write(thing('name = "one"\n  size = 3'));
      expect((await scene.run("validate")).status).toBe(0);
      expect(await planStatus()).toBe(2);
      expect((await apply()).status).toBe(0);
      expect(await scene.attributes("example_thing.a")).toMatchObject({
        id: "example_thing-one",
        size: 3,
        revision: 1,
      });
      expect(await planStatus()).toBe(0);
    });

    it("is updated in place, and what is computed becomes known again", async () => {
      await scene.write(thing('name = "one"\n  size = 3'));
      await apply();
      await scene.write(thing('name = "one"\n  size = 4'));
      const planned = await scene.run("plan");
      expect(planned.text).toContain("~ revision = 1 -> (known after apply)");
      expect((await apply()).text).toContain("0 added, 1 changed, 0 destroyed");
      expect(await scene.attributes("example_thing.a")).toMatchObject({ size: 4, revision: 2 });
    });

    it("is replaced when an attribute changes that the schema marks so", async () => {
      await scene.write(thing('name = "one"'));
      await apply();
      await scene.write(thing('name = "two"'));
      expect((await scene.run("plan")).text).toContain('"one" -> "two" # forces replacement');
      expect((await apply()).text).toContain("1 added, 0 changed, 1 destroyed");
      expect(await readdir(scene.store)).toEqual(["example_thing-two.json"]);
    });

    it("is destroyed", async () => {
      await scene.write(thing('name = "one"'));
      await apply();
      expect((await scene.run("destroy", "-auto-approve")).status).toBe(0);
      expect(await readdir(scene.store)).toEqual([]);
    });

    it("shows drift, and is made again when it has vanished", async () => {
      await scene.write(thing('name = "one"\n  size = 3'));
      await apply();
      const file = join(scene.store, "example_thing-one.json");
      await writeFile(file, (await readFile(file, "utf8")).replace('"3"', '"9"'));
      expect((await scene.run("plan")).text).toContain("~ size     = 9 -> 3");
      await rm(file);
      const { text } = await scene.run("plan");
      expect(flat(text)).toContain("1 to add, 0 to change, 0 to destroy");
      expect((await apply()).text).toContain("1 added");
    });

    it("stays in the state when it cannot be read", async () => {
      await scene.write(thing('name = "one"'));
      await apply();
      await writeFile(join(scene.store, "example_thing-one.json"), "no JSON");
      const { status, text } = await scene.run("apply", "-auto-approve", "-refresh-only");
      expect(status).toBe(1);
      expect(text).toContain("Could not read example_thing");
      expect(await scene.attributes("example_thing.a")).toMatchObject({ name: "one" });
    });

    it("carries out a saved plan", async () => {
      await scene.write(thing('name = "one"'));
      await scene.run("plan", "-out", "saved");
      expect((await scene.run("apply", "saved")).status).toBe(0);
      expect(await planStatus()).toBe(0);
    });
  });

  describe("values", () => {
    it("keeps numbers of any size as they are", async () => {
      const sizes = ["0.1", "12345678901234567890", "9007199254740993", "1e40", "-2.5", "1/3"];
      const values = sizes.join(", ");
      await scene.write(`resource "example_kinds" "a" {\n  numbers = [${values}]\n}`);
      expect((await apply()).status).toBe(0);
      expect(await planStatus()).toBe(0);
      const text = await readFile(join(scene.folder, "terraform.tfstate"), "utf8");
      expect(text).toContain("12345678901234567890");
      expect(text).toContain("9007199254740993");
    });

    it("takes every type of attribute and block, and gives it back unchanged", async () => {
      const body = `
        text = "e\\u0301 and \\"quotes\\""
        number = 2.5
        flag = false
        anything = { a = [1, "two", null], b = true }
        list = ["b", "a"]
        set = [3, 1, 2]
        map = { "__proto__" = "x", "a.b" = "y" }
        object = { a = "x", b = null }
        tuple = ["x", 1]
        one = { label = "one" }
        many = [{ label = "first", level = 1 }, { label = "second" }]
        some = [{ label = "b" }, { label = "a", level = 3 }]
        named = { "__proto__" = { label = "odd" }, x = { label = "even", level = 2 } }
        single { label = "s" }
        rule { label = "r0" }
        rule {
          label = "r1"
          step { label = "s0" }
        }
        choice { label = "c1" }
        choice { label = "c0" }`;
      await scene.write(`resource "example_kinds" "a" {${body}\n}`);
      const applied = await apply();
      expect(applied.text).toContain("1 added");
      expect(await planStatus()).toBe(0);
      const state = await scene.attributes("example_kinds.a");
      expect(state).toMatchObject({ id: "stamped", one: { label: "one", stamp: "stamped" } });
      expect(Object.keys(state?.["map"] ?? {})).toEqual(["__proto__", "a.b"]);
      await scene.write(`resource "example_kinds" "a" {${body.replace("second", "other")}\n}`);
      expect((await apply()).text).toContain("1 changed");
      expect(await planStatus()).toBe(0);
    });

    it("takes nothing at all", async () => {
      await scene.write('resource "example_kinds" "a" {}');
      expect((await apply()).text).toContain("1 added");
      expect(await planStatus()).toBe(0);
    });

    it("plans with what is not known yet", async () => {
      await scene.write(`${thing('name = "one"')}
        resource "example_kinds" "b" {
          text = example_thing.a.id
          list = [example_thing.a.id]
          map = { a = example_thing.a.id }
          many = [{ label = example_thing.a.id }]
          anything = example_thing.a.revision
        }`);
      expect((await apply()).text).toContain("2 added");
      expect(await planStatus()).toBe(0);
      expect(await scene.attributes("example_kinds.b")).toMatchObject({
        text: "example_thing-one",
      });
    });
  });

  describe("state that is there already", () => {
    it("is imported by command, and by block", async () => {
      await scene.write(thing('name = "one"'));
      await apply();
      await scene.run("state", "rm", "example_thing.a");
      const imported = await scene.run("import", "example_thing.a", "example_thing-one");
      expect(imported.text).toContain("Import successful");
      expect(await planStatus()).toBe(0);

      await scene.run("state", "rm", "example_thing.a");
      const block = 'import {\n  to = example_thing.a\n  id = "example_thing-one"\n}';
      await scene.write(`${thing('name = "one"')}\n${block}`);
      expect((await apply()).text).toContain("1 imported, 0 added, 0 changed, 0 destroyed");
    });

    it("says so when there is nothing to import", async () => {
      await scene.write(thing('name = "one"'));
      const { status, text } = await scene.run("import", "example_thing.a", "nobody");
      expect(status).toBe(1);
      expect(flat(text)).toContain("Could not import example_thing There is no thing nobody.");
    });

    it("is upgraded from an earlier version of the schema, its numbers exact", async () => {
      await scene.write(thing('name = "one"\n  size = 12345678901234567890'));
      await apply();
      const file = join(scene.folder, "terraform.tfstate");
      const text = await readFile(file, "utf8");
      const old = text
        .replace(/"schema_version": ?1/, '"schema_version": 0')
        .replace(/"name": ?"one"/, '"title": "one"');
      expect(old).toContain('"title"');
      await writeFile(file, old);
      expect(await planStatus()).toBe(0);
    });

    it("is refused when a newer provider has written it", async () => {
      await scene.write(thing('name = "one"'));
      await apply();
      const file = join(scene.folder, "terraform.tfstate");
      const text = await readFile(file, "utf8");
      await writeFile(file, text.replace(/"schema_version": ?1/, '"schema_version": 7'));
      const { text: said } = await scene.run("plan");
      expect(flat(said)).toMatch(/newer provider|newer than/);
    });

    it("moves from one type to another", async () => {
      await scene.write(thing('name = "one"'));
      await apply();
      const object = 'resource "example_object" "b" {\n  name = "one"\n}';
      await scene.write(`${object}\nmoved {\n  from = example_thing.a\n  to = example_object.b\n}`);
      expect((await apply()).text).toContain("0 added, 0 changed, 0 destroyed");
      expect(await scene.attributes("example_object.b")).toMatchObject({ id: "example_thing-one" });
    });

    it("does not move to where it cannot", async () => {
      await scene.write(thing('name = "one"'));
      await apply();
      const moved = "moved {\n  from = example_thing.a\n  to = example_kinds.b\n}";
      await scene.write(`resource "example_kinds" "b" {}\n${moved}`);
      const { text } = await scene.run("plan");
      expect(flat(text)).toContain("cannot become a example_kinds");
    });
  });

  describe("mistakes in the configuration", () => {
    it("are shown at their line, without the secret that they mention", async () => {
      await scene.write(thing(`name = "one"\n  mood = "bad"\n  secret = "${SECRET}-2"`));
      const { status, text } = await scene.run("validate");
      expect(status).toBe(1);
      expect(text).toContain('mood = "bad"');
      expect(flat(text)).toContain("The secret is (sensitive value).");
    });

    it("become an error, not a crash, when the check itself is broken", async () => {
      await scene.write(thing('name = "one"\n  mood = "throws in validate"'));
      const { text } = await scene.run("validate");
      expect(flat(text)).toContain("Could not check the configuration");
      expect(flat(text)).toContain("This is a bug in the provider");
    });

    it("include durations that are none", async () => {
      await scene.write(thing('name = "one"\n  timeouts {\n    create = "soon"\n  }'));
      const { text } = await scene.run("validate");
      expect(text).toContain("Not a duration");
      expect(text).toContain('create = "soon"');
    });

    it("warn of what is deprecated", async () => {
      await scene.write(thing('name = "one"\n  old_name = "x"'));
      expect((await scene.run("validate")).text).toContain("Attribute old_name is deprecated");
    });

    it("of the provider are shown too", async () => {
      await scene.write(thing('name = "one"'), 'folder = ""');
      expect((await scene.run("validate")).text).toContain('folder = ""');
      await scene.write(thing('name = "one"'), "");
      expect(flat((await scene.run("plan")).text)).toContain("The folder is missing. Set folder.");
    });
  });

  describe("a plan of the resource", () => {
    it("may refuse the destruction", async () => {
      await scene.write(thing('name = "one"\n  protected = true'));
      await apply();
      const { status, text } = await scene.run("destroy", "-auto-approve");
      expect(status).toBe(1);
      expect(text).toContain("The thing is protected");
      expect(await readdir(scene.store)).toHaveLength(1);
    });

    it("that contradicts the configuration is called a bug", async () => {
      await scene.write(thing('name = "one"\n  size = 1\n  mood = "misplans"'));
      await apply();
      await scene.write(thing('name = "one"\n  size = 2\n  mood = "misplans"'));
      const { text } = await scene.run("plan");
      expect(flat(text)).toContain("are planned otherwise than they are configured: - size");
    });
  });

  describe("a failing apply", () => {
    it.each(["fails", "leaks"])("keeps the object that was made (%s)", async (mood) => {
      const secret = `${SECRET}-3`;
      const pass = `${SECRET}-4`;
      const body = `name = "one"\n  mood = "${mood}"\n  secret = "${secret}"`;
      await scene.write(thing(body + passLine(pass)));
      const { status, text } = await apply();
      expect(status).toBe(1);
      expect(text).toContain("Could not create example_thing");
      expect(text).not.toContain(secret);
      expect(text).not.toContain(pass);
      expect(await scene.instance("example_thing.a")).toMatchObject({
        status: "tainted",
        attributes: { id: "example_thing-one", revision: null },
      });
    });

    it("keeps nothing where nothing was made", async () => {
      await scene.write(thing('name = "one"\n  mood = "fails first"'));
      expect((await apply()).status).toBe(1);
      expect(await scene.instance("example_thing.a")).toBeUndefined();
    });

    it("keeps the state as far as an update got, and does not taint it", async () => {
      await scene.write(thing('name = "one"'));
      await apply();
      await scene.write(thing('name = "one"\n  mood = "fails"\n  size = 5'));
      expect((await apply()).status).toBe(1);
      const instance = await scene.instance("example_thing.a");
      expect(instance).toMatchObject({ attributes: { size: 5 } });
      expect(instance?.["status"]).toBeUndefined();
    });

    it("keeps what could not be deleted", async () => {
      await scene.write(thing('name = "one"\n  mood = "clings"'));
      await apply();
      const { text } = await scene.run("destroy", "-auto-approve");
      expect(flat(text)).toContain("Could not delete example_thing It clings to life.");
      expect(await scene.attributes("example_thing.a")).toMatchObject({ name: "one" });
    });

    it("ends when its time is over", async () => {
      await scene.write(
        thing('name = "one"\n  mood = "sleeps"\n  timeouts {\n    create = "200ms"\n  }'),
      );
      const { text } = await apply();
      expect(flat(text)).toContain("Create took longer than 0.2 s.");
      expect(await scene.attributes("example_thing.a")).toMatchObject({ id: "example_thing-one" });
    });
  });

  describe("secrets", () => {
    it("stay out of the plan's text, and write-only ones out of the state", async () => {
      const pass = `${SECRET}-5`;
      await scene.write(thing(`name = "one"\n  secret = "${SECRET}-6"${passLine(pass)}`));
      const { text } = await apply();
      expect(text).toContain("(sensitive value)");
      expect(text).not.toContain(SECRET);
      const state = await readFile(join(scene.folder, "terraform.tfstate"), "utf8");
      expect(state).not.toContain(pass);
    });
  });

  describe("a provider whose configuration is not known yet", () => {
    it("plans, and is configured when it is applied", async () => {
      const source = `resource "terraform_data" "place" {\n  input = "${scene.store}"\n}`;
      await scene.write(
        `${source}\n${thing('name = "one"')}`,
        "folder = terraform_data.place.output",
      );
      expect(await planStatus()).toBe(2);
      expect((await apply()).text).toContain("2 added");
      expect(await planStatus()).toBe(0);
    });
  });

  describe("data sources and functions", () => {
    it("read and calculate", async () => {
      await scene.write(thing('name = "one"'));
      await apply();
      await scene.write(`${thing('name = "one"')}
        data "example_things" "all" { prefix = "o" }
        output "names" { value = data.example_things.all.names }
        output "loud" { value = provider::example::shout("hello", "there") }`);
      const { text } = await apply();
      expect(text).toContain('"one",');
      expect(text).toContain('loud = "HELLO THERE!"');
    });

    it("say which argument is wrong, and what is a bug", async () => {
      await scene.write('output "loud" {\n  value = provider::example::shout("a", "")\n}');
      expect(flat((await scene.run("plan")).text)).toContain("There is nothing to shout.");
      await scene.write('output "loud" {\n  value = provider::example::broken()\n}');
      expect(flat((await scene.run("plan")).text)).toContain("does not fit its type");
    });
  });

  describe("one process for several runs", () => {
    it("keeps the configurations of aliases apart", async () => {
      const other = join(scene.folder, "other");
      await scene.write(`${thing('name = "one"')}
        provider "example" {
          alias = "other"
          folder = "${other}"
        }
        resource "example_thing" "b" {
          provider = example.other
          name = "two"
        }`);
      expect((await apply()).text).toContain("2 added");
      expect(await readdir(scene.store)).toEqual(["example_thing-one.json"]);
      expect(await readdir(other)).toEqual(["example_thing-two.json"]);
    });
  });
});
