import { readFileSync, writeFileSync } from "node:fs";
import { systemClock } from "../../../src/clock/system-clock.ts";
import { wrapDriver } from "../../../src/engine/wrap.ts";
import {
  observeFilesystemRepository,
  openFilesystemRepository,
} from "../../../src/repository/filesystem/index.ts";
import { serve } from "../../../src/terraform/plugin/serve.ts";
import { PROVIDER_ADDRESS, snapformProvider } from "../../../src/terraform/provider.ts";
import { capabilitiesOf, openDriver } from "../../../src/workspace/drivers.ts";
import type { ResourceSources } from "../../../src/workspace/resources.ts";

/**
 * The provider as a process for tests: its time stands in a file, which each look at the clock
 * reads, and where it is told to it stands still in the middle of an apply.
 */
const file = process.env["SNAPFORM_TEST_CLOCK"] ?? "";
const clock = { ...systemClock, now: () => new Date(readFileSync(file, "utf8").trim()) };

/** `COLLECTION:FILE`: before it takes a snapshot of that collection it writes the file and waits. */
const pause = process.env["SNAPFORM_TEST_PAUSE"] ?? "";
const [paused, sign] = pause.split(":");

const sources: ResourceSources = {
  async openDriver(cluster, itsClock) {
    const driver = await openDriver(cluster, itsClock);
    if (sign === undefined) return driver;
    const bound = wrapDriver(driver, (_method, call) => call());
    return {
      ...bound,
      capture: async (request, context) => {
        if (request.collection === paused) {
          writeFileSync(sign, "paused");
          await clock.sleep(600_000, context.signal);
        }
        if (bound.capture === undefined) throw new Error("this engine cannot be captured");
        return bound.capture(request, context);
      },
    };
  },
  capabilitiesOf,
  openRepository: openFilesystemRepository,
  observeRepository: observeFilesystemRepository,
};

const provider = snapformProvider({ env: process.env, directory: process.cwd(), sources });
await serve(provider, { host: process, clock, address: PROVIDER_ADDRESS });
