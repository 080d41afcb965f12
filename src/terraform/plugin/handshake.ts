/** By these Terraform says that it is Terraform; go-plugin calls it the magic cookie. */
const COOKIE_NAME = "TF_PLUGIN_MAGIC_COOKIE";
const COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

const CORE_PROTOCOL = 1;
export const PROVIDER_PROTOCOL = 6;

/** How long Terraform waits for the handshake; one that has not called by then never will. */
export const HANDSHAKE_TIMEOUT_MS = 60_000;

/** Was it started by somebody else than Terraform? */
export function startedByHand(env: { readonly [name: string]: string | undefined }): boolean {
  return env[COOKIE_NAME] !== COOKIE;
}

/** The first line on stdout: where we listen, what we speak, and the certificate we show. */
export function formatHandshake(
  place: { readonly network: string; readonly address: string },
  certificate: Uint8Array | null,
): string {
  // Go's decoder wants base64 without padding here.
  const encoded = Buffer.from(certificate ?? [])
    .toString("base64")
    .replace(/=+$/, "");
  return [CORE_PROTOCOL, PROVIDER_PROTOCOL, place.network, place.address, "grpc", encoded].join(
    "|",
  );
}
