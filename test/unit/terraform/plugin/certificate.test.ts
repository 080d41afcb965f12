import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../../../src/clock/system-clock.ts";
import { bytesOfPem, createCertificate } from "../../../../src/terraform/plugin/certificate.ts";
import { formatHandshake } from "../../../../src/terraform/plugin/handshake.ts";

describe("the certificate of a provider", () => {
  const made = createCertificate(systemClock);
  const parsed = new X509Certificate(made.pem);

  it("is valid now, for localhost, and signed by its own key", () => {
    expect(parsed.checkHost("localhost")).toBe("localhost");
    expect(parsed.subject).toBe("CN=localhost");
    expect(parsed.verify(parsed.publicKey)).toBe(true);
    expect(parsed.publicKey.asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
    const now = systemClock.now().getTime();
    expect(Date.parse(parsed.validFrom)).toBeLessThan(now);
    expect(Date.parse(parsed.validTo)).toBeGreaterThan(now);
    expect(Buffer.from(made.der).equals(parsed.raw)).toBe(true);
  });

  it("of somebody else is compared by its bytes, and refused where it is none", () => {
    expect(bytesOfPem(made.pem).equals(parsed.raw)).toBe(true);
    const [head, , tail] = made.pem.split("\n");
    for (const none of ["", "no certificate", `${head}\n%%%%\n${tail}`, `${head}\nAAAA\n${tail}`]) {
      expect(() => bytesOfPem(none)).toThrow("the certificate of Terraform cannot be read");
    }
  });

  it("is another one each time", () => {
    const other = new X509Certificate(createCertificate(systemClock).pem);
    expect(other.serialNumber).not.toBe(parsed.serialNumber);
    expect(other.fingerprint256).not.toBe(parsed.fingerprint256);
  });

  it("stands in the handshake without padding", () => {
    const line = formatHandshake({ network: "unix", address: "/x.sock" }, made.der);
    const [core, protocol, network, address, kind, certificate = ""] = line.split("|");
    expect([core, protocol, network, address, kind]).toEqual(["1", "6", "unix", "/x.sock", "grpc"]);
    expect(certificate).not.toContain("=");
    expect(Buffer.from(certificate, "base64").equals(parsed.raw)).toBe(true);
    expect(formatHandshake({ network: "tcp", address: "127.0.0.1:1" }, null)).toBe(
      "1|6|tcp|127.0.0.1:1|grpc|",
    );
  });
});
