#!/usr/bin/env node
// The process of the provider: Terraform starts it. May know Node's process; everything else is
// handed in. Invariant: nothing but the handshake is ever on stdout, and the configuration comes
// from Terraform and the environment only.
import { systemClock } from "../workspace/workspace.ts";
import { serve } from "./plugin/serve.ts";
import { PROVIDER_ADDRESS } from "./provider-address.ts";

// Not awaited: built as one file it runs as a script, which cannot.
void serve(
  async () => {
    const { snapformProvider } = await import("./provider.ts");
    return snapformProvider({ env: process.env, directory: process.cwd() });
  },
  {
    host: process,
    clock: systemClock,
    address: PROVIDER_ADDRESS,
    schemaReply: async () => (await import("./schema-reply.ts")).SCHEMA_REPLY,
  },
);
