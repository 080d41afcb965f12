import { parseRestorePoint } from "../../desired/restore-point.ts";
import { atKey, atValue, type Draft, type PartlyConfig } from "../draft.ts";
import type { Finding } from "../finding.ts";
import { placeOf, type Path } from "../located.ts";

type PartlyRestore = NonNullable<NonNullable<PartlyConfig["restores"]>[string]>;

interface Restore {
  readonly path: Path;
  readonly restore: PartlyRestore;
}

/** Restores have one source, one target, and a way that fits both. */
export function checkRestores(draft: Draft): readonly Finding[] {
  const restores = Object.entries(draft.config.restores ?? {}).flatMap(([name, restore]) => {
    return restore ? [{ path: ["restores", name] as Path, restore }] : [];
  });
  return [
    ...restores.flatMap((each) => [
      ...checkForm(draft, each),
      ...checkPoint(draft, each),
      ...checkMode(draft, each),
      ...checkOwnSource(draft, each),
    ]),
    ...checkTargets(draft, restores),
  ];
}

const forms = [
  { key: "policy", needs: ["collection"], allows: ["at"] },
  { key: "snapshot", needs: [], allows: [] },
  { key: "repository", needs: ["cluster", "collection"], allows: ["at"] },
] as const;

const formWords =
  "Use one of: `policy` and `collection`; `snapshot`; `repository`, `cluster` and `collection`.";

function checkForm(draft: Draft, { path, restore }: Restore): Finding[] {
  const from = [...path, "from"];
  if (restore.from === undefined) return [];
  const has = (key: string): boolean => draft.has([...from, key]);
  const lacks = (key: string): boolean => draft.lacks([...from, key]);
  const words = { code: "restore-form", summary: "Unclear source of a restore" };
  const [form, second] = forms.filter(({ key }) => has(key));
  if (form === undefined) {
    if (!forms.every(({ key }) => lacks(key))) return [];
    return [atKey(draft, from, { ...words, detail: `The source is not named. ${formWords}` })];
  }
  if (second !== undefined) {
    const detail = `The keys "${form.key}" and "${second.key}" exclude each other. ${formWords}`;
    return [atKey(draft, [...from, second.key], { ...words, detail })];
  }
  const missing = form.needs.filter(lacks).map((key) => {
    const detail = `With "${form.key}", the key "${key}" is needed too.`;
    return atKey(draft, from, { ...words, detail });
  });
  const allowed: readonly string[] = [form.key, ...form.needs, ...form.allows];
  const foreign = ["cluster", "collection", "at"].filter(
    (key) => !allowed.includes(key) && has(key),
  );
  const excess = foreign.map((key) => {
    const detail = `With "${form.key}", the key "${key}" has no meaning: the ${form.key} says it.`;
    return atKey(draft, [...from, key], { ...words, detail });
  });
  return [...missing, ...excess];
}

function checkPoint(draft: Draft, { path, restore }: Restore): Finding[] {
  const at = restore.from?.at;
  if (at === undefined || parseRestorePoint(at) !== null) return [];
  const detail =
    "Expected `latest`, an RFC 3339 instant with an offset such as `2026-11-01T00:00:00Z`, or " +
    "the id of a snapshot such as `20261101T020000Z-3f9c1a2b`.";
  const words = { code: "invalid-point", summary: "Invalid point in time", detail };
  return [atValue(draft, [...path, "from", "at"], words)];
}

function checkMode(draft: Draft, { path, restore }: Restore): Finding[] {
  const to = [...path, "to"];
  if (restore.to === undefined || !draft.isWhole([...path, "to"])) return [];
  const { ifExists = "fail", alias } = restore.to;
  const findings: Finding[] = [];
  const words = { code: "restore-mode", summary: "Unclear target of a restore" };
  if (ifExists === "alias" && alias === undefined) {
    const detail =
      "With `ifExists: alias`, the key `alias` is needed: the name of the alias to move.";
    findings.push(atValue(draft, [...to, "ifExists"], { ...words, detail }));
  }
  if (ifExists !== "alias" && alias !== undefined) {
    const detail = "The key `alias` has a meaning only with `ifExists: alias`.";
    findings.push(atKey(draft, [...to, "alias"], { ...words, detail }));
  }
  if (restore.refresh === "follow" && ifExists === "fail") {
    const detail =
      "`refresh: follow` restores again and again, so the target exists from the second time on. " +
      "Set `ifExists` to `alias` or `replace`.";
    findings.push(atValue(draft, [...path, "refresh"], { ...words, detail }));
  }
  return findings;
}

/** The cluster and collection that a restore's snapshot was taken of, where that is known. */
function sourceOf(
  { config }: Draft,
  { from }: PartlyRestore,
): { readonly cluster: string; readonly collection: string } | null {
  const snapshot = from?.snapshot === undefined ? undefined : config.snapshots?.[from.snapshot];
  const policy = from?.policy === undefined ? undefined : config.policies?.[from.policy];
  const cluster = snapshot?.cluster ?? policy?.cluster ?? from?.cluster;
  const collection = snapshot?.collection ?? from?.collection;
  return cluster === undefined || collection === undefined ? null : { cluster, collection };
}

function checkOwnSource(draft: Draft, { path, restore }: Restore): Finding[] {
  const source = sourceOf(draft, restore);
  const { to, refresh = "once" } = restore;
  if (!source || source.cluster !== to?.cluster || source.collection !== to.collection) return [];
  if (!draft.isWhole(path) || (to.ifExists === "replace" && refresh === "once")) return [];
  const detail =
    "The target is the very collection that the snapshot was taken of. Going back in place needs " +
    "`ifExists: replace` and `refresh: once`. After a disaster, use `snapform restore`.";
  const words = { code: "restore-onto-source", summary: "Restore onto its own source", detail };
  return [atValue(draft, [...path, "to", "collection"], words)];
}

/** Two restores onto one target would undo each other. */
function checkTargets(draft: Draft, restores: readonly Restore[]): Finding[] {
  const seen = new Map<string, Path>();
  return restores.flatMap(({ path, restore }) => {
    const { cluster, collection, alias } = restore.to ?? {};
    const targets = [
      { name: collection, key: "collection" },
      { name: alias, key: "alias" },
    ];
    return targets.flatMap(({ name, key }) => {
      if (cluster === undefined || name === undefined) return [];
      const target = JSON.stringify([cluster, name]);
      const first = seen.get(target);
      const at = [...path, "to", key];
      if (first === undefined) {
        seen.set(target, at);
        return [];
      }
      const detail =
        `The ${key} ${JSON.stringify(name)} on ${cluster} is the target of restore.` +
        `${first[1]} already, at ${placeOf(draft.span(first))}.`;
      const words = { code: "restore-target-twice", summary: "Two restores onto one target" };
      return [atValue(draft, at, { ...words, detail })];
    });
  });
}
