import { SnapformError } from "../errors/index.ts";
import type { Capabilities, RestoreProcedure } from "../snapshot/capabilities.ts";
import type { EngineDriver, KnownNative, RestoreRequest } from "./driver.ts";

/** Every call of `driver`, each refusing what cannot be meant or done before the driver sees it. */
export function checkedCalls(driver: EngineDriver, cluster: string): Required<EngineDriver> {
  const { engine, capabilities } = driver;
  const check = new RequestCheck(engine, capabilities, cluster);
  return {
    engine,
    capabilities,
    observe: (context) => driver.observe(context),
    async listNative(collections, known, context) {
      for (const name of collections) check.named(name, "collection");
      for (const each of known) check.native(each);
      return driver.listNative(collections, known, context);
    },
    async capture(request, context) {
      if (capabilities.create !== "capture") check.unable("hold a collection still");
      check.named(request.collection, "collection");
      check.named(request.snapshotId, "snapshot");
      return driver.capture?.(request, context) ?? check.unable("hold a collection still");
    },
    async createNative(request, context) {
      if (capabilities.create !== "native") check.unable("keep snapshots itself");
      check.named(request.collection, "collection");
      check.named(request.snapshotId, "snapshot");
      return driver.createNative?.(request, context) ?? check.unable("keep snapshots itself");
    },
    async readNative(snapshot, context) {
      if (!capabilities.copyOut) check.unable("be copied out of");
      check.native(snapshot);
      return driver.readNative?.(snapshot, context) ?? check.unable("be copied out of");
    },
    async deleteNative(snapshot, context) {
      check.native(snapshot);
      return driver.deleteNative?.(snapshot, context) ?? check.unable("delete snapshots");
    },
    async restore(request, context) {
      check.restore(request);
      return driver.restore(request, context);
    },
    async recoverRestore(request, context) {
      check.named(request.runId, "run");
      check.named(request.target, "target");
      return driver.recoverRestore(request, context);
    },
    sweep: (context) => driver.sweep(context),
    async check(collection, manifest, level, context) {
      check.named(collection, "collection");
      check.sameEngine(manifest.engine);
      return driver.check(collection, manifest, level, context);
    },
    async moveAlias(alias, collection, context) {
      if (!capabilities.restore.alias) check.unable("move an alias");
      check.named(alias, "alias");
      check.named(collection, "collection");
      if (alias === collection) check.refuse("an alias cannot have its collection's name");
      return driver.moveAlias?.(alias, collection, context) ?? check.unable("move an alias");
    },
    close: () => driver.close(),
  };
}

class RequestCheck {
  readonly #engine: string;
  readonly #capabilities: Capabilities;
  readonly #cluster: string;

  constructor(engine: string, capabilities: Capabilities, cluster: string) {
    this.#engine = engine;
    this.#capabilities = capabilities;
    this.#cluster = cluster;
  }

  refuse(why: string): never {
    throw new SnapformError("invalid-argument", `cluster ${this.#cluster}: ${why}`);
  }

  named(name: string, what: string): void {
    if (name === "") this.refuse(`the ${what} has no name`);
  }

  unable(what: string): never {
    const text = `engine ${this.#engine} cannot ${what}`;
    throw new SnapformError("unimplemented", `cluster ${this.#cluster}: ${text}`);
  }

  native(snapshot: KnownNative): void {
    this.named(snapshot.collection, "collection");
    this.named(snapshot.key, "snapshot");
  }

  sameEngine(engine: string): void {
    if (engine === this.#engine) return;
    const text = `a snapshot of engine ${engine} does not fit engine ${this.#engine}`;
    throw new SnapformError("failed-precondition", `cluster ${this.#cluster}: ${text}`);
  }

  restore(request: RestoreRequest): void {
    const { source, procedure, expectedIdentity } = request;
    this.named(request.runId, "run");
    this.named(request.target, "target");
    const { restore, create, copyOut } = this.#capabilities;
    const able: Readonly<Record<RestoreProcedure, boolean>> = {
      new: restore.newCollection,
      "in-place": restore.inPlace,
      replace: restore.overwrite,
    };
    if (!able[procedure]) this.unable(`restore with procedure ${procedure}`);
    if (procedure === "new" && expectedIdentity !== null) {
      this.refuse("a new collection has no identity to expect");
    }
    if (source.kind === "native") {
      if (create !== "native") this.unable("restore from the cluster itself");
      this.native(source.snapshot);
      return;
    }
    if (create === "native" && !copyOut) this.unable("restore from a repository");
    this.sameEngine(source.reader.manifest.engine);
  }
}
