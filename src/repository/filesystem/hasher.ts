import { createHash } from "node:crypto";
import type { HashName } from "../../snapshot/manifest.ts";

/** Hashes bytes as they come; `digest` is lower-case hexadecimal and ends it. */
export interface Hasher {
  update(bytes: Uint8Array): unknown;
  digest(): string;
}

type MakeHasher = () => Hasher | Promise<Hasher>;

/**
 * BLAKE3 by native code where its package is installed, else by WebAssembly, which is in every
 * installation: a tenth of the speed, the same hash.
 */
async function loadBlake3(): Promise<MakeHasher> {
  try {
    const { Blake3Hasher } = await import("@napi-rs/blake-hash");
    return () => {
      const native = new Blake3Hasher();
      return { update: (bytes) => native.update(bytes), digest: () => native.digest("hex") };
    };
  } catch {
    const { createBLAKE3 } = await import("hash-wasm");
    return async () => {
      const wasm = await createBLAKE3();
      return { update: (bytes) => wasm.update(bytes), digest: () => wasm.digest("hex") };
    };
  }
}

let blake3: Promise<MakeHasher> | null = null;

/** Starts a hash. */
export async function createHasher(name: HashName): Promise<Hasher> {
  if (name === "sha256") {
    const sha256 = createHash("sha256");
    return { update: (bytes) => sha256.update(bytes), digest: () => sha256.digest("hex") };
  }
  blake3 ??= loadBlake3();
  return (await blake3)();
}
