import { isAbsolute, relative, resolve } from "node:path";
import {
  IMPLIED_REPOSITORY,
  IMPLIED_REPOSITORY_PATH,
  repositoryFor,
} from "../../desired/implied-repository.ts";
import { atValue, type Draft } from "../draft.ts";
import type { Finding } from "../finding.ts";
import { placeOf, type Path } from "../located.ts";

interface Folder {
  readonly name: string;
  /** Where it is declared; null for the implied repository. */
  readonly path: Path | null;
  readonly folder: string;
}

/** Repositories and the state lie apart from one another and from the databases. */
export function checkPaths(draft: Draft, rootFolder: string): readonly Finding[] {
  const databases = Object.entries(draft.config.clusters ?? {}).flatMap(([name, each]) => {
    const isFolder = each?.engine === "lancedb" && !/^[a-z][a-z0-9+.-]+:\/\//i.test(each.uri ?? "");
    return isFolder ? folderAt(draft, ["clusters", name, "uri"], name, each.uri) : [];
  });
  const repositories = [
    ...Object.entries(draft.config.repositories ?? {}).flatMap(([name, each]) => {
      return folderAt(draft, ["repositories", name, "path"], name, each?.path);
    }),
    ...impliedFolder(draft, rootFolder),
  ];
  const state = folderAt(draft, ["state", "path"], "the state", draft.config.state?.path);
  return [
    ...checkShared(draft, repositories),
    ...repositories.flatMap((each) =>
      checkInside(draft, `Repository ${each.name}`, each, databases),
    ),
    ...state.flatMap((each) => checkInside(draft, "The state", each, databases)),
  ];
}

function folderAt(draft: Draft, path: Path, name: string, text: string | undefined): Folder[] {
  return text === undefined ? [] : [{ name, path, folder: draft.absolute(path, text) }];
}

function impliedFolder(draft: Draft, rootFolder: string): Folder[] {
  const { clusters = {}, policies = {}, snapshots = {} } = draft.config;
  const isUsed = [...Object.values(policies), ...Object.values(snapshots)].some((each) => {
    const engine = each?.cluster === undefined ? undefined : clusters[each.cluster]?.engine;
    return repositoryFor(engine, each?.repository) === IMPLIED_REPOSITORY;
  });
  if (!isUsed || draft.isOpen("repositories")) return [];
  if (draft.names("repositories").includes(IMPLIED_REPOSITORY)) return [];
  const folder = resolve(rootFolder, IMPLIED_REPOSITORY_PATH);
  return [{ name: IMPLIED_REPOSITORY, path: null, folder }];
}

function checkShared(draft: Draft, repositories: readonly Folder[]): Finding[] {
  return repositories.flatMap((each, index) => {
    const first = repositories.slice(0, index).find(({ folder }) => folder === each.folder);
    const path = each.path ?? first?.path;
    if (!first?.path || !path) return [];
    const place = placeOf(draft.span(first.path));
    const detail =
      each.path === null
        ? `The folder is that of the repository "default", which is used where none is named.`
        : `The folder is that of the repository "${first.name}" already, at ${place}.`;
    const words = { code: "repository-path-twice", summary: "Two repositories in one folder" };
    return [atValue(draft, path, { ...words, detail })];
  });
}

function checkInside(
  draft: Draft,
  what: string,
  { folder, path }: Folder,
  databases: readonly Folder[],
): Finding[] {
  return databases.flatMap((database) => {
    const at = path ?? database.path;
    if (at === null || !(isInside(folder, database.folder) || isInside(database.folder, folder))) {
      return [];
    }
    const place = database.path === null ? "" : ` (${placeOf(draft.span(database.path))})`;
    const detail =
      `${what} and the LanceDB database of the cluster "${database.name}"${place} lie one inside ` +
      "the other. Put them apart, so that neither takes the files of the other for its own.";
    const words = { code: "overlapping-folders", summary: "Overlapping folders", detail };
    return [atValue(draft, at, words)];
  });
}

function isInside(inner: string, outer: string): boolean {
  const path = relative(outer, inner);
  return path === "" || !(/^\.\.([\\/]|$)/.test(path) || isAbsolute(path));
}
