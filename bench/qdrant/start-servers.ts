import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export interface SeenRequest {
  readonly node: number;
  readonly method: string;
  readonly path: string;
}

/** Servers in another process. */
export interface Servers {
  readonly urls: readonly string[];
  readonly peerIds: readonly string[];
  requests(): Promise<readonly SeenRequest[]>;
  close(): Promise<void>;
}

/** Starts the fake servers of `servers.ts` and waits until they have what was ordered. */
export async function startServers(order: object): Promise<Servers> {
  const child = fork(join(import.meta.dirname, "servers.ts"), [JSON.stringify(order)]);
  const heard = async <T>(): Promise<T> => {
    const [answer] = (await once(child, "message")) as [T];
    return answer;
  };
  const { urls, peerIds } = await heard<Pick<Servers, "urls" | "peerIds">>();
  return {
    urls,
    peerIds,
    requests: () => {
      const answer = heard<readonly SeenRequest[]>();
      child.send("requests");
      return answer;
    },
    close: async () => {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}
