import type { Log } from "../server/log.ts";
import type { ProviderServer } from "../server/provider-server.ts";

export interface LateServerOptions {
  /** Called once at most, by the first call that needs the provider. */
  readonly load: () => Promise<ProviderServer>;
  /** Replies that were made before, by method; null where there is none after all. */
  readonly ready: { readonly [method: string]: () => Promise<Uint8Array | null> };
  readonly log: Log;
}

/**
 * Answers the calls of one connection without the provider where it can: the process that Terraform
 * asks for the schema alone needs nothing of it, and to load it takes longer than to answer.
 */
export function lateServer({ load, ready, log }: LateServerOptions): ProviderServer {
  let loading: Promise<ProviderServer> | null = null;
  let server: ProviderServer | null = null;
  /** What happened to a server that was not there yet. */
  const missed: ((server: ProviderServer) => void)[] = [];
  const tell = (what: (server: ProviderServer) => void): void => {
    if (server === null) missed.push(what);
    else what(server);
  };
  const loaded = async (): Promise<ProviderServer> => {
    loading ??= load().then((opened) => {
      server = opened;
      for (const each of missed.splice(0)) each(opened);
      return opened;
    });
    return await loading;
  };
  return {
    async call(method, request) {
      const reply = Object.hasOwn(ready, method) ? await ready[method]?.() : null;
      if (!reply) return await (await loaded()).call(method, request);
      log("trace", "called", { method });
      return reply;
    },
    stop: () => tell((each) => each.stop()),
    crash: (error) => tell((each) => each.crash(error)),
  };
}
