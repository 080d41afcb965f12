import type { DynamicValue, Message } from "../wire/messages.ts";
import { encodePath, formatPath, type Path } from "../wire/path.ts";
import type { Tree } from "../wire/value.ts";
import type { PlanResult, Private } from "./definition.ts";
import { diagnosticOf, encodeDiagnostics, hasErrors, type Diagnostic } from "./diagnostic.ts";
import { decodeTree, encodeTree, kindNamed, type ResourceKind } from "./kinds.ts";
import { finishState, mismatchDiagnostics, emptyTree } from "./outcome.ts";
import { brokenPromises, markComputed, replacedBy } from "./plan-rules.ts";
import { decodePrivate, encodePrivate } from "./private.ts";
import type { Session } from "./session.ts";

type PlanResponse = Message<"PlanResponse">;

/** Everything that a plan may be made of. */
interface Asked {
  readonly prior: Tree | null;
  readonly proposed: Tree;
  readonly config: Tree;
  readonly private: Private;
}

/** Pure, and called again at apply: a resource that plans has no door to the world. */
export function planResourceChange<C>(
  session: Session<C>,
  request: Message<"PlanRequest">,
): PlanResponse {
  const { redactor, kinds } = session;
  const kind = kindNamed(kinds.resources, request.typeName);
  const unplanned = { ...(request.priorState && { plannedState: request.priorState }) };
  try {
    const { priorState, proposedNewState } = request;
    const prior = decodeTree(kind, priorState);
    // Mostly nothing is to change: then both are one object from here on.
    const isSame = isSameMessage(priorState, proposedNewState);
    const proposed = isSame ? prior : decodeTree(kind, proposedNewState);
    const config = decodeTree(kind, request.config) ?? emptyTree(kind);
    for (const each of [prior, proposed, config]) redactor.learn(kind.schema, each);
    const kept = decodePrivate(request.priorPrivate);
    return proposed === null
      ? planDestroy(session, kind, prior, kept)
      : planChange(session, kind, { prior, proposed, config, private: kept });
  } catch (error) {
    const diagnostics = [diagnosticOf(error, `plan ${kind.name}`)];
    const encoded = encodeDiagnostics(diagnostics, kind.schema, redactor);
    return { ...unplanned, plannedPrivate: request.priorPrivate, diagnostics: encoded };
  }
}

function isSameMessage(a: DynamicValue | undefined, b: DynamicValue | undefined): boolean {
  if (a?.msgpack === undefined || b?.msgpack === undefined) return false;
  return Buffer.compare(a.msgpack, b.msgpack) === 0;
}

function planDestroy<C>(
  { providerConfig, redactor }: Session<C>,
  kind: ResourceKind<C>,
  prior: Tree | null,
  kept: Private,
): PlanResponse {
  const request = { state: prior ?? emptyTree(kind), private: kept, provider: providerConfig };
  const diagnostics = kind.resource.planDestroy?.(request) ?? [];
  return {
    plannedState: encodeTree(kind, null),
    plannedPrivate: encodePrivate(kept),
    diagnostics: encodeDiagnostics(diagnostics, kind.schema, redactor),
  };
}

function planChange<C>(session: Session<C>, kind: ResourceKind<C>, asked: Asked): PlanResponse {
  const { redactor } = session;
  const { prior, config } = asked;
  const result = planned(session, kind, asked);
  const what = "the planned object";
  const finished = finishState(kind, result.planned, { what, unknown: "keep", redactor });
  const tree = finished.tree ?? emptyTree(kind);
  const found: Diagnostic[] = [...(result.diagnostics ?? []), ...finished.faults];
  if (!hasErrors(found)) {
    const broken = brokenPromises(kind.schema, { prior, config, planned: tree });
    const text = "These attributes are planned otherwise than they are configured:";
    found.push(...mismatchDiagnostics(broken, text));
  }
  const replaced = prior === null ? [] : replacedBy(kind.schema, prior, tree);
  const paths = prior === null ? [] : unique([...replaced, ...(result.requiresReplace ?? [])]);
  const kept = result.private === undefined ? asked.private : result.private;
  return {
    plannedState: finished.message,
    requiresReplace: paths.map((path) => encodePath(kind.schema, path)),
    plannedPrivate: encodePrivate(kept),
    diagnostics: encodeDiagnostics(found, kind.schema, redactor),
  };
}

function planned<C>(session: Session<C>, kind: ResourceKind<C>, asked: Asked): PlanResult {
  const { prior, config } = asked;
  const proposed = markComputed(kind.schema, asked.proposed, { config, prior });
  const result = kind.resource.plan?.({
    prior: prior && { state: prior, private: asked.private },
    proposed,
    config,
    private: asked.private,
    provider: session.providerConfig,
  });
  return result ?? { planned: proposed };
}

function unique(paths: readonly Path[]): Path[] {
  return [...new Map(paths.map((path) => [formatPath(path), path])).values()];
}
