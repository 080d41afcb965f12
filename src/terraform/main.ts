#!/usr/bin/env node
// The process of the provider: Terraform starts it. May know Node's process; everything else is
// handed in. Invariant: nothing but the handshake is ever on stdout, and the configuration comes
// from Terraform and the environment only.
import { systemClock } from "../workspace/workspace.ts";
import { serve } from "./plugin/serve.ts";
import { PROVIDER_ADDRESS, snapformProvider } from "./provider.ts";

const provider = snapformProvider({ env: process.env, directory: process.cwd() });
// Not awaited: built as one file it runs as CommonJS, which cannot.
void serve(provider, { host: process, clock: systemClock, address: PROVIDER_ADDRESS });
