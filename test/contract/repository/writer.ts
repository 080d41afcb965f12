// A process that stores snapshots in a repository, or sweeps it; for processes.test.ts. It says
// each snapshot that it has stored, in a line.
import { systemClock } from "../../../src/clock/system-clock.ts";
import { isSnapformError } from "../../../src/errors/index.ts";
import { openFilesystemRepository } from "../../../src/repository/filesystem/index.ts";
import {
  DAY_MS,
  idleContext,
  local,
  requestOf,
  streamed,
} from "../../../src/testing/repository/harness.ts";

const [path = "", folder = "", mode = "", name = "", count = "0"] = process.argv.slice(2);
const say = (line: string): boolean => process.stdout.write(`${line}\n`);

const repository = await openFilesystemRepository({
  name: "vault",
  path,
  undoMs: 0,
  clock: systemClock,
  expectedId: null,
  create: true,
});

async function write(index: number): Promise<void> {
  const id = `${name}${index}`;
  const large = Buffer.alloc(1_200_000, index % 3);
  const files = [
    await local(folder, `${name}-large`, large),
    streamed("shared", `shared ${index % 5}`),
    streamed("own", id),
  ];
  for (;;) {
    try {
      const manifest = await repository.write(requestOf(id, files), idleContext);
      say(manifest.id);
      return;
    } catch (error) {
      if (!isSnapformError(error) || !error.retryable) throw error;
    }
  }
}

async function sweep(): Promise<void> {
  // A day ahead nothing counts as touched of late, so only the order of steps protects a writer.
  const now = new Date(systemClock.now().getTime() + 2 * DAY_MS);
  const { removedObjectCount } = await repository.sweep(now, { dryRun: false }, idleContext.signal);
  say(`swept ${removedObjectCount}`);
}

for (let index = 0; index < Number(count); index += 1) {
  if (mode === "write") await write(index);
  else await sweep();
}
await repository.close();
