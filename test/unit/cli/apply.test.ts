import { describe, expect, test } from "vitest";
import type { ApplyEvent, ApplyResult, Outcome } from "../../../src/apply/events.ts";
import type { ExitName } from "../../../src/errors/index.ts";
import { SnapformError } from "../../../src/errors/index.ts";
import { formatPlanFile } from "../../../src/plan/plan-file.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { FakeClock } from "../../../src/testing/fake-clock.ts";
import type { ApplyRequest, Workspace } from "../../../src/workspace/workspace.ts";
import { days, inventoryOf, now, planOf } from "./made-plans.ts";
import { session, transcript, type SessionOptions } from "./sessions.ts";

const plan: Plan = planOf(inventoryOf({ docs: days(1, 9) }));
const breaking: Plan = planOf(inventoryOf({ docs: days(0, 30) }));

function outcomeOf(kind: string): Outcome {
  return kind === "create"
    ? {
        status: "done",
        detail: { bytes: 12_345_678, newBytes: 1_234_567, durationMs: 412 },
      }
    : { status: "done", detail: { durationMs: 3 } };
}

function resultOf(made: Plan, outcomes: readonly Outcome[], exit: ExitName): ApplyResult {
  const counts = { done: 0, satisfied: 0, kept: 0, withheld: 0, failed: 0, skipped: 0 };
  for (const { status } of outcomes) counts[status] += 1;
  return {
    outcomes: made.actions.map((action, index) => ({
      action,
      outcome: outcomes[index] ?? { status: "skipped", why: "the test says nothing about it" },
    })),
    counts,
    isCancelled: exit === "cancelled",
    exit,
    acknowledge: counts.withheld > 0 ? made.acknowledge : null,
  };
}

interface Script {
  readonly plan?: Plan;
  readonly outcomes?: readonly Outcome[];
  readonly exit?: ExitName;
  readonly clock?: FakeClock;
  readonly before?: readonly ApplyEvent[];
  readonly seen?: ApplyRequest[];
}

/** A workspace whose apply tells of every action: started, half done, done. */
function applying(script: Script = {}): Partial<Workspace> {
  const { plan: made = plan, exit = "done", clock } = script;
  return {
    apply: async (request) => {
      script.seen?.push(request);
      for (const event of script.before ?? []) request.onEvent(event);
      if (!request.saved && !(await request.approve(made))) return { plan: made, result: null };
      const outcomes = script.outcomes ?? made.actions.map(({ kind }) => outcomeOf(kind));
      for (const [index, action] of made.actions.entries()) {
        const outcome = outcomes[index] as Outcome;
        if (outcome.status === "done" || outcome.status === "failed") {
          request.onEvent({ type: "started", action });
          await clock?.advance(1_000);
          const progress = { phase: "copying", doneBytes: 5_000_000, totalBytes: 12_345_678 };
          request.onEvent({ type: "progress", action, progress });
          await clock?.advance(1_000);
        }
        request.onEvent({ type: "finished", action, outcome });
      }
      return { plan: made, result: resultOf(made, outcomes, exit) };
    },
  };
}

async function shown(args: readonly string[], options: SessionOptions): Promise<string> {
  return transcript(args, await session(args, options));
}

const mixed: readonly Outcome[] = [
  {
    status: "failed",
    failure: {
      code: "unavailable",
      message: "cluster prod does not answer",
      hint: "Is it running?",
    },
  },
  { status: "kept", why: "a plan made now would keep it" },
  { status: "skipped", why: "its create failed" },
];

describe("apply", () => {
  test("shows the plan, asks, and tells what it does", async () => {
    const options = { isTTY: true, answers: ["yes"], workspace: applying() };
    const result = await session(["apply"], options);
    expect(result.questions).toHaveLength(1);
    expect(result.exitCode).toBe(0);
    await expect(transcript(["apply"], result)).toMatchFileSnapshot("expected/apply-asked.txt");
  });

  test.each([["no"], ["y"], [""], ["YES"], [null]])(
    "does nothing on the answer %j",
    async (given) => {
      const answers = given === null ? [] : [given];
      const result = await session(["apply"], { isTTY: true, answers, workspace: applying() });
      expect(result.exitCode).toBe(1);
      expect(result.stderr).toMatch(/^Not applied/);
      expect(result.stdout).not.toContain(": done");
    },
  );

  test("refuses to begin where nobody can answer, before anything is loaded", async () => {
    const load = { workspace: { apply: () => Promise.reject(new TypeError("was called")) } };
    for (const args of [["apply"], ["apply", "--json"], ["run", "policy.nightly"]]) {
      const { exitCode, stderr, stdout } = await session(args, load);
      expect([args, exitCode, stdout]).toEqual([args, 64, ""]);
      expect(stderr).toContain("--yes");
    }
    expect((await session(["apply", "--json"], { ...load, isTTY: true })).exitCode).toBe(64);
  });

  test("writes plain lines where there is no terminal", async () => {
    const text = await shown(["apply", "--yes"], { workspace: applying() });
    await expect(text).toMatchFileSnapshot("expected/apply-yes.txt");
    expect(text).not.toContain("<ESC>");
  });

  test("redraws a line per running action on a terminal, and clears it", async () => {
    const clock = new FakeClock({ at: now.toISOString() });
    const options = { isTTY: true, clock, workspace: applying({ clock }), env: { NO_COLOR: "1" } };
    const text = await shown(["apply", "--yes"], options);
    await expect(text).toMatchFileSnapshot("expected/apply-live.txt");
    expect(text).toContain("copying 5.0 MB of 12.3 MB, 40%, 2.5 MB/s, 2 s");
  });

  test("never draws a line wider than the terminal", async () => {
    const clock = new FakeClock({ at: now.toISOString() });
    const options = { isTTY: true, columns: 40, clock, workspace: applying({ clock }) };
    const { stdout } = await session(["apply", "--yes"], options);
    // oxlint-disable-next-line no-control-regex
    const lines = stdout.replace(/\u001b\[[\d;]*[A-Za-z]/g, "").split("\n");
    expect(lines.filter((line) => line.length > 40)).toEqual([]);
  });

  test("tells what failed and what to do about it, and exits with 3", async () => {
    const workspace = applying({ outcomes: mixed, exit: "partial" });
    const result = await session(["apply", "--yes"], { workspace });
    expect(result.exitCode).toBe(3);
    const text = transcript(["apply", "--yes"], result);
    await expect(text).toMatchFileSnapshot("expected/apply-partial.txt");
  });

  test("does not ask about a plan of which everything is held back", async () => {
    const outcomes = breaking.actions.map((): Outcome => ({
      status: "withheld",
      why: "held back until it is acknowledged",
    }));
    const workspace = applying({ plan: breaking, outcomes, exit: "partial" });
    const result = await session(["apply"], { isTTY: true, workspace });
    expect(result.questions).toEqual([]);
    expect(result.exitCode).toBe(3);
    expect(result.stdout).toContain(`--acknowledge ${breaking.acknowledge}`);
  });

  test("hands flags over as they are", async () => {
    const seen: ApplyRequest[] = [];
    const args = ["apply", "-y", "--acknowledge", "0123456789ab", "--lock-timeout", "30s"];
    const more = ["--only", "policy.a", "--only", "policy.b", "--no-expire"];
    await session([...args, ...more], { workspace: applying({ seen }) });
    expect(seen[0]).toMatchObject({
      acknowledge: "0123456789ab",
      lockTimeoutMs: 30_000,
      options: { only: ["policy.a", "policy.b"], noExpire: true },
    });
  });

  test("says whom it waits for", async () => {
    const before: ApplyEvent[] = [
      { type: "waiting", holder: "apply by process 7 on host\u001b[2J" },
    ];
    const { stdout } = await session(["apply", "--yes"], { workspace: applying({ before }) });
    expect(stdout).toContain("held by apply by process 7 on host\\u{1b}[2J.");
  });

  test("of a saved plan neither shows it again nor asks", async () => {
    const seen: ApplyRequest[] = [];
    const files = { "tonight.plan": formatPlanFile(plan) };
    const result = await session(["apply", "tonight.plan"], {
      files,
      workspace: applying({ seen }),
    });
    expect(result.exitCode).toBe(0);
    expect(result.stdout).not.toContain("Plan for project");
    expect(seen[0]?.saved).toEqual(plan);
  });

  test.each([
    ["there is none", {}, 1],
    ["it is no plan", { "a.plan": "{}" }, 13],
    ["it was changed", { "a.plan": formatPlanFile(plan).replace("docs", "dogs") }, 13],
    ["it is of a newer format", { "a.plan": '{"digest":"","plan":{"formatVersion":9}}' }, 13],
  ])("refuses a plan file when %s", async (_why, files, status) => {
    const { exitCode, stdout, stderr } = await session(["apply", "a.plan"], { files });
    expect([exitCode, stdout]).toEqual([status, ""]);
    expect(stderr).toMatch(/^Error: .*a\.plan/);
  });

  test.each([
    ["locked", 11],
    ["stale-plan", 12],
    ["corrupt", 13],
    ["unavailable", 1],
    ["cancelled", 130],
  ] as const)("exits as the code %s says", async (code, status) => {
    const error = new SnapformError(code, "it went wrong", {
      hint: "Do this.",
      address: "policy.a",
    });
    const workspace = { apply: () => Promise.reject(error) };
    const { exitCode, stderr } = await session(["apply", "--yes"], { workspace });
    expect(exitCode).toBe(status);
    expect(stderr).toBe("Error: it went wrong\n  at policy.a\n  Do this.\n");
    const asJson = await session(["apply", "--yes", "--json"], { workspace });
    expect(JSON.parse(asJson.stderr)).toMatchObject({
      error: { code, message: "it went wrong", hint: "Do this.", address: "policy.a" },
    });
  });
});

describe("apply for programs", () => {
  test("writes one JSON document per line: the plan, the events, the result", async () => {
    const clock = new FakeClock({ at: now.toISOString() });
    const options = { clock, workspace: applying({ clock, outcomes: mixed, exit: "partial" }) };
    const { stdout, exitCode, stderr } = await session(["apply", "--yes", "--json"], options);
    expect([exitCode, stderr]).toEqual([3, ""]);
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ type }) => type)).toEqual([
      "plan",
      "started",
      "progress",
      "finished",
      "finished",
      "finished",
      "result",
    ]);
    expect(lines.every(({ formatVersion }) => formatVersion === 1)).toBe(true);
    expect(lines[0]?.["plan"]).toEqual(plan);
    expect(lines[3]).toMatchObject({
      action: { kind: "create", collection: "docs" },
      outcome: { status: "failed", failure: { code: "unavailable" } },
    });
    expect(lines.at(-1)).toMatchObject({ counts: { failed: 1, kept: 1, skipped: 1 } });
  });
});

describe("Ctrl-C", () => {
  test("at the question is a cancellation", async () => {
    const controller = new AbortController();
    const workspace: Partial<Workspace> = {
      apply: async (request) => {
        controller.abort();
        const isApproved = await request.approve(plan);
        expect(isApproved).toBe(false);
        return { plan, result: null };
      },
    };
    const options = { isTTY: true, workspace, signal: controller.signal };
    expect((await session(["apply"], options)).exitCode).toBe(130);
  });

  test("in the middle of anything else is a cancellation too", async () => {
    const controller = new AbortController();
    const workspace: Partial<Workspace> = {
      status: async () => {
        controller.abort();
        throw controller.signal.reason as Error;
      },
    };
    const { exitCode, stderr } = await session(["status"], {
      workspace,
      signal: controller.signal,
    });
    expect([exitCode, stderr]).toEqual([130, "Error: stopped\n"]);
  });
});

describe("a bug of ours", () => {
  test("says so, with what a report needs", async () => {
    const workspace = { status: () => Promise.reject(new TypeError("x is not a function")) };
    const { exitCode, stderr } = await session(["status"], { workspace });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^Error: this is a bug in snapform: x is not a function\n/);
    expect(stderr).toMatch(/\n {2}version: snapform \d+\.\d+\.\d+, node 24\.0\.0, test\n/);
    expect(stderr).toMatch(/\n {2}code: TypeError\n {4}at /);
  });
});
