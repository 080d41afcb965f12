/** What the configuration says at the moment; edited by acts. */
export class Wishes {
  policy = "nightly";
  last = 2;
  daily = 0;
  weekly: "absent" | "declared" | "forgotten" | "deleted" = "absent";
  readonly moves: [string, string][] = [];
  takeCount = 0;
  readonly restores: { collection: string; into: "new" | "replace" | "alias" }[] = [];
  readonly #place: "vault" | "cluster";

  constructor(place: "vault" | "cluster") {
    this.#place = place;
  }

  yaml(project = "project", state = "state"): string {
    const repository = this.#place === "vault" ? "\n    repository: vault" : "";
    const policy = (name: string, cron: string, retention: string): string => `  ${name}:
    cluster: prod
    collections: ["docs", "mail", "notes"]
    schedule: { cron: "${cron}" }
    retention: { ${retention} }${repository}
`;
    const daily = this.daily > 0 ? `, daily: ${this.daily}` : "";
    const weekly = this.weekly === "declared" ? policy("weekly", "0 3 * * 0", "last: 3") : "";
    const removed =
      this.weekly === "deleted" ? "removed: { policy.weekly: { deleteSnapshots: true } }\n" : "";
    const moved = this.moves.map(([from, to]) => `{ from: policy.${from}, to: policy.${to} }`);
    return `version: 1
project: ${project}
state: { path: ./${state} }
clusters: { prod: { engine: qdrant, nodes: [https://node.example:6333] } }
repositories: { vault: { type: filesystem, path: ./vault, undo: 0d } }
policies:
${policy(this.policy, "0 2 * * *", `last: ${this.last}${daily}`)}${weekly}${removed}${
      moved.length > 0 ? `moved: [${moved.join(", ")}]\n` : ""
    }${this.#snapshots()}${this.#restores()}`;
  }

  #snapshots(): string {
    const repository = this.#place === "vault" ? ", repository: vault" : "";
    const names = Array.from(
      { length: this.takeCount },
      (_, index) => `  take-${index}: { cluster: prod, collection: docs${repository} }\n`,
    );
    return names.length > 0 ? `snapshots:\n${names.join("")}` : "";
  }

  #restores(): string {
    // Two restores onto one target are refused: of those that replace, the last one is declared.
    const isDeclared = ({ collection, into }: (typeof this.restores)[number], index: number) =>
      into !== "replace" ||
      !this.restores
        .slice(index + 1)
        .some((later) => later.into === "replace" && later.collection === collection);
    const lines = this.restores.map((restore, index) => {
      if (!isDeclared(restore, index)) return "";
      const { collection, into } = restore;
      const from = `{ policy: ${this.policy}, collection: ${collection}, at: latest }`;
      const target = into === "replace" ? collection : `${collection}-${index}`;
      const how =
        into === "alias"
          ? `, ifExists: alias, alias: ${collection}-live-${index}`
          : into === "replace"
            ? ", ifExists: replace"
            : "";
      return `  back-${index}: { from: ${from}, to: { cluster: prod, collection: ${target}${how} } }\n`;
    });
    return lines.length > 0 ? `restores:\n${lines.join("")}` : "";
  }
}
