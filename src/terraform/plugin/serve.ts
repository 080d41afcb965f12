// terraform/plugin/ is the process around a provider: the handshake with Terraform, TLS, gRPC over
// HTTP/2, and an end at the right moment. May know server/ and Node's network; nothing of what the
// provider does. Invariant: a call that runs is answered before the process ends, whoever wants it
// to end (Terraform, its death, a signal, a crash), and nothing but the handshake is on stdout.
import type { Clock } from "../../clock/clock.ts";
import type { ProviderDefinition } from "../server/definition.ts";
import { redactedLog } from "../server/log.ts";
import type { ProviderServer } from "../server/provider-server.ts";
import { openRedactor } from "../server/redactor.ts";
import type { SessionOptions } from "../server/session.ts";
import { bytesOfPem, createCertificate, type Certificate } from "./certificate.ts";
import { formatReattach } from "./debug.ts";
import { openDoor } from "./door.ts";
import type { Tls } from "./grpc-server.ts";
import { formatHandshake, HANDSHAKE_TIMEOUT_MS, startedByHand } from "./handshake.ts";
import { lateServer } from "./late-server.ts";
import { openLifecycle } from "./lifecycle.ts";
import { hclog, levelOf } from "./hclog.ts";
import { openPlace } from "./place.ts";
import { writeLine, type Host } from "./host.ts";

export interface ServeOptions {
  /** The process to serve in: Node's own. */
  readonly host: Host;
  readonly clock: Clock;
  /** As in `required_providers`, e.g. `registry.terraform.io/example/example`. */
  readonly address: string;
  /** The reply to GetProviderSchema where it was made before; null: the provider is asked. */
  readonly schemaReply?: () => Promise<Uint8Array | null>;
}

/**
 * Serves a provider until Terraform, a signal or a failure ends the process. With the argument
 * `--debug` it serves any number of runs, and prints the variable by which Terraform finds it.
 * What is needed to answer is loaded after the handshake, while Terraform sets out to connect; the
 * provider, where a function loads it, with the first call that it is needed for.
 */
export async function serve<C>(
  provider: ProviderDefinition<C> | (() => Promise<ProviderDefinition<C>>),
  options: ServeOptions,
): Promise<void> {
  const { host, clock, address, schemaReply } = options;
  const isDebug = host.argv.slice(2).includes("--debug");
  if (!isDebug && startedByHand(host.env)) {
    writeLine(2, explanation(address));
    host.exit(1);
    return;
  }
  const place = openPlace(host, clock);
  const redactor = openRedactor();
  const redact = (text: string): string => redactor.redact(text);
  const lifecycle = openLifecycle({
    host,
    clock,
    isDebug,
    redact,
    close: () => place.remove(),
  });
  const log = redactedLog(hclog(clock, address, levelOf(host.env, isDebug)), redactor);
  const clientCertificate = isDebug ? undefined : host.env["PLUGIN_CLIENT_CERT"];
  const tls = clientCertificate ? tlsOf(clientCertificate, clock) : null;
  const door = await openDoor(place);
  announce(place, tls?.certificate ?? null, { ...options, isDebug });
  if (!isDebug) lifecycle.expectSession(HANDSHAKE_TIMEOUT_MS);
  let servers: Promise<() => ProviderServer> | null = null;
  const load = async (): Promise<ProviderServer> => {
    servers ??= loadServers(provider, { clock, log, redactor });
    return (await servers)();
  };
  const ready = schemaReply === undefined ? {} : { GetProviderSchema: schemaReply };
  const { startGrpcServer } = await import("./grpc-server.ts");
  await startGrpcServer({
    door,
    tls,
    openServer: () => lateServer({ load, ready, log }),
    lifecycle,
    log,
    redact,
  });
}

async function loadServers<C>(
  provider: ProviderDefinition<C> | (() => Promise<ProviderDefinition<C>>),
  options: SessionOptions,
): Promise<() => ProviderServer> {
  const [definition, { providerServers }] = await Promise.all([
    typeof provider === "function" ? provider() : provider,
    import("../server/provider-server.ts"),
  ]);
  return providerServers(definition, options);
}

/** Throws where the certificate is none: nobody is told to connect to that. */
function tlsOf(clientCertificate: string, clock: Clock): Tls {
  return { certificate: createCertificate(clock), pinned: bytesOfPem(clientCertificate) };
}

function announce(
  place: { readonly network: string; readonly address: string },
  certificate: Certificate | null,
  { host, address, isDebug }: ServeOptions & { readonly isDebug: boolean },
): void {
  writeLine(
    1,
    isDebug
      ? formatReattach(address, host.pid, place)
      : formatHandshake(place, certificate?.der ?? null),
  );
}

function explanation(address: string): string {
  return (
    `This is the provider ${address} of Terraform. Terraform starts it by itself; it is not ` +
    "to be started by hand.\nTo debug it, start it with --debug and follow what it prints."
  );
}
