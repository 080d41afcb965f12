import type { Desired } from "../../desired/desired.ts";
import type { Surroundings } from "../schema/convert.ts";
import type { CallContext, Private, ReadResult, Stored } from "../server/definition.ts";
import { errorDiagnostic, type Diagnostic } from "../server/diagnostic.ts";
import { memberOf, type Tree } from "../wire/value.ts";
import type { ProviderWorld } from "../world.ts";
import { attributesOf, concernOf, focus, resolve } from "./around.ts";
import type { Described, Kind } from "./kind.ts";
import { narrow } from "./narrow.ts";
import { planOf } from "./plan-resource.ts";
import { withMembers } from "./values.ts";
import { formatKept, formatView, parseKept, viewOf, type View } from "./view.ts";

/** Looks at what concerns a resource, together with all others that are looked at now. */
export async function lookAt(
  kind: Kind,
  { configured: world, signal }: Pick<CallContext<ProviderWorld>, "configured" | "signal">,
  desired: Desired,
  value: Tree,
): Promise<View> {
  const seen = await world.look(focus(kind, desired), signal);
  return narrow(seen, concernOf(kind, desired, value));
}

/** The computed attributes of a resource, as a look shows them. */
export function describe(kind: Kind, desired: Desired, view: View, before: Tree): Described {
  return kind.describe({ desired, view, plan: planOf(kind, desired, view, before), before });
}

/**
 * Looks at the world on behalf of a resource, and keeps what planning it needs. What Terraform
 * remembers stays what it is, where it says nothing that could be looked for.
 */
export async function readResource(
  kind: Kind,
  around: Surroundings,
  context: CallContext<ProviderWorld>,
  { state, private: kept }: Stored,
): Promise<ReadResult> {
  const { desired, mistakes } = resolve(kind, state, context.configured.provider, around);
  if (desired === null) {
    // Of what has just been imported the configuration says the rest.
    if (isStub(kind, state)) return { state, private: formatKept({}) };
    const [first] = mistakes;
    const summary = "It cannot be looked at";
    const detail =
      "What Terraform remembers of it does not go with the configuration of the provider: " +
      (first?.detail ?? "something is not known yet");
    return { state, diagnostics: [{ severity: "warning", summary, detail }] };
  }
  const view = await lookAt(kind, context, desired, state);
  const bare = bareRepositories(kept, view);
  if (bare.length > 0) return { state, diagnostics: bare };
  return {
    state: withMembers(state, describe(kind, desired, view, state)),
    private: formatKept({ view: formatView(view) }),
  };
}

/** What was seen last time; null where nothing was, or it cannot be read any more. */
function lastViewOf(kept: Private): View | null {
  try {
    return viewOf(parseKept(kept));
  } catch {
    return null;
  }
}

/**
 * A repository that was there and of which there is nothing now is not taken for a new one: its
 * disk may not be mounted. The record would say so, were it not in there too by default.
 */
function bareRepositories(kept: Private, { inventory }: View): readonly Diagnostic[] {
  const bare = inventory.repositories.filter(({ status }) => status === "new");
  // Mostly there is none, and what was seen last time need not be unpacked.
  if (bare.length === 0) return [];
  const before = lastViewOf(kept)?.inventory.repositories ?? [];
  const known = before.filter(({ status }) => status === "ok");
  return bare.flatMap(({ name }): Diagnostic[] => {
    if (!known.some((each) => each.name === name)) return [];
    const detail =
      `Repository ${name} was there when it was last looked at, and now there is nothing at its ` +
      "place. If its disk is not mounted, mount it. To begin a new one, give it a name of its " +
      "own in `repositories`.";
    return [errorDiagnostic("A repository is gone", detail, ["repository"])];
  });
}

function isStub(kind: Kind, state: Tree): boolean {
  const required = Object.entries(attributesOf(kind)).filter(([, each]) => each.required === true);
  return required.some(([name]) => memberOf(state, name) === null);
}
