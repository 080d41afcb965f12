import { createServer, type Socket } from "node:net";
import type { Place } from "./place.ts";

/** Where connections come in, before anybody is there to answer them. */
export interface Door {
  /** Hands over whoever has come already, and everybody who comes from now on. */
  open(take: (connection: Socket) => void): void;
  /** What goes wrong with the place itself. */
  onError(listener: (error: Error) => void): void;
}

/**
 * Listens; resolves once it does. Terraform may be told to connect at once, while HTTP/2 and TLS
 * are still being loaded: that takes Node as long as half of its own start.
 */
export async function openDoor(place: Place): Promise<Door> {
  const waiting: Socket[] = [];
  let take = (connection: Socket): void => void waiting.push(connection);
  const server = createServer((connection) => take(connection));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(place.listen, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
  if (place.network === "tcp")
    place.listening((server.address() as { readonly port: number }).port);
  return {
    open(taker) {
      take = taker;
      for (const connection of waiting.splice(0)) taker(connection);
    },
    onError: (listener) => void server.on("error", listener),
  };
}
