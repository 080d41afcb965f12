// A repository in a folder of a local or mounted filesystem. May know the repository contract, the
// words, and node:fs; every operation that changes the disk goes through `RepositoryFs`.
// Invariant: a manifest becomes visible in one step, after its objects are durable; objects are
// immutable and named by their hash; what a crash leaves behind lies in staging/ and is swept.
export {
  openFilesystemRepository,
  type FilesystemRepositoryOptions,
} from "./filesystem-repository.ts";
export { observeFilesystemRepository, type FilesystemObservation } from "./observe.ts";
export { nodeFs, type NewFile, type RepositoryFs, type StreamedFile } from "./repository-fs.ts";
