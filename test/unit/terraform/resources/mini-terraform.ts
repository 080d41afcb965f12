import { expect } from "vitest";
import type { Clock } from "../../../../src/clock/clock.ts";
import { openRedactor } from "../../../../src/terraform/server/redactor.ts";
import type { ProviderDefinition } from "../../../../src/terraform/server/definition.ts";
import { kindsOf } from "../../../../src/terraform/server/kinds.ts";
import {
  providerServers,
  type ProviderServer,
} from "../../../../src/terraform/server/provider-server.ts";
import { decodeValue } from "../../../../src/terraform/wire/decode-value.ts";
import { encodeValue } from "../../../../src/terraform/wire/encode-value.ts";
import type { DynamicValue, Messages } from "../../../../src/terraform/wire/messages.ts";
import { fromPlain, toPlain } from "../../../../src/terraform/wire/plain.ts";
import { decodeMessage, encodeMessage } from "../../../../src/terraform/wire/protobuf.ts";
import {
  isNested,
  type Attribute,
  type Attributes,
  type Block,
} from "../../../../src/terraform/wire/schema.ts";
import type { Type } from "../../../../src/terraform/wire/type.ts";
import {
  isTree,
  memberOf,
  treeOf,
  type Tree,
  type Value,
} from "../../../../src/terraform/wire/value.ts";

export type Plain = { readonly [name: string]: unknown };

export interface Said {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail: string;
  readonly path: string;
}

/** What Terraform remembers of an object. */
export interface Remembered {
  readonly state: Tree;
  readonly private: Uint8Array;
}

export interface PlannedChange {
  readonly action: "create" | "update" | "replace" | "delete" | "no-op";
  readonly planned: Tree | null;
  readonly private: Uint8Array;
  readonly said: readonly Said[];
}

/** Marks what is known after apply. */
export const LATER = "(known after apply)";

const NOTHING = new Uint8Array();

/**
 * As much of Terraform as the life of resources needs, over the very calls of its protocol, with
 * the checks that Terraform makes of a provider: plans are pure, and keep what they promise.
 */
export class MiniTerraform {
  readonly objects: Map<string, Remembered> = new Map();
  readonly #servers: () => ProviderServer;
  readonly #types: ReturnType<typeof kindsOf>;
  readonly #provider: Plain;
  readonly logged: string[] = [];
  /** The process that is working. */
  server: ProviderServer;

  constructor(definition: ProviderDefinition<never>, clock: Clock, provider: Plain) {
    const log = (level: string, message: string, fields?: object): void => {
      this.logged.push(JSON.stringify({ level, message, ...fields }));
    };
    this.#servers = providerServers(definition, { clock, log, redactor: openRedactor() });
    this.#types = kindsOf(definition);
    this.#provider = provider;
    this.server = this.#servers();
  }

  /** A process of its own, as each walk of Terraform has. */
  async begin(): Promise<readonly Said[]> {
    this.server = this.#servers();
    const { type, schema } = this.#types.provider;
    const config = { msgpack: encodeValue(type, completed(schema, this.#provider)) };
    const request = { terraformVersion: "1.11.4", config };
    const { diagnostics } = await this.#call(
      "ConfigureProvider",
      ["ConfigureRequest", request],
      "DiagnosticsResponse",
    );
    return saidOf(diagnostics);
  }

  async refresh(address: string): Promise<readonly Said[]> {
    const { kind, typeName } = this.#kindOf(address);
    const known = this.objects.get(address);
    if (!known) return [];
    const currentState = message(kind.type, known.state);
    const reply = await this.#call(
      "ReadResource",
      ["ReadRequest", { typeName, currentState, private: known.private }],
      "ReadResponse",
    );
    const state = decodeValue(kind.type, reply.newState);
    if (isTree(state)) this.objects.set(address, { state, private: reply.private });
    else this.objects.delete(address);
    return saidOf(reply.diagnostics);
  }

  async validate(address: string, config: Plain): Promise<readonly Said[]> {
    const { kind, typeName } = this.#kindOf(address);
    const reply = await this.#call(
      "ValidateResourceConfig",
      ["ValidateRequest", { typeName, config: message(kind.type, completed(kind.schema, config)) }],
      "DiagnosticsResponse",
    );
    return saidOf(reply.diagnostics);
  }

  /** Plans without looking; `config` null destroys. */
  async plan(address: string, config: Plain | null): Promise<PlannedChange> {
    const first = await this.#planOnce(address, config);
    const again = await this.#planOnce(address, config);
    expect(show(again.planned), "a plan is the same again").toEqual(show(first.planned));
    expect(Buffer.from(again.private)).toEqual(Buffer.from(first.private));
    return first;
  }

  async #planOnce(address: string, config: Plain | null): Promise<PlannedChange> {
    const prior = this.objects.get(address);
    const { kind } = this.#kindOf(address);
    const reply = await this.#askPlan(address, config, prior ?? null, prior?.private ?? NOTHING);
    const planned = decodeValue(kind.type, reply.plannedState);
    const said = saidOf(reply.diagnostics);
    const tree = isTree(planned) ? planned : null;
    if (tree === null) {
      return { action: "delete", planned: null, private: reply.plannedPrivate, said };
    }
    if (!prior) return { action: "create", planned: tree, private: reply.plannedPrivate, said };
    if ((reply.requiresReplace ?? []).length > 0) {
      const renewed = await this.#askPlan(address, config, null, reply.plannedPrivate);
      const whole = decodeValue(kind.type, renewed.plannedState) as Tree;
      const all = [...said, ...saidOf(renewed.diagnostics)];
      return { action: "replace", planned: whole, private: renewed.plannedPrivate, said: all };
    }
    const isSame = JSON.stringify(show(tree)) === JSON.stringify(show(prior.state));
    const action = isSame ? "no-op" : "update";
    return { action, planned: tree, private: reply.plannedPrivate, said };
  }

  /** What `-replace` plans. */
  async planReplacement(address: string, config: Plain): Promise<PlannedChange> {
    const { kind } = this.#kindOf(address);
    const first = await this.#planOnce(address, config);
    const reply = await this.#askPlan(address, config, null, first.private);
    const planned = decodeValue(kind.type, reply.plannedState) as Tree;
    const said = saidOf(reply.diagnostics);
    return { action: "replace", planned, private: reply.plannedPrivate, said };
  }

  async #askPlan(
    address: string,
    config: Plain | null,
    prior: Remembered | null,
    priorPrivate: Uint8Array,
  ): Promise<Messages["PlanResponse"]> {
    const { kind, typeName } = this.#kindOf(address);
    const whole = config === null ? null : completed(kind.schema, config);
    const proposed = whole === null ? null : propose(kind.schema, whole, prior?.state ?? null);
    return this.#call(
      "PlanResourceChange",
      [
        "PlanRequest",
        {
          typeName,
          priorState: message(kind.type, prior?.state ?? null),
          proposedNewState: message(kind.type, proposed),
          config: message(kind.type, whole),
          priorPrivate,
        },
      ],
      "PlanResponse",
    );
  }

  /** Carries out what was planned, and remembers what came of it. */
  async apply(
    address: string,
    config: Plain | null,
    change: PlannedChange,
  ): Promise<readonly Said[]> {
    const { action } = change;
    if (action === "no-op") return [];
    if (action === "replace") {
      const gone = await this.#applyOnce(address, null, { ...change, planned: null });
      if (gone.some(({ severity }) => severity === "error")) return gone;
      // Planned once more, of what is not there any more: nothing says that it is a replacement.
      const { kind } = this.#kindOf(address);
      const reply = await this.#askPlan(address, config, null, NOTHING);
      const planned = decodeValue(kind.type, reply.plannedState) as Tree;
      const renewed = { planned, private: reply.plannedPrivate };
      return [...gone, ...(await this.#applyOnce(address, config, renewed))];
    }
    return this.#applyOnce(address, config, change);
  }

  async #applyOnce(
    address: string,
    config: Plain | null,
    change: Pick<PlannedChange, "planned" | "private">,
  ): Promise<readonly Said[]> {
    const { kind, typeName } = this.#kindOf(address);
    const prior = this.objects.get(address);
    const reply = await this.#call(
      "ApplyResourceChange",
      [
        "ApplyRequest",
        {
          typeName,
          priorState: message(kind.type, prior?.state ?? null),
          plannedState: message(kind.type, change.planned),
          config: message(kind.type, config && completed(kind.schema, config)),
          plannedPrivate: change.private,
        },
      ],
      "ApplyResponse",
    );
    const state = decodeValue(kind.type, reply.newState);
    if (isTree(state)) this.objects.set(address, { state, private: reply.private });
    else this.objects.delete(address);
    const said = saidOf(reply.diagnostics);
    const bugs = said.filter(({ detail }) => detail.includes("bug in the provider"));
    expect(bugs).toEqual([]);
    return said;
  }

  async import(address: string, id: string): Promise<readonly Said[]> {
    const { kind, typeName } = this.#kindOf(address);
    const reply = await this.#call(
      "ImportResourceState",
      ["ImportRequest", { typeName, id }],
      "ImportResponse",
    );
    const [found] = reply.importedResources ?? [];
    const state = decodeValue(kind.type, found?.state);
    if (isTree(state) && found) this.objects.set(address, { state, private: found.private });
    return saidOf(reply.diagnostics);
  }

  async readData(typeName: string, config: Plain): Promise<Plain & { readonly said: unknown }> {
    const source = this.#types.dataSources.get(typeName);
    if (!source) throw new Error(`no data source ${typeName}`);
    const value = message(source.type, completed(source.schema, config));
    const reply = await this.#call(
      "ReadDataSource",
      ["ReadDataRequest", { typeName, config: value }],
      "ReadDataResponse",
    );
    const said = saidOf(reply.diagnostics);
    return { ...show(decodeValue(source.type, reply.state)), said };
  }

  /** The attributes of an object as plain values. */
  attributes(address: string): Plain {
    const known = this.objects.get(address);
    if (!known) throw new Error(`there is no ${address}`);
    return show(known.state);
  }

  #kindOf(address: string) {
    const [typeName = ""] = address.split(".");
    const kind = this.#types.resources.get(typeName);
    if (!kind) throw new Error(`no resource type ${typeName}`);
    return { kind, typeName };
  }

  async #call<Q extends keyof Messages, P extends keyof Messages>(
    method: string,
    [name, request]: readonly [Q, Partial<Messages[Q]>],
    response: P,
  ): Promise<Messages[P]> {
    const bytes = encodeMessage(name, request as never);
    return decodeMessage(response, await this.server.call(method, bytes)) as Messages[P];
  }
}

function message(type: Type, tree: Tree | null): DynamicValue {
  return { msgpack: encodeValue(type, tree) } as DynamicValue;
}

/** A value as plain data; what is unknown as `LATER`. */
export function show(value: Value): Plain {
  return toPlain<string>(value, LATER) as Plain;
}

function saidOf(diagnostics: Messages["DiagnosticsResponse"]["diagnostics"] = []): Said[] {
  return diagnostics.map(({ severity, summary, detail, attribute }) => ({
    severity: severity === 1 ? "error" : "warning",
    summary,
    detail,
    path: (attribute?.steps ?? [])
      .map((step) => String(Object.values(step as object).find((each) => each !== undefined)))
      .join("."),
  }));
}

/** A configuration with all that its schema has; what is left out is null. */
function completed(block: Block, config: unknown): Tree {
  const value = fromPlain(config, LATER);
  return treeOf([
    ...Object.entries(block.attributes).map(
      ([name, attribute]) => [name, completedAttribute(attribute, memberOf(value, name))] as const,
    ),
    ...Object.entries(block.blocks ?? {}).map(([name, nested]) => {
      const inner = memberOf(value, name);
      return [name, isTree(inner) ? completed(nested, inner) : null] as const;
    }),
  ]);
}

function completedAttribute(attribute: Attribute, value: Value): Value {
  if (!isNested(attribute) || !isTree(value)) return value;
  const { mode, attributes } = attribute.nested;
  if (mode === "single") return completed({ attributes }, value);
  const entries = Object.entries(value);
  return treeOf(entries.map(([key, each]) => [key, completedAttribute(one(attributes), each)]));
}

function one(attributes: Attributes): Attribute {
  return { nested: { mode: "single", attributes } };
}

/** Terraform's proposal: the configuration, with what is computed as it was before. */
function propose(block: Block, config: Tree, prior: Tree | null): Tree {
  const attributes = Object.entries(block.attributes).map(([name, attribute]) => {
    const given = memberOf(config, name);
    const before = prior === null ? null : memberOf(prior, name);
    if (given === null) return [name, attribute.computed ? before : null] as const;
    if (isNested(attribute) && attribute.nested.mode === "single" && isTree(given)) {
      const { attributes: inner } = attribute.nested;
      return [name, propose({ attributes: inner }, given, isTree(before) ? before : null)] as const;
    }
    return [name, given] as const;
  });
  const blocks = Object.keys(block.blocks ?? {}).map((name) => {
    return [name, memberOf(config, name)] as const;
  });
  return treeOf([...attributes, ...blocks]);
}
