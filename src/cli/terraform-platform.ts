/** What Terraform calls Node's names of systems and processors. */
const systems: Readonly<Record<string, string>> = Object.freeze({
  darwin: "darwin",
  freebsd: "freebsd",
  linux: "linux",
  win32: "windows",
});

const processors: Readonly<Record<string, string>> = Object.freeze({
  arm: "arm",
  arm64: "arm64",
  ia32: "386",
  x64: "amd64",
});

/** A kind of machine in Terraform's words, e.g. `linux_amd64`; null where it has none for it. */
export function terraformPlatform(platform: string, arch: string): string | null {
  const [system, processor] = [systems[platform], processors[arch]];
  return system === undefined || processor === undefined ? null : `${system}_${processor}`;
}
