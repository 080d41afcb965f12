import { readFile } from "node:fs/promises";
import { SnapformError } from "../../errors/index.ts";

const CERTIFICATE = /-----BEGIN (TRUSTED )?CERTIFICATE-----/;

/** The text of a PEM file with certificate authorities; null where none is named. */
export async function readCaFile(cluster: string, path: string | null): Promise<string | null> {
  if (path === null) return null;
  const what = `cluster ${cluster}: caFile ${path}`;
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    const cause = { cause: error, hint: "Give the path of a PEM file that can be read." };
    throw new SnapformError("failed-precondition", `${what} cannot be read`, cause);
  });
  if (CERTIFICATE.test(text)) return text;
  throw new SnapformError("failed-precondition", `${what} holds no certificate in PEM form`);
}
