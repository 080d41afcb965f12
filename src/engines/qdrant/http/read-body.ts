import type { Dispatcher } from "undici";

type Body = Dispatcher.ResponseData["body"];

export interface BodyText {
  readonly text: string;
  /** False when there was more than `limitBytes`, which has been thrown away. */
  readonly isWhole: boolean;
}

/** Reads an answer as UTF-8, at most `limitBytes` of it; the rest ends the connection. */
export async function readBody(body: Body, limitBytes: number): Promise<BodyText> {
  const chunks: Uint8Array[] = [];
  let byteCount = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    const room = limitBytes - byteCount;
    chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    byteCount += chunk.length;
    if (byteCount > limitBytes) break;
  }
  return { text: Buffer.concat(chunks).toString("utf8"), isWhole: byteCount <= limitBytes };
}

/** Reads what a failure says, or as much of it as comes. */
export async function readRefusal(body: Body): Promise<string> {
  const limitBytes = 64 * 1024;
  try {
    return (await readBody(body, limitBytes)).text;
  } catch {
    // The status has come and counts; its explanation was lost.
    return "";
  }
}

/** Lets go of a body that nobody reads on; without a listener its end would be uncaught. */
export function abandon(body: Body): void {
  body.on("error", () => undefined);
  body.destroy();
}
