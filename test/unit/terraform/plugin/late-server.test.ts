import { describe, expect, it } from "vitest";
import { SnapformError } from "../../../../src/errors/index.ts";
import { lateServer } from "../../../../src/terraform/plugin/late-server.ts";
import type { ProviderServer } from "../../../../src/terraform/server/provider-server.ts";

const EMPTY = new Uint8Array();
const READY = Uint8Array.of(1);

/** A server that notes what it is told, and opens when it is let. */
function scene(reply: Uint8Array | null = READY) {
  const told: string[] = [];
  const { promise: allowed, resolve: allow } = Promise.withResolvers<void>();
  const opened: ProviderServer = {
    call: (method) => {
      told.push(method);
      return Promise.resolve(Uint8Array.of(2));
    },
    stop: () => told.push("stop"),
    crash: (error) => told.push(`crash ${String(error)}`),
  };
  const server = lateServer({
    load: async () => {
      told.push("load");
      await allowed;
      return opened;
    },
    ready: { GetProviderSchema: () => Promise.resolve(reply) },
    log: () => undefined,
  });
  return { told, allow, server };
}

describe("a server whose provider comes late", () => {
  it("answers what is ready without the provider", async () => {
    const { server, told } = scene();
    expect(await server.call("GetProviderSchema", EMPTY)).toBe(READY);
    expect(told).toEqual([]);
  });

  it("asks the provider where nothing is ready after all", async () => {
    const { server, told, allow } = scene(null);
    allow();
    expect(await server.call("GetProviderSchema", EMPTY)).toEqual(Uint8Array.of(2));
    expect(told).toEqual(["load", "GetProviderSchema"]);
  });

  it("loads once for calls that come together", async () => {
    const { server, told, allow } = scene();
    const calls = [server.call("GetMetadata", EMPTY), server.call("toString", EMPTY)];
    allow();
    await Promise.all(calls);
    expect(told).toEqual(["load", "GetMetadata", "toString"]);
  });

  it("passes on what happened before the provider was there, in its order", async () => {
    const { server, told, allow } = scene();
    const call = server.call("ApplyResourceChange", EMPTY);
    server.stop();
    server.crash("out of memory");
    allow();
    await call;
    server.stop();
    expect(told).toEqual(["load", "stop", "crash out of memory", "ApplyResourceChange", "stop"]);
  });

  it("fails each call that needs a provider that cannot be loaded", async () => {
    const failure = new SnapformError("internal", "the file was overwritten");
    const server = lateServer({
      load: () => Promise.reject(failure),
      ready: {},
      log: () => undefined,
    });
    await expect(server.call("GetMetadata", EMPTY)).rejects.toBe(failure);
    await expect(server.call("GetFunctions", EMPTY)).rejects.toBe(failure);
  });
});
