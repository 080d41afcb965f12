import { SnapformError } from "../../errors/index.ts";
import { decodeValue } from "../wire/decode-value.ts";
import { encodeValue } from "../wire/encode-value.ts";
import type { DynamicValue } from "../wire/messages.ts";
import { objectType, type ObjectSchema } from "../wire/schema.ts";
import type { Type } from "../wire/type.ts";
import { isTree, type Tree } from "../wire/value.ts";
import type { DataSourceType, ProviderDefinition, ResourceType } from "./definition.ts";
import { withTimeouts } from "./timeouts.ts";

/** A schema beside the type of its objects. */
export interface Kind {
  readonly schema: ObjectSchema;
  readonly type: Type;
}

export interface ResourceKind<C> extends Kind {
  readonly name: string;
  readonly resource: ResourceType<C>;
}

export interface DataSourceKind<C> extends Kind {
  readonly source: DataSourceType<C>;
}

/** What a provider has, ready to be asked for by name. */
export interface Kinds<C> {
  readonly provider: Kind;
  readonly resources: ReadonlyMap<string, ResourceKind<C>>;
  readonly dataSources: ReadonlyMap<string, DataSourceKind<C>>;
}

export function kindsOf<C>(definition: ProviderDefinition<C>): Kinds<C> {
  const kind = (schema: ObjectSchema): Kind => ({ schema, type: objectType(schema) });
  return {
    provider: kind(definition.schema),
    resources: new Map(
      Object.entries(definition.resources).map(([name, resource]) => {
        const schema = withTimeouts(resource.schema, resource.timeouts);
        return [name, { ...kind(schema), name, resource }] as const;
      }),
    ),
    dataSources: new Map(
      Object.entries(definition.dataSources).map(([name, source]) => {
        return [name, { ...kind(source.schema), source }] as const;
      }),
    ),
  };
}

/** Throws `invalid-argument` where there is none of that name. */
export function kindNamed<T>(kinds: ReadonlyMap<string, T>, name: string): T {
  const found = kinds.get(name);
  if (found !== undefined) return found;
  const known = [...kinds.keys()].join(", ");
  throw new SnapformError("invalid-argument", `no type ${name}; there are ${known}`);
}

/** What an object was read from. */
interface Origin {
  readonly kind: Kind;
  readonly message: DynamicValue;
}

/** Of objects that came: one that leaves as it came is neither checked nor written anew. */
const origins = new WeakMap<Tree, Origin>();

/** An object that came; null where there is none. */
export function decodeTree(kind: Kind, message: DynamicValue | undefined): Tree | null {
  const value = decodeValue(kind.type, message);
  if (!isTree(value)) return null;
  if (message?.msgpack === undefined) return value;
  // What came is a part of a large buffer of the socket, which would stay as long as the object.
  const msgpack = Uint8Array.from(message.msgpack);
  origins.set(value, { kind, message: { msgpack } });
  return value;
}

/** Whether Terraform sent this very object, as one of this kind. */
export function isAsItCame(kind: Kind, tree: Tree): boolean {
  return origins.get(tree)?.kind === kind;
}

/** An object that goes out; it conforms to the schema. */
export function encodeTree(kind: Kind, tree: Tree | null): DynamicValue {
  const origin = tree === null ? undefined : origins.get(tree);
  return origin?.kind === kind ? origin.message : { msgpack: encodeValue(kind.type, tree) };
}
