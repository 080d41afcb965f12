import { dirname, join } from "node:path";
import type { Clock } from "../../clock/clock.ts";
import { SnapformError } from "../../errors/index.ts";
import type { HashName } from "../../snapshot/manifest.ts";
import { codeOf } from "./filesystem-errors.ts";
import { FOLDERS, REPOSITORY_FILE } from "./layout.ts";
import type { RepositoryFs } from "./repository-fs.ts";
import { writeNewFile } from "./store.ts";

/** What `repository.json` says. */
export interface RepositoryIdentity {
  readonly id: string;
  readonly hash: HashName;
  readonly createdAt: string;
}

/** What lies where a repository is expected. */
export type Found =
  | { readonly kind: "repository"; readonly identity: RepositoryIdentity }
  /** Nothing, or an empty folder, or what a creation that was interrupted leaves. */
  | { readonly kind: "empty" }
  /** Something that is no repository. */
  | { readonly kind: "foreign"; readonly detail: string; readonly isOurs: boolean }
  | { readonly kind: "newer"; readonly detail: string };

const REPOSITORY_FORMAT = 1;

function parseIdentity(text: string): Found {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: "foreign", detail: `its ${REPOSITORY_FILE} is not JSON`, isOurs: true };
  }
  const { formatVersion, id, hash, createdAt } = (value ?? {}) as Record<string, unknown>;
  if (typeof formatVersion === "number" && formatVersion > REPOSITORY_FORMAT) {
    const detail = `it has format ${formatVersion}; this snapform reads up to ${REPOSITORY_FORMAT}`;
    return { kind: "newer", detail };
  }
  const isWhole =
    formatVersion === REPOSITORY_FORMAT &&
    typeof id === "string" &&
    id !== "" &&
    (hash === "sha256" || hash === "blake3") &&
    typeof createdAt === "string";
  if (!isWhole) {
    return { kind: "foreign", detail: `its ${REPOSITORY_FILE} is damaged`, isOurs: true };
  }
  return { kind: "repository", identity: { id, hash, createdAt } };
}

/** Names that do not make a folder somebody else's: a fresh disk has some of them. */
function isHarmless(name: string): boolean {
  return name === "lost+found" || name.startsWith(".") || name === FOLDERS.staging;
}

/** Looks at what is there; writes nothing. Throws the system's errors, except for nothing there. */
export async function findRepository(fs: RepositoryFs, root: string): Promise<Found> {
  try {
    return parseIdentity((await fs.readFile(join(root, REPOSITORY_FILE))).toString("utf8"));
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
  const entries = (await fs.list(root)) ?? [];
  // Another process made it between the two looks.
  if (entries.some((entry) => entry.name === REPOSITORY_FILE)) {
    return parseIdentity((await fs.readFile(join(root, REPOSITORY_FILE))).toString("utf8"));
  }
  const strange = entries.find((entry) => !isHarmless(entry.name));
  if (strange === undefined) return { kind: "empty" };
  const ours: readonly string[] = Object.values(FOLDERS);
  const isOurs = ours.includes(strange.name);
  const detail = isOurs
    ? `it has a folder ${strange.name}, but its ${REPOSITORY_FILE} is missing`
    : `it holds ${strange.name}, but no ${REPOSITORY_FILE}`;
  return { kind: "foreign", detail, isOurs };
}

async function makeRoot(fs: RepositoryFs, path: string): Promise<void> {
  if ((await fs.stat(path))?.isFolder === true) return;
  const parent = dirname(path);
  if (parent !== path) await makeRoot(fs, parent);
  if (await fs.makeFolder(path)) await fs.syncFolder(parent);
}

/**
 * Makes a repository where nothing is. Of two processes that do so at once, one wins and both get
 * its identity.
 */
export async function createRepository(
  fs: RepositoryFs,
  root: string,
  options: { readonly hash: HashName; readonly clock: Clock },
): Promise<RepositoryIdentity> {
  const { hash, clock } = options;
  await makeRoot(fs, root);
  const staging = join(root, FOLDERS.staging);
  await fs.makeFolder(staging);
  const id = clock.randomHex(16);
  const createdAt = clock.now().toISOString();
  const value = { formatVersion: REPOSITORY_FORMAT, id, hash, createdAt };
  const text = `${JSON.stringify(value, null, 1)}\n`;
  const staged = join(staging, `.${id}-${REPOSITORY_FILE}`);
  await fs.unlink(staged);
  await writeNewFile(fs, staged, text, 0o444);
  try {
    await fs.link(staged, join(root, REPOSITORY_FILE));
  } catch (error) {
    if (codeOf(error) !== "EEXIST") await fs.rename(staged, join(root, REPOSITORY_FILE));
  }
  await fs.unlink(staged);
  await fs.syncFolder(root);
  const found = await findRepository(fs, root);
  if (found.kind === "repository") return found.identity;
  throw new SnapformError("unavailable", "the repository vanished while it was made");
}
