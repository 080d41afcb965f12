// Adds to package-lock.json the optional dependencies that npm left out.
//
// npm drops builds for other platforms when the registry that it talks to does not mirror them,
// and `npm ci` then refuses the lock. Versions of such builds are exact in the package that names
// them and the platform is in their name, so an entry needs nothing from the network.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Entry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  /** Comes inside the package above it, with all that it needs. */
  readonly inBundle?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const file = join(import.meta.dirname, "..", "package-lock.json");
const systems = "aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32";
const processors = "arm64|arm|x64|ia32|loong64|mips64el|ppc64|riscv64|s390x";
const platform = new RegExp(`(${systems})-(${processors})(?:-(\\w+))?$`);

function entryFor(name: string, version: string, parent: Entry): Entry {
  const [, os, cpu, abi = ""] = platform.exec(name) ?? [];
  if (os === undefined || cpu === undefined || !/^\d/.test(version)) {
    throw new Error(`${name}@${version} is missing from the lock and is no build for a platform`);
  }
  const libc = /^(gnu|musl)/.exec(abi)?.[1] === "musl" ? "musl" : "glibc";
  return {
    version,
    cpu: [cpu],
    ...(parent.dev === true ? { dev: true } : {}),
    ...(os === "linux" && abi !== "" ? { libc: [libc] } : {}),
    optional: true,
    os: [os],
  };
}

const lock = JSON.parse(readFileSync(file, "utf8")) as { packages: Record<string, Entry> };
const added: Record<string, Entry> = {};
for (const parent of Object.values(lock.packages)) {
  if (parent.inBundle === true) continue;
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`;
    if (lock.packages[path] === undefined) added[path] = entryFor(name, version, parent);
  }
}
const packages = Object.entries({ ...lock.packages, ...added });
packages.sort(([a], [b]) => a.localeCompare(b, "en"));
writeFileSync(
  file,
  `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`,
);
console.log(`package-lock.json: ${Object.keys(added).length} builds for other platforms added`);
