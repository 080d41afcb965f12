// A server of one file, in a process of its own: GET sends it (with Range), PUT swallows what comes
// and answers how much that was. Says its port in a line.

import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const path = process.argv[2] ?? "";
const { size } = statSync(path);

const server = createServer((request, response) => {
  if (request.method === "PUT") {
    let byteCount = 0;
    request.on("data", (piece: Buffer) => (byteCount += piece.length));
    request.on("end", () => response.end(`${byteCount}`));
    return;
  }
  const start = Number(/^bytes=([0-9]+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const range = { "content-range": `bytes ${start}-${size - 1}/${size}` };
  const headers = { "content-length": size - start, ...(start > 0 ? range : {}) };
  response.writeHead(start > 0 ? 206 : 200, headers);
  createReadStream(path, { start, highWaterMark: 1024 * 1024 }).pipe(response);
});
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
