import { differences } from "../wire/compare.ts";
import type { Message } from "../wire/messages.ts";
import type { Tree } from "../wire/value.ts";
import type { ApplyContext, ApplyResult, Operation, Private } from "./definition.ts";
import {
  bugDiagnostic,
  diagnosticOf,
  encodeDiagnostics,
  hasErrors,
  soundDiagnostics,
  type Diagnostic,
} from "./diagnostic.ts";
import { runEffect } from "./effect.ts";
import { decodeTree, kindNamed, type ResourceKind } from "./kinds.ts";
import { emptyTree, finishState, mismatchDiagnostics } from "./outcome.ts";
import { decodePrivate, encodePrivate } from "./private.ts";
import type { Session } from "./session.ts";
import { stackOfThrown, textOfThrown } from "./thrown.ts";
import { limitOf } from "./timeouts.ts";

type ApplyResponse = Message<"ApplyResponse">;

/** One change, decoded. */
interface Change {
  readonly operation: Operation;
  readonly prior: Tree | null;
  readonly planned: Tree | null;
  readonly config: Tree;
  readonly private: Private;
}

/** The best that is known of an object while it is being changed. */
interface Kept {
  state: Tree | null;
  private: Private;
}

/**
 * From here on nothing is thrown any more: an object that has been made and of which Terraform
 * gets no state is lost.
 */
export async function applyResourceChange<C>(
  session: Session<C>,
  request: Message<"ApplyRequest">,
): Promise<ApplyResponse> {
  const kind = kindNamed(session.kinds.resources, request.typeName);
  let change: Change;
  try {
    change = changeOf(kind, request);
  } catch (error) {
    const diagnostics = [diagnosticOf(error, `read the plan of ${kind.name}`)];
    const encoded = encodeDiagnostics(diagnostics, null, session.redactor);
    const untouched = { ...(request.priorState && { newState: request.priorState }) };
    return { ...untouched, private: request.plannedPrivate, diagnostics: encoded };
  }
  for (const each of [change.prior, change.planned, change.config]) {
    session.redactor.learn(kind.schema, each);
  }
  return await apply(session, kind, change);
}

function changeOf<C>(kind: ResourceKind<C>, request: Message<"ApplyRequest">): Change {
  const prior = decodeTree(kind, request.priorState);
  const planned = decodeTree(kind, request.plannedState);
  const config = decodeTree(kind, request.config) ?? emptyTree(kind);
  const operation = planned === null ? "delete" : prior === null ? "create" : "update";
  return { operation, prior, planned, config, private: decodePrivate(request.plannedPrivate) };
}

async function apply<C>(
  session: Session<C>,
  kind: ResourceKind<C>,
  change: Change,
): Promise<ApplyResponse> {
  const { operation } = change;
  const kept: Kept = { state: change.prior, private: change.private };
  const found: Diagnostic[] = [];
  const limitMs = limitOf(kind.resource.timeouts, change.planned ?? change.prior ?? {}, operation);
  try {
    const result = await runEffect(session, { doing: operation, limitMs }, (context) => {
      return perform(kind, change, withKeep(context, kept));
    });
    found.push(...soundDiagnostics(result.diagnostics));
    kept.state = result.state;
    if (result.private !== undefined) kept.private = result.private;
  } catch (error) {
    found.push(diagnosticOf(error, `${operation} ${kind.name}`));
    session.log("error", `${operation} failed`, {
      resource: kind.name,
      error: stackOfThrown(error),
    });
  }
  return answer(session, kind, { change, kept, found });
}

function withKeep<C>(context: Omit<ApplyContext<C>, "keep">, kept: Kept): ApplyContext<C> {
  return {
    ...context,
    keep(state, keptPrivate) {
      kept.state = state;
      if (keptPrivate !== undefined) kept.private = keptPrivate;
    },
  };
}

async function perform<C>(
  { resource }: ResourceKind<C>,
  change: Change,
  context: ApplyContext<C>,
): Promise<ApplyResult> {
  const { prior, planned, config } = change;
  if (planned !== null) {
    const request = { planned, config, private: change.private };
    return prior === null
      ? await resource.create(context, request)
      : await resource.update(context, { ...request, prior });
  }
  if (prior === null) return { state: null };
  let remaining: Tree | null = prior;
  const watched: ApplyContext<C> = {
    ...context,
    keep(state, keptPrivate) {
      remaining = state;
      context.keep(state, keptPrivate);
    },
  };
  const current = { state: prior, private: change.private };
  const diagnostics = soundDiagnostics(await resource.delete(watched, current));
  return { state: hasErrors(diagnostics) ? remaining : null, diagnostics };
}

/** Holds what came out against the schema and the plan, and makes the reply of it. */
function answer<C>(
  { redactor }: Session<C>,
  kind: ResourceKind<C>,
  { change, kept, found }: { change: Change; kept: Kept; found: Diagnostic[] },
): ApplyResponse {
  const isFailed = hasErrors(found);
  const what = `the object after ${change.operation}`;
  const { tree, message, faults } = finishState(kind, kept.state, {
    what,
    // What was kept before a failure may well be half known; that it failed has been said.
    unknown: isFailed ? "drop" : "refuse",
    redactor,
  });
  found.push(...faults);
  if (!isFailed && faults.length === 0 && change.planned !== null) {
    if (tree === null) found.push(bugDiagnostic(`After ${change.operation} there was no object.`));
    const text = "These attributes came out otherwise than they were planned:";
    const paths = tree === null ? [] : differences(kind.type, change.planned, tree);
    found.push(...mismatchDiagnostics(paths, text));
  }
  let bytes: Uint8Array;
  try {
    bytes = encodePrivate(kept.private);
  } catch (error) {
    bytes = encodePrivate(change.private);
    found.push(bugDiagnostic(`What is kept beside the object is no JSON: ${textOfThrown(error)}.`));
  }
  const diagnostics = encodeDiagnostics(found, kind.schema, redactor);
  return { newState: message, private: bytes, diagnostics };
}
