import type { Plugin } from "esbuild";

import { systemClock } from "../../../src/clock/system-clock.ts";
import { snapformProvider } from "../../../src/terraform/provider.ts";
import { providerServers } from "../../../src/terraform/server/provider-server.ts";
import { openRedactor } from "../../../src/terraform/server/redactor.ts";

/** Puts the reply to GetProviderSchema, made by the provider itself, where it reads its own. */
export function schemaReply(): Plugin {
  return {
    name: "schema-reply",
    setup(bundler) {
      bundler.onLoad({ filter: /[\\/]src[\\/]terraform[\\/]schema-reply\.ts$/ }, async () => {
        const encoded = Buffer.from(await madeReply()).toString("base64");
        return { contents: `export const SCHEMA_REPLY = Buffer.from("${encoded}", "base64");` };
      });
    },
  };
}

async function madeReply(): Promise<Uint8Array> {
  const openServer = providerServers(snapformProvider({ env: {}, directory: "/" }), {
    clock: systemClock,
    log: () => undefined,
    redactor: openRedactor(),
  });
  return await openServer().call("GetProviderSchema", new Uint8Array());
}
