import { mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../clock/clock.ts";
import type { Host } from "./host.ts";

/** Where the server listens. */
export interface Place {
  readonly network: "unix" | "tcp";
  /** The socket's path; or host and port, once it listens. */
  readonly address: string;
  /** What `listen` of Node's servers takes. */
  readonly listen: { readonly path: string } | { readonly host: string; readonly port: number };
  /** Tells on which port it listens; only for `tcp`. */
  listening(port: number): void;
  /** Takes everything away that was made for it. Synchronous, so that it can be the last act. */
  remove(): void;
}

const LOOPBACK = "127.0.0.1";

/** A socket in a folder that nobody else may enter; on Windows a port of this machine only. */
export function openPlace({ platform }: Host, clock: Clock): Place {
  if (platform === "win32") return loopback();
  const folder = join(tmpdir(), `terraform-provider-${clock.randomHex(8)}`);
  mkdirSync(folder, { mode: 0o700 });
  const path = join(folder, "provider.sock");
  return {
    network: "unix",
    address: path,
    listen: { path },
    listening: () => undefined,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function loopback(): Place {
  let address = LOOPBACK;
  return {
    network: "tcp",
    get address() {
      return address;
    },
    listen: { host: LOOPBACK, port: 0 },
    listening(port) {
      address = `${LOOPBACK}:${port}`;
    },
    remove: () => undefined,
  };
}
