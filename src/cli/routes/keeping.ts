import { lockFlags, someText, type LockFlags } from "../flags.ts";
import { command, type Docs, type Route } from "./route.ts";

export type KeepingFlags = LockFlags;

type Verb = "forget" | "pin" | "unpin" | "undelete";

function route(verb: Verb, docs: Docs): Route {
  return command<KeepingFlags, [id: string]>({
    docs,
    parameters: {
      flags: lockFlags,
      positional: {
        kind: "tuple",
        parameters: [{ parse: someText, placeholder: "ID", brief: "The snapshot's id." }],
      },
    },
    load: async () => (await import("../commands/keeping.ts"))[verb],
  });
}

function examplesOf(verb: Verb, meaning: string): Docs["examples"] {
  return [{ line: `${verb} 20261121T010000Z-4345f98d`, meaning }];
}

export const forget: Route = route("forget", {
  brief: "Take a snapshot out of the care of what made it",
  description: "Nothing is deleted, and no rule expires it any more, until it is adopted again.",
  examples: examplesOf("forget", "Keep this one until somebody says otherwise."),
});

export const pin: Route = route("pin", {
  brief: "Keep a snapshot whatever the rules say",
  description: "A pinned snapshot is never expired; `snapform unpin ID` ends that.",
  examples: examplesOf("pin", "Keep this one."),
});

export const unpin: Route = route("unpin", {
  brief: "Let the rules decide about a pinned snapshot again",
  description: "The next apply may expire it; look at the plan first.",
  examples: examplesOf("unpin", "Let it go when retention says so."),
});

export const undelete: Route = route("undelete", {
  brief: "Bring an expired snapshot back",
  description:
    "Works until the undo window of its repository ends; `snapform repository list NAME` shows " +
    "what can be brought back. It is pinned, since the rule that expired it would do so again.",
  examples: examplesOf("undelete", "Take it back from the trash."),
});
