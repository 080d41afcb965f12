import { PROVIDER_PROTOCOL } from "./handshake.ts";

/** What to set so that Terraform talks to this process instead of starting one. */
export function formatReattach(
  address: string,
  pid: number,
  place: { readonly network: string; readonly address: string },
): string {
  const config = {
    [address]: {
      Protocol: "grpc",
      ProtocolVersion: PROVIDER_PROTOCOL,
      Pid: pid,
      // Terraform must not end a process that it has not started.
      Test: true,
      Addr: { Network: place.network, String: place.address },
    },
  };
  return (
    "The provider waits for Terraform. In another terminal, set this and run Terraform:\n\n" +
    `TF_REATTACH_PROVIDERS='${JSON.stringify(config)}'\n`
  );
}
