// Run as a process of its own: what comes down from one URL goes up to another one as a form, so
// that the memory of whoever serves both can be watched alone.
// usage: node pump.ts SOURCE TARGET
import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";

const [source = "", target = ""] = process.argv.slice(2);
const [coming] = (await once(request(source).end(), "response")) as [IncomingMessage];
const going = request(target, {
  method: "POST",
  headers: { "content-type": "multipart/form-data; boundary=b" },
});
going.write(
  '--b\r\nContent-Disposition: form-data; name="snapshot"; filename="a.snapshot"\r\n\r\n',
);
coming.pipe(going, { end: false });
coming.on("end", () => going.end("\r\n--b--\r\n"));
const [answer] = (await once(going, "response")) as [IncomingMessage];
process.exitCode = answer.statusCode === 200 ? 0 : 1;
answer.resume();
