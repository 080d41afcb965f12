// The library for CDK programs: `snapform/cdktf` and, with the engine's name exchanged by the
// build, `snapform/cdktn`. Exports and nothing else. Invariant: what is exported here changes with
// the version (semver); everything else in this folder may change at any time.
export * from "./l1/bindings.gen.ts";
export { SnapformConfig, type FromYamlOptions } from "./yaml/snapform-config.ts";
