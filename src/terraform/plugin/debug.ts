import { PROVIDER_PROTOCOL } from "./handshake.ts";

/** What to set so that Terraform talks to this process instead of starting one. */
export function formatReattach(
  address: string,
  pid: number,
  place: { readonly network: string; readonly address: string },
): string {
  const config = {
    Protocol: "grpc",
    ProtocolVersion: PROVIDER_PROTOCOL,
    Pid: pid,
    // Terraform must not end a process that it has not started.
    Test: true,
    Addr: { Network: place.network, String: place.address },
  };
  // OpenTofu takes the same source for an address in a registry of its own.
  const addresses = [
    address,
    address.replace(/^registry\.terraform\.io\//, "registry.opentofu.org/"),
  ];
  const configs = Object.fromEntries(addresses.map((each) => [each, config]));
  return (
    "The provider waits for Terraform. In another terminal, set this and run Terraform:\n\n" +
    `TF_REATTACH_PROVIDERS='${JSON.stringify(configs)}'\n`
  );
}
