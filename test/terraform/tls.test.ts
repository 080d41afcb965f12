import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { connect as connectHttp, type ClientHttp2Session } from "node:http2";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { connect } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import { createCertificate, type Certificate } from "../../src/terraform/plugin/certificate.ts";
import { frame, unframe } from "../../src/terraform/plugin/grpc-frame.ts";
import { eventually, isAlive } from "./scene.ts";

const MAIN = join(import.meta.dirname, "example-main.ts");
const COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

interface Answer {
  readonly status: string;
  readonly body: Buffer;
}

async function call(session: ClientHttp2Session, path: string): Promise<Answer> {
  const stream = session.request({
    ":method": "POST",
    ":path": path,
    "content-type": "application/grpc",
    te: "trailers",
  });
  let status = "";
  stream.on("trailers", (trailers) => (status = String(trailers["grpc-status"])));
  stream.end(frame(new Uint8Array()));
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return { status, body: Buffer.concat(chunks) };
}

describe.skipIf(process.platform === "win32")("a provider's connection", () => {
  const client = createCertificate(systemClock);
  let folder: string;
  let pid: number;
  let path: string;
  let ca: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "sf-tls-"));
    const child = spawn(process.execPath, [MAIN], {
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        ...process.env,
        TMPDIR: folder,
        TF_PLUGIN_MAGIC_COOKIE: COOKIE,
        PLUGIN_CLIENT_CERT: client.pem,
      },
    });
    pid = child.pid ?? 0;
    const line = await new Promise<string>((resolve, reject) => {
      child.once("close", () => reject(new Error("the provider ended")));
      child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString()));
    });
    const parts = line.trim().split("|");
    path = parts[3] ?? "";
    // The handshake has no padding, which OpenSSL wants.
    const padded = Buffer.from(parts[5] ?? "", "base64").toString("base64");
    const lines = padded.match(/.{1,64}/g) ?? [];
    ca = `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
  });
  afterEach(async () => {
    if (isAlive(pid)) process.kill(pid, "SIGTERM");
    await eventually("the provider ends", async () => !isAlive(pid));
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
  });

  const dial = (as: Certificate | null): ClientHttp2Session => {
    const own = as && { cert: as.pem, key: as.key };
    return connectHttp("https://localhost", {
      createConnection: () =>
        connect({ path, ca, servername: "localhost", ALPNProtocols: ["h2"], ...own }),
    });
  };

  it("lies in a folder that nobody else may enter", async () => {
    expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
  });

  it("answers whoever shows the announced certificate, and ends at their word", async () => {
    const session = dial(client);
    const health = await call(session, "/grpc.health.v1.Health/Check");
    expect([health.status, ...unframe(health.body)]).toEqual(["0", 8, 1]);
    expect((await call(session, "/plugin.Unheard/Of")).status).toBe("12");
    expect((await call(session, "/tfplugin6.Provider/Unheard")).status).toBe("12");
    expect((await call(session, "/tfplugin6.Provider/GetProviderSchema")).status).toBe("0");
    expect((await call(session, "/plugin.GRPCController/Shutdown")).status).toBe("0");
    session.close();
    await eventually("the provider ends", async () => !isAlive(pid));
  });

  it.each([
    ["no certificate", null],
    ["another certificate", createCertificate(systemClock)],
  ])("is refused to whoever shows %s", async (_what, shown) => {
    const session = dial(shown);
    session.on("error", () => undefined);
    // TLS 1.3 lets a client believe for a moment that it is welcome; it gets no answer.
    const answer = await call(session, "/grpc.health.v1.Health/Check").catch(() => null);
    expect(answer ?? { status: "", body: Buffer.alloc(0) }).toEqual({
      status: "",
      body: Buffer.alloc(0),
    });
    session.destroy();
    expect(isAlive(pid)).toBe(true);
  });
});
