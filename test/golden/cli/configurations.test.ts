// Mistakes in configurations, as whole sessions: each ends with status 1, says where, what was
// expected and what to do, and nothing is written, although the command is an apply.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { config, openStage, plain, type Stage, type Tree } from "./stage.ts";

const policy = (line: string): string => config().replace("retention: { last: 3 }", line);
const schedule = (text: string): string => config().replace('{ cron: "0 2 * * *" }', text);
const retention = (text: string): string => config({ retention: text });
const restores = (...lines: readonly string[]): string =>
  config({ more: `restores:\n${lines.map((line) => `  ${line}\n`).join("")}` });
const latest = "from: { policy: nightly, collection: docs, at: latest }";
const bomb = [
  "a: &a [x,x,x,x,x,x,x,x,x]",
  ..."bcdefgh".split("").map((name, index) => {
    const before = `*${"abcdefgh"[index]}`;
    return `${name}: &${name} [${Array(9).fill(before).join(",")}]`;
  }),
].join("\n");
const twice =
  "nightly: { cluster: local, collections: [x], schedule: { cron: '0 1 * * *' }, retention: keep }";

/** What is given (a text, or the texts of several files), and what the output says. */
const mistakes: Readonly<Record<string, readonly [string | readonly string[], ...string[]]>> = {
  "what is not YAML": ["version: 1\nproject: [golden\n", "Invalid YAML", "0.yaml:3:1", "with a ]."],
  "bytes that are no text": ["\u0000\u0001", "Not a configuration", "`version: 1`"],
  "an empty file": ["", "Empty file", "begins with `version: 1` and `project: NAME`."],
  "a word": ["hello", "Not a configuration", "0.yaml:1:1", "Expected a map that begins with"],
  "another version": [
    config().replace("version: 1", "version: 2"),
    "0.yaml:1:10",
    "Expected 1, the only version there is, found the number 2.",
  ],
  "a YAML bomb": [`${config()}\n${bomb}`, "Aliases expand too far", "10000 values", "e[0]"],
  "a key twice": [
    `${config()}\n    repository: vault`,
    "Duplicate key",
    "0.yaml:14:5 policies.nightly",
    "stands at a-key-twice-0.yaml:13:5 already.",
  ],
  "a name twice": [
    config().replace("policies:", `policies:\n  ${twice}`),
    "Duplicate key",
    "0.yaml:9:3",
    "0.yaml:8:3 already.",
  ],
  "a name in two files": [
    [config(), `policies:\n  ${twice}\n`],
    "Declared twice",
    "1.yaml:2:3 policies.nightly",
    "0.yaml:8:3 already.",
  ],
  "a misspelt key": [
    policy("retnetion: { last: 3 }"),
    "0.yaml:12:5 policies.nightly",
    'There is no key "retnetion" in policies.nightly. Did you mean "retention"? Known keys:',
  ],
  "a misspelt key at the top": [`${config()}\nrestore: {}`, 'Did you mean "restores"?'],
  "a cluster that is not declared": [
    config().replace("cluster: local", "cluster: locl"),
    "0.yaml:9:14 policies.nightly.cluster",
    'There is no cluster "locl". Did you mean "local"?',
  ],
  "a repository that is not declared": [
    config().replace("repository: vault", "repository: valt"),
    'There is no repository "valt". Did you mean "vault"?',
  ],
  "a policy that is not declared": [
    restores(
      `r: { ${latest.replace("nightly", "nightl")}, to: { cluster: local, collection: x } }`,
    ),
    "0.yaml:16:24 restores.r.from.policy",
    'There is no policy "nightl". Did you mean "nightly"?',
  ],
  "a snapshot that is not declared": [
    restores("r: { from: { snapshot: before }, to: { cluster: local, collection: x } }"),
    'There is no snapshot "before". None is declared: add it under `snapshots`.',
  ],
  "cron that never fires": [
    schedule('{ cron: "0 2 30 2 *" }'),
    "Schedule never runs",
    "0.yaml:11:23 policies.nightly.schedule.cron",
    "Check day of month and month.",
  ],
  "cron that is ambiguous": [
    schedule('{ cron: "0 2 1 * 1" }'),
    'set dayMatch to "any" (a day matches either) or "all" (a day matches both).',
  ],
  "cron with six fields": [
    schedule('{ cron: "0 0 2 * * *" }'),
    "Expected five fields (minute, hour, day of month, month, day of week), got 6;",
  ],
  "an unknown zone": [
    schedule('{ cron: "0 2 * * *", timezone: Europe/Berlim }'),
    "0.yaml:11:46 policies.nightly.schedule.timezone",
    'Did you mean "Europe/Berlin"?',
  ],
  "an empty retention": [
    retention("{}"),
    "Empty retention",
    "would keep nothing. Give at least one, such as `daily: 7`, or write `retention: keep`",
  ],
  "a retention of nothing but a floor": [retention("{ minKeep: 3 }"), "would keep nothing."],
  "a floor of zero": [retention("{ last: 1, minKeep: 0 }"), "at least 1, found the number 0."],
  "a negative count": [
    retention("{ last: -1 }"),
    "0.yaml:12:24 policies.nightly.retention.last",
    'Expected a whole number of at least 1, or "all", such as 3, found the number -1.',
  ],
  "a count of zero": [retention("{ last: 0 }"), "of at least 1,", "found the number 0."],
  "a duration of zero": [retention("{ within: 0h }"), "policies.nightly.retention.within"],
  "a duration of nonsense": [
    retention("{ within: 3 fortnights }"),
    'Invalid duration "3 fortnights": expected years, months, days and hours in this order',
  ],
  "a span of nonsense": [
    config().replace("path: ./vault", "path: ./vault, undo: soon"),
    "repositories.vault.undo",
    'Invalid span "soon": expected a whole number and one of ms, s, m, h, d',
  ],
  "a restore onto its own source": [
    restores(`r: { ${latest}, to: { cluster: local, collection: docs } }`),
    "Restore onto its own source",
    "Going back in place needs `ifExists: replace` and `refresh: once`.",
  ],
  "two restores onto one target": [
    restores(
      `a: { ${latest}, to: { cluster: local, collection: x } }`,
      `b: { ${latest}, to: { cluster: local, collection: x } }`,
    ),
    "Two restores onto one target",
    'The collection "x" on local is the target of restore.a already, at',
  ],
  "a missing environment variable": [
    config().replace("./data", '"${env:NO_SUCH_VARIABLE}"'),
    "0.yaml:4:34 clusters.local.uri",
    "The environment variable NO_SUCH_VARIABLE is not set.",
  ],
  "a reference without quotes": [
    config().replace("./data", "${env:NO_SUCH_VARIABLE}"),
    "Inside { } and [ ], put `${env:NAME}` in quotes.",
  ],
  "a repository inside the database": [
    config().replace("./vault", "./data/vault"),
    "Overlapping folders",
    "Put them apart",
  ],
};

describe.concurrent("an apply of a wrong configuration", () => {
  let stage: Stage;
  let before: Tree;

  beforeAll(async () => {
    stage = openStage();
    await stage.makeTable("docs", 3);
    for (const [name, [given]] of Object.entries(mistakes)) {
      filesOf(name, given).forEach(([file, text]) => stage.write(file, text));
    }
    before = stage.tree();
  });

  afterAll(() => expect(stage.tree(), "the folder after all").toEqual(before));

  test.each(Object.entries(mistakes))("refuses %s", async (name, [given, ...told]) => {
    const files = filesOf(name, given).flatMap(([file]) => ["-f", file]);
    const { status, stdout, stderr } = await stage.snapform("apply", "--yes", ...files);
    expect([status, stdout]).toEqual([1, ""]);
    for (const text of told) expect(plain(stderr)).toContain(text);
    expect(plain(stderr)).toMatch(
      /^Error: [\s\S]* Error: the configuration has \d+ errors?; nothing was done$/,
    );
  });

  test("names a collection that does not exist, beside what does", async () => {
    stage.write("none.yaml", config().replace("[docs]", "[dosc]"));
    const { status, stdout } = await stage.snapform("plan", "-f", "none.yaml");
    stage.remove("none.yaml");
    expect(status).toBe(1);
    expect(plain(stdout)).toContain(
      'policy.nightly["local/dosc"]: collection dosc does not exist on cluster local (not-found)',
    );
  });

  test("refuses a folder and a file that is not there", async () => {
    const folder = await stage.snapform("apply", "--yes", "-f", "data");
    expect(folder).toMatchObject({ status: 1, stdout: "" });
    expect(plain(folder.stderr)).toBe(
      "Error: data is a folder Name a file, such as -f data/snapform.yaml.",
    );
    const missing = await stage.snapform("apply", "--yes", "-f", "nope.yaml");
    expect(missing).toMatchObject({ status: 1, stdout: "" });
    expect(plain(missing.stderr)).toContain("there is no file nope.yaml");
  });

  test("says all mistakes at once, as JSON too", async () => {
    const all = ["an-empty-retention-0.yaml", "an-unknown-zone-0.yaml"];
    const files = all.flatMap((file) => ["-f", file]);
    const { status, stdout, stderr } = await stage.snapform("validate", "--json", ...files);
    expect([status, stdout]).toEqual([1, ""]);
    const document = JSON.parse(stderr) as { diagnostics: readonly { code: string }[] };
    const codes = document.diagnostics.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(["empty-retention", "declared-twice"]));
  });
});

function filesOf(name: string, given: string | readonly string[]): readonly [string, string][] {
  const texts = typeof given === "string" ? [given] : given;
  return texts.map((text, index) => [`${name.replaceAll(" ", "-")}-${index}.yaml`, text]);
}
