import type { TerraformObject } from "../schema/schema.ts";

/**
 * What one walk of Terraform has done so far, by address. Of a replacement Terraform tells neither
 * half about the other: within one walk it is known all the same.
 */
export interface Walk {
  /** Resources that were created. */
  readonly created: Set<string>;
  /** Resources whose destroy was planned; an apply plans that only of what has a successor. */
  readonly condemned: Set<string>;
  /** Resources that were destroyed to be created anew. */
  readonly replaced: Set<string>;
  /** What resources ask for, as text. */
  readonly asked: Map<string, string>;
}

const walks = new WeakMap<TerraformObject, Walk>();

/** By the provider's configuration, which is another object for each walk: plan, apply. */
export function walkOf(provider: TerraformObject): Walk {
  const known = walks.get(provider);
  if (known) return known;
  const walk: Walk = {
    created: new Set(),
    condemned: new Set(),
    replaced: new Set(),
    asked: new Map(),
  };
  walks.set(provider, walk);
  return walk;
}
