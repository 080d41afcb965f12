import { X509Certificate } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { configure } from "./connect.ts";
import { dial, parseHandshake } from "./grpc-client.ts";
import { COOKIE, startProvider, type ProviderProcess } from "./provider-process.ts";

describe.skipIf(process.platform === "win32")("the handshake of a provider", () => {
  let provider: ProviderProcess;

  afterEach(async () => {
    await provider.close();
  });

  it("is one line of six parts, and all that is ever on stdout", async () => {
    provider = await startProvider();
    const line = await provider.handshake;
    expect(line).toMatch(/^1\|6\|unix\|[^|]+\/provider\.sock\|grpc\|[A-Za-z0-9+/]+$/);
    const { path, certificate } = parseHandshake(line);
    const shown = new X509Certificate(certificate ?? "");
    expect(shown.checkHost("localhost")).toBe("localhost");
    expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
    expect(path.startsWith(provider.temporary)).toBe(true);
    const client = dial(parseHandshake(line), provider.identity);
    await configure(client, provider.store);
    await client.send("/plugin.GRPCController/Shutdown", Buffer.alloc(5));
    expect(await provider.ended).toMatchObject({ status: 0, stdout: `${line}\n`, stderr: "" });
  });

  it.each([
    ["no cookie", undefined],
    ["an empty cookie", ""],
    ["a wrong cookie", COOKIE.toUpperCase()],
  ])("does not take place with %s: the process says why and ends with 1", async (_what, cookie) => {
    provider = await startProvider({ TF_PLUGIN_MAGIC_COOKIE: cookie });
    const { status, stdout, stderr } = await provider.ended;
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /^This is the provider registry\.terraform\.io\/test\/example of Terraform\. .* by hand\.\n/,
    );
    expect(await readdir(provider.temporary)).toEqual([]);
  });

  it.each([
    ["without a certificate", undefined],
    ["with an empty one", ""],
  ])("names no certificate where it is asked for %s, and TLS is off", async (_what, cert) => {
    provider = await startProvider({ PLUGIN_CLIENT_CERT: cert });
    const line = await provider.handshake;
    expect(line).toMatch(/^1\|6\|unix\|[^|]+\|grpc\|$/);
    const client = dial(parseHandshake(line), null);
    await configure(client, provider.store);
    await client.send("/plugin.GRPCController/Shutdown", Buffer.alloc(5));
    expect((await provider.ended).status).toBe(0);
  });

  it("does not take place with a certificate that is none: never is TLS left out for that", async () => {
    provider = await startProvider({ PLUGIN_CLIENT_CERT: "no certificate" });
    const { status, stdout, stderr } = await provider.ended;
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^panic: /);
    expect(await readdir(provider.temporary)).toEqual([]);
  });
});
