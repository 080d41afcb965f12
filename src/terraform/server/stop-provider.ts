import type { Message } from "../wire/messages.ts";
import { stopSession, type Session } from "./session.ts";

/** Ctrl-C: whatever runs is aborted, and answers with the best that it knows. */
export function stopProvider<C>(session: Session<C>): Message<"StopResponse"> {
  stopSession(session);
  return { error: "" };
}
