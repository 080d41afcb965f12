import { SnapformError } from "../../src/errors/index.ts";
import type {
  ApplyContext,
  PlanRequest,
  PlanResult,
  ResourceType,
} from "../../src/terraform/server/definition.ts";
import type { Diagnostic } from "../../src/terraform/server/diagnostic.ts";
import { formatNum, parseNum } from "../../src/terraform/wire/number.ts";
import {
  isNum,
  memberOf,
  textMember,
  treeOf,
  UNKNOWN,
  type Tree,
} from "../../src/terraform/wire/value.ts";
import type { Example } from "./example-provider.ts";
import type { Thing } from "./example-store.ts";

/** A named thing whose attribute `mood` says how its apply goes. */
export function thingResource(typeName: string): ResourceType<Example> {
  return {
    schema: {
      version: 1,
      attributes: {
        id: { type: "string", computed: true },
        name: { type: "string", required: true, forceNew: true },
        size: { type: "number", optional: true },
        revision: { type: "number", computed: true },
        mood: { type: "string", optional: true },
        protected: { type: "bool", optional: true },
        secret: { type: "string", optional: true, sensitive: true },
        pass: { type: "string", optional: true, writeOnly: true },
        old_name: { type: "string", optional: true, deprecated: "Use `name`." },
      },
    },
    timeouts: { create: 60_000, update: 60_000, read: 60_000, delete: 60_000 },
    validate: (config) => validate(config),
    plan,
    planDestroy: ({ state }) =>
      state["protected"] === true
        ? [problem("The thing is protected", "Set protected to false first.")]
        : [],
    async read({ configured }, { state }) {
      const thing = await configured.store.read(text(state, "id"));
      return { state: thing && treeFrom(thing, state), private: { looked: true } };
    },
    async create(context, { planned, config }) {
      const id = `${typeName}-${text(planned, "name")}`;
      await act(context, planned, thingFrom(planned, id, 1), text(config, "pass"));
      return { state: { ...planned, id, revision: 1 } };
    },
    async update(context, { planned, prior, config }) {
      const revision = Number(prior["revision"]) + 1;
      const id = text(prior, "id");
      await act(context, planned, thingFrom(planned, id, revision), text(config, "pass"));
      return { state: { ...planned, id, revision } };
    },
    async delete({ configured }, { state }) {
      if (state["mood"] === "clings") throw new SnapformError("unavailable", "it clings to life");
      await configured.store.remove(text(state, "id"));
    },
    async import({ configured }, id) {
      const thing = await configured.store.read(id);
      if (thing === null) throw new SnapformError("not-found", `there is no thing ${id}`);
      return { state: { id } };
    },
    upgrade: (_version, state) => {
      const { title, ...rest } = state;
      return treeOf(Object.entries({ ...rest, name: title ?? null }));
    },
    move: ({ type, state }) => (type === "example_thing" ? { state } : null),
  };
}

const text = (tree: Tree, name: string): string => textMember(tree, name) ?? "";

function validate(config: Tree): Diagnostic[] {
  if (config["mood"] === "throws in validate") throw new Error("validate is broken");
  return config["mood"] === "bad"
    ? [{ ...problem("Bad mood", `The secret is ${text(config, "secret")}.`), path: ["mood"] }]
    : [];
}

function problem(summary: string, detail: string): Diagnostic {
  return { severity: "error", summary, detail };
}

function plan({ prior, proposed }: PlanRequest): PlanResult {
  if (prior === null) return { planned: proposed };
  const isSame = ["name", "size", "mood", "secret", "protected"].every((name) => {
    return key(prior.state, name) === key(proposed, name);
  });
  if (proposed["mood"] === "misplans") return { planned: { ...proposed, size: 4711 } };
  return { planned: isSame ? proposed : { ...proposed, revision: UNKNOWN } };
}

function key(tree: Tree, name: string): string {
  const value = memberOf(tree, name);
  return isNum(value) ? formatNum(value) : JSON.stringify(value);
}

/** Makes the thing, and does what its mood says on the way. */
async function act(
  context: ApplyContext<Example>,
  planned: Tree,
  thing: Thing,
  pass: string,
): Promise<void> {
  const { configured, signal, clock, keep } = context;
  const mood = planned["mood"];
  if (mood === "fails first") throw new Error(`no way in with ${pass}`);
  await configured.store.write(thing);
  keep({ ...planned, id: thing.id, revision: UNKNOWN }, { half: true });
  if (mood === "fails") throw new SnapformError("unavailable", "the disk went away");
  if (mood === "leaks") throw new Error(`${text(planned, "secret")} and ${pass}`);
  if (mood === "crashes") {
    queueMicrotask(() => {
      throw new Error(`crashed with ${text(planned, "secret")}`);
    });
    await clock.sleep(60_000, signal);
  }
  if (mood === "sleeps") await clock.sleep(60_000, signal);
  if (mood === "works on") await clock.sleep(1500);
}

function thingFrom(planned: Tree, id: string, revision: number): Thing {
  const size = memberOf(planned, "size");
  const name = text(planned, "name");
  return { id, name, size: isNum(size) ? formatNum(size) : null, revision };
}

function treeFrom(thing: Thing, state: Tree): Tree {
  const { id, name, size, revision } = thing;
  return { ...state, id, name, revision, size: size === null ? null : parseNum(size) };
}
