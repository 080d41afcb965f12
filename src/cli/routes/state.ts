import { lockFlags, someText, switchFlag, type LockFlags } from "../flags.ts";
import { command, group, type Route } from "./route.ts";

export interface StatePushFlags extends LockFlags {
  readonly force: boolean;
}

const key = {
  parse: someText,
  placeholder: "KEY",
  brief: "A snapshot's id or an address, as `state list` shows it.",
} as const;

const list: Route = command({
  docs: {
    brief: "List the records of the state",
    description: "Also shows who holds the state's lock.",
    examples: [{ line: "state list", meaning: "List the records." }],
  },
  parameters: {},
  load: async () => (await import("../commands/state.ts")).listState,
});

const show: Route = command<object, [key: string]>({
  docs: {
    brief: "Show the records of one key",
    description: "",
    examples: [{ line: "state show restore.staging", meaning: "Show what was restored." }],
  },
  parameters: { positional: { kind: "tuple", parameters: [key] } },
  load: async () => (await import("../commands/state.ts")).showState,
});

const pull: Route = command({
  docs: {
    brief: "Write the state to standard output",
    description: "As JSON, with everything that the journal adds to it.",
    examples: [{ line: "state pull > state.json", meaning: "Save a copy." }],
  },
  parameters: {},
  load: async () => (await import("../commands/state.ts")).pullState,
});

const push: Route = command<StatePushFlags, [file: string]>({
  docs: {
    brief: "Replace the state by a file",
    description: "Refuses a state of another project or lineage, and an older one.",
    examples: [{ line: "state push state.json", meaning: "Put a copy back." }],
  },
  parameters: {
    flags: { force: switchFlag("Replace it whatever it is."), ...lockFlags },
    positional: {
      kind: "tuple",
      parameters: [{ parse: someText, placeholder: "FILE", brief: "A pulled state." }],
    },
  },
  load: async () => (await import("../commands/state.ts")).pushState,
});

const rm: Route = command<LockFlags, [key: string]>({
  docs: {
    brief: "Remove the records of one key from the state",
    description: "Deletes nothing else. What the state does not know may be done again.",
    examples: [{ line: "state rm restore.staging", meaning: "Forget that it was restored." }],
  },
  parameters: { flags: lockFlags, positional: { kind: "tuple", parameters: [key] } },
  load: async () => (await import("../commands/state.ts")).removeState,
});

export const state: Route = group(
  { brief: "Look at the record of what was made, and repair it", description: "", examples: [] },
  { list, show, pull, push, rm },
);

export const unlock: Route = command<object, [id: string]>({
  docs: {
    brief: "Remove the lock of a process that is gone",
    description:
      "A lock ends by itself when its lease runs out, and at once when its process died on this " +
      "machine. Make sure that the process is gone: two that write one state damage it.",
    examples: [{ line: "unlock 4f2d9c1a", meaning: "Remove the lock with this id." }],
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        { parse: someText, placeholder: "ID", brief: "The lock's id, from the message about it." },
      ],
    },
  },
  load: async () => (await import("../commands/state.ts")).unlock,
});
