import { SnapformError } from "../errors/index.ts";
import type { Session } from "./session.ts";
import type { EngineCheckCase } from "./workspace.ts";

/** Runs the engine contract against a cluster of the user's, in collections of its own. */
export async function checkEngine(
  session: Session,
  cluster: string,
  onCase: (result: EngineCheckCase) => void,
): Promise<void> {
  void onCase;
  await session.resources.engine(cluster);
  throw new SnapformError("unimplemented", "the contract is not wired yet");
}
