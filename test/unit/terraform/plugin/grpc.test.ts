import { describe, expect, it } from "vitest";
import { SnapformError } from "../../../../src/errors/index.ts";
import { frame, unframe } from "../../../../src/terraform/plugin/grpc-frame.ts";
import { trailersOf } from "../../../../src/terraform/plugin/grpc-status.ts";
import { hclog, levelOf } from "../../../../src/terraform/plugin/hclog.ts";

describe("gRPC", () => {
  it("frames a message with its length", () => {
    expect([...frame(Uint8Array.of(7, 8))]).toEqual([0, 0, 0, 0, 2, 7, 8]);
    expect([...unframe(Buffer.from([0, 0, 0, 0, 2, 7, 8]))]).toEqual([7, 8]);
  });

  it.each([
    ["cut off", [0, 0, 0, 0, 2, 7]],
    ["followed by another", [0, 0, 0, 0, 1, 7, 8]],
    ["compressed", [1, 0, 0, 0, 1, 7]],
    ["missing", []],
  ])("refuses a message that is %s", (_what, bytes) => {
    expect(() => unframe(Buffer.from(bytes))).toThrow(/request/);
  });

  it("tells failures by status, with the message percent-encoded", () => {
    expect(trailersOf(new SnapformError("unimplemented", "no\nmethod 100%é"))).toEqual({
      "grpc-status": "12",
      "grpc-message": "no%0Amethod 100%25%C3%A9",
    });
    expect(trailersOf(new Error("boom"))).toMatchObject({ "grpc-status": "2" });
    expect(trailersOf(Object.create(null))).toMatchObject({ "grpc-status": "2" });
  });

  it("says no secret in a failure, and not more than a header may hold", () => {
    const redact = (text: string): string => text.replaceAll("sesame", "***");
    const error = new Error(`${"sesame ".repeat(2)}${"é".repeat(10_000)}`);
    const message = trailersOf(error, redact)["grpc-message"] ?? "";
    expect(decodeURIComponent(message)).toMatch(/^\*\*\* \*\*\* é+ \.\.\.$/);
    expect(message.length).toBeLessThan(16_384);
  });
});

describe("the log", () => {
  it("is as talkative as Terraform's environment asks for", () => {
    expect(levelOf({}, false)).toBeNull();
    expect(levelOf({}, true)).toBe("info");
    expect(levelOf({ TF_LOG: "DEBUG", TF_LOG_PROVIDER: "WARN" }, false)).toBe("warn");
    expect(levelOf({ TF_LOG: "JSON" }, false)).toBe("trace");
    expect(levelOf({ TF_LOG: "off" }, true)).toBeNull();
  });

  it("is silent without a level", () => {
    const clock = {
      now: () => {
        throw new Error("nobody asked for the time");
      },
    };
    expect(() => hclog(clock as never, "a/b", null)("error", "x")).not.toThrow();
  });
});
