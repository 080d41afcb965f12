import { systemClock } from "../../../../src/clock/system-clock.ts";
import type { ProviderDefinition } from "../../../../src/terraform/server/definition.ts";
import type { LogFields } from "../../../../src/terraform/server/log.ts";
import { redactedLog } from "../../../../src/terraform/server/log.ts";
import { providerServers } from "../../../../src/terraform/server/provider-server.ts";
import { openRedactor } from "../../../../src/terraform/server/redactor.ts";
import { decodeValue } from "../../../../src/terraform/wire/decode-value.ts";
import { encodeValue } from "../../../../src/terraform/wire/encode-value.ts";
import type { DynamicValue, Messages } from "../../../../src/terraform/wire/messages.ts";
import { fromPlain } from "../../../../src/terraform/wire/plain.ts";
import { decodeMessage, encodeMessage } from "../../../../src/terraform/wire/protobuf.ts";
import { objectType, type ObjectSchema } from "../../../../src/terraform/wire/schema.ts";
import { hasUnknown, isTree, type Tree } from "../../../../src/terraform/wire/value.ts";

export interface Logged {
  readonly message: string;
  readonly fields: LogFields;
}

/** Calls a provider as Terraform does, in bytes, without Terraform. */
export interface Client {
  readonly logged: Logged[];
  call<Q extends keyof Messages, P extends keyof Messages>(
    method: string,
    request: readonly [Q, Partial<Messages[Q]>],
    response: P,
  ): Promise<Messages[P]>;
  stop(): void;
  crash(error: unknown): void;
}

export function openClient<C>(definition: ProviderDefinition<C>): Client {
  const logged: Logged[] = [];
  const redactor = openRedactor();
  const log = redactedLog((_level, message, fields = {}) => {
    logged.push({ message, fields });
  }, redactor);
  const server = providerServers(definition, { clock: systemClock, log, redactor })();
  return {
    logged,
    async call(method, [name, request], response) {
      return decodeMessage(response, await server.call(method, encodeMessage(name, request)));
    },
    stop: () => server.stop(),
    crash: (error) => server.crash(error),
  };
}

export function encodeObject(schema: ObjectSchema, plain: unknown): DynamicValue {
  return { msgpack: encodeValue(objectType(schema), fromPlain(plain)) };
}

/** The object of a reply; it must be whole, as Terraform insists. */
export function decodeObject(schema: ObjectSchema, message: DynamicValue | undefined): Tree | null {
  const value = decodeValue(objectType(schema), message);
  if (hasUnknown(value)) return null;
  return isTree(value) ? value : null;
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
