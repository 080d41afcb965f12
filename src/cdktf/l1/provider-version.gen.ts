// Written by scripts/generate.ts from package.json. Do not edit.

/** Namespace and name of the provider in a registry or mirror. */
export const PROVIDER_SOURCE = "snapform/snapform";

/** Fixes of the version that the bindings were made for. */
export const PROVIDER_VERSION = "~> 0.1.0";
