// terraform/data-sources/ shows what exists: collections, snapshots, recovery points. May know the
// schema, the framework and the provider's world. Invariant: it only looks; what is shown is what
// the planner sees, and what cannot be looked at is said and never shown as empty.
import { assert } from "../../errors/index.ts";
import type { Inventory } from "../../snapshot/inventory.ts";
import { survey as surveyOf, type Survey } from "../../plan/survey.ts";
import type { Seen } from "../../workspace/shared-workspace.ts";
import { diagnosticsOf, plainOf, withMembers } from "../resources/values.ts";
import { checkDataSource } from "../schema/convert.ts";
import { PROVIDER_SCHEMA } from "../schema/provider-schema.gen.ts";
import type { CallContext, DataSourceType } from "../server/definition.ts";
import type { Diagnostic } from "../server/diagnostic.ts";
import type { Tree } from "../wire/value.ts";
import type { ProviderWorld } from "../world.ts";

/** What a data source shows of the world. */
export interface Shown {
  readonly members: { readonly [name: string]: unknown };
  readonly diagnostics: readonly Diagnostic[];
}

type Context = CallContext<ProviderWorld>;

/** A data source of the schema, with how it is read. */
export function dataSource(
  type: string,
  read: (context: Context, config: Tree) => Promise<Shown>,
): DataSourceType<ProviderWorld> {
  const schema = PROVIDER_SCHEMA.dataSources[type];
  assert(schema !== undefined, `there is a schema of ${type}`);
  return {
    schema,
    validate: (config) => diagnosticsOf(checkDataSource(type, plainOf(config))),
    async read(context, config) {
      const { members, diagnostics } = await read(context, config);
      return { state: withMembers(config, members), diagnostics };
    },
  };
}

export interface SeenWorld extends Seen {
  readonly survey: Survey;
  /** What could not be looked at. */
  readonly unseen: readonly Diagnostic[];
}

/** Looks at one cluster, or at all of them; and at every repository. */
export async function lookAround(
  { configured: world, signal, clock }: Context,
  cluster: string | null,
): Promise<SeenWorld> {
  const { desired } = world;
  const clusters = desired.clusters.filter(({ name }) => cluster === null || name === cluster);
  const seen = await world.look({ ...desired, clusters }, signal);
  const { inventory, state } = seen;
  const { project, moved } = desired;
  const survey = surveyOf({ project, inventory, state, now: clock.now(), moved });
  return { ...seen, survey, unseen: unseenOf(inventory) };
}

function unseenOf({ clusters, repositories }: Inventory): readonly Diagnostic[] {
  const problems = [
    ...clusters.filter(({ reachable }) => !reachable),
    ...repositories.filter(({ status }) => status !== "ok" && status !== "new"),
  ];
  return problems.map(({ name, problem }): Diagnostic => {
    const detail = `${name}: ${problem?.message ?? "it did not answer"}. What it has is left out.`;
    return { severity: "warning", summary: "Not everything could be looked at", detail };
  });
}
