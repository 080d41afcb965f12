import { systemClock } from "../../src/clock/system-clock.ts";
import { serve } from "../../src/terraform/plugin/serve.ts";
import { exampleProvider } from "./example-provider.ts";

/** The example provider as a process. */
await serve(exampleProvider, {
  host: process,
  clock: systemClock,
  address: "registry.terraform.io/test/example",
});
