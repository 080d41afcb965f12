// test/terraform/client/ is Terraform's side of go-plugin, without Terraform: it starts the example
// provider as a process, shakes hands, and calls it in bytes. May know the wire and the schemas of
// the example; of plugin/ only how DER is written. Invariant: no process of a test outlives it.
import type { DynamicValue } from "../../../src/terraform/wire/messages.ts";
import { withTimeouts } from "../../../src/terraform/server/timeouts.ts";
import { exampleProvider } from "../example-provider.ts";
import { encodeObject } from "../../unit/terraform/server/client.ts";
import { dial, parseHandshake, type GrpcClient } from "./grpc-client.ts";
import { startProvider, type ProviderProcess } from "./provider-process.ts";

/** A provider that runs and is connected, and configured to keep its things in its store. */
export interface Connected {
  readonly provider: ProviderProcess;
  readonly client: GrpcClient;
}

export async function connect(env: NodeJS.ProcessEnv = {}): Promise<Connected> {
  const provider = await startProvider(env);
  const client = dial(parseHandshake(await provider.handshake), provider.identity);
  await configure(client, provider.store);
  return { provider, client };
}

export async function configure(client: GrpcClient, folder: string): Promise<void> {
  const config = encodeObject(exampleProvider.schema, { folder, token: null });
  const request = { terraformVersion: "1.11.4", config };
  await client.call("ConfigureProvider", ["ConfigureRequest", request], "DiagnosticsResponse");
}

const { schema, timeouts } = exampleProvider.resources["example_thing"] ?? {
  schema: { attributes: {} },
};

/** The schema of `example_thing` as it is served, and one of its values with all else null. */
export const thingSchema = withTimeouts(schema, timeouts);

export function thing(members: Readonly<Record<string, unknown>>): DynamicValue {
  return encodeObject(thingSchema, members);
}
