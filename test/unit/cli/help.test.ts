import { describe, expect, test } from "vitest";
import { app } from "../../../src/cli/app.ts";
import type { Route } from "../../../src/cli/routes/route.ts";
import { session, transcript } from "./sessions.ts";

function pathsOf(route: Route, path: readonly string[]): readonly (readonly string[])[] {
  if (!("getAllEntries" in route)) return [path];
  const below = route
    .getAllEntries()
    .flatMap((entry) => pathsOf(entry.target as Route, [...path, entry.name.original]));
  return [path, ...below];
}

const paths = pathsOf(app.root as Route, []);

describe("the help", () => {
  test.each(paths.map((path) => [path.join(" ") || "(root)", path] as const))(
    "of %s is as reviewed, with a sentence about everything",
    async (_name, path) => {
      const args = [...path, "--help"];
      const result = await session(args);
      const file = ["help", ...path].join("-");
      await expect(transcript(args, result)).toMatchFileSnapshot(`expected/${file}.txt`);
      expect(result.exitCode).toBe(0);
    },
  );

  test.each([80, 60, 40])("fits %d columns", async (columns) => {
    for (const path of paths) {
      const { stdout } = await session([...path, "--help"], { columns });
      const wide = stdout.split("\n").filter((line) => line.length > columns);
      // A usage line or an example is a line to copy: it is never broken.
      const prose = wide.filter((line) => !/^(Usage:|\s+snapform )|^\s+(-\w, )?--\w/.test(line));
      expect(prose).toEqual([]);
    }
  });

  test("is the same for `help X`, `X --help`, `X -h`", async () => {
    const usual = await session(["plan", "--help"]);
    expect(await session(["help", "plan"])).toEqual(usual);
    expect(await session(["plan", "-h"])).toEqual(usual);
  });

  test("of the root is shown where no command is given", async () => {
    expect((await session([])).stdout).toBe((await session(["--help"])).stdout);
    expect((await session(["state"])).stdout).toBe((await session(["state", "--help"])).stdout);
  });

  test("gives every command an example that begins with its name", () => {
    for (const path of paths) {
      let route = app.root as Route;
      for (const word of path) {
        if (!("getAllEntries" in route)) break;
        const found = route.getAllEntries().find(({ name }) => name.original === word);
        route = found?.target as Route;
      }
      if ("getAllEntries" in route) continue;
      expect(route.docs.examples.length).toBeGreaterThan(0);
      for (const { line } of route.docs.examples)
        expect(line.startsWith(path.join(" "))).toBe(true);
    }
  });
});
