import type { Capture } from "../engine/driver.ts";
import { failureOf } from "./failure.ts";
import type { World } from "./world.ts";

/**
 * Works with a capture and closes it, whatever happens. What was stored and recorded is made, also
 * when the capture cannot be closed: what it held still is swept later, so that is a warning.
 */
export async function withCapture<T>(
  world: World,
  capture: Capture,
  work: () => Promise<T>,
): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (error) {
    // How the work failed counts; what stays held is swept.
    await capture.close().catch(() => undefined);
    throw error;
  }
  try {
    await capture.close();
  } catch (error) {
    const { message } = failureOf(error);
    world.emit({ type: "warning", text: `a snapshot's source was not released: ${message}` });
  }
  return result;
}
