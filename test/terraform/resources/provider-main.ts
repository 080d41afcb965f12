import { readFileSync } from "node:fs";
import { systemClock } from "../../../src/clock/system-clock.ts";
import { serve } from "../../../src/terraform/plugin/serve.ts";
import { PROVIDER_ADDRESS, snapformProvider } from "../../../src/terraform/provider.ts";

/** The provider as a process whose time stands in a file: each look at the clock reads it. */
const file = process.env["SNAPFORM_TEST_CLOCK"] ?? "";
const clock = { ...systemClock, now: () => new Date(readFileSync(file, "utf8").trim()) };
const provider = snapformProvider({ env: process.env, directory: process.cwd() });
await serve(provider, { host: process, clock, address: PROVIDER_ADDRESS });
