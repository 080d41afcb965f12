import type { Clock } from "../../clock/clock.ts";
import { SnapformError } from "../../errors/index.ts";
import type { LockOwner } from "../state-store.ts";
import { removeLock, renewLock, viewLock } from "./lock-files.ts";
import type { LockView } from "./lock-files.ts";
import type { StateFiles } from "./state-files.ts";

/** A lock as it was taken. */
export interface LeaseGrant {
  readonly owner: LockOwner;
  readonly leaseMs: number;
  /** When it was asked for, on the monotonic clock: the lease counts from here. */
  readonly fromMs: number;
}

/**
 * A lock that is held: renews itself in the background and knows when it is lost. Once lost it
 * stays lost, whatever the folder says later.
 */
export class Lease {
  readonly #files: StateFiles;
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #leaseMs: number;
  readonly #stop = new AbortController();
  readonly #beating: Promise<void>;
  #owner: LockOwner;
  #untilMs: number;
  #lost: string | null = null;

  constructor(files: StateFiles, folder: string, clock: Clock, grant: LeaseGrant) {
    this.#files = files;
    this.#folder = folder;
    this.#clock = clock;
    this.#owner = grant.owner;
    this.#leaseMs = grant.leaseMs;
    this.#untilMs = grant.fromMs + grant.leaseMs;
    this.#beating = this.#beat();
  }

  get owner(): LockOwner {
    return this.#owner;
  }

  /** Fails with `locked` unless the lock is ours and will be for this share of a lease. */
  async check(share = 0): Promise<void> {
    this.#checkTime(share);
    const view = await this.#view();
    if (view.fence !== this.#owner.fence || view.owner?.id !== this.#owner.id) {
      throw this.#lose(view.owner ? `taken over by ${nameOf(view.owner)}` : "removed");
    }
    this.#checkTime(share);
  }

  /** Gives the lock back; a lock that is lost is left alone. */
  async release(): Promise<void> {
    this.#stop.abort();
    await this.#beating;
    if (this.#lost === "released") return;
    const view = await viewLock(this.#files, this.#folder);
    if (view.owner?.id === this.#owner.id) {
      await removeLock(this.#files, this.#folder, this.#owner.fence);
    }
    this.#lost = "released";
  }

  // The wall clock too: the monotonic one may stand still while a machine is suspended.
  #checkTime(share: number): void {
    const aheadMs = share * this.#leaseMs;
    const isOver =
      this.#clock.monotonicMs() + aheadMs >= this.#untilMs ||
      this.#clock.now().getTime() + aheadMs >= Date.parse(this.#owner.expiresAt);
    if (this.#lost !== null) throw this.#lose(this.#lost);
    if (isOver) throw this.#lose("not renewed in time");
  }

  async #view(): Promise<LockView> {
    try {
      return await viewLock(this.#files, this.#folder);
    } catch (cause) {
      throw new SnapformError(
        "locked",
        `cannot tell whether the lock on ${this.#folder} is still held`,
        { cause, retryable: true },
      );
    }
  }

  #lose(how: string): SnapformError {
    this.#lost ??= how;
    this.#stop.abort();
    return new SnapformError(
      "locked",
      `the lock ${this.#owner.id} on the state in ${this.#folder} was ${how}`,
      { hint: "Nothing more was written. Run the same command again; it goes on from there." },
    );
  }

  async #beat(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#clock.sleep(this.#leaseMs / 3, signal);
        await this.#renew();
      } catch {
        // Stopped, or the disk failed: then the next beat tries again while the lease lasts, and
        // whoever wants to write gets the error from `check`.
      }
    }
  }

  async #renew(): Promise<void> {
    await this.check();
    const fromMs = this.#clock.monotonicMs();
    const expiresAt = new Date(this.#clock.now().getTime() + this.#leaseMs).toISOString();
    const renewed = Object.freeze({ ...this.#owner, expiresAt });
    await renewLock(this.#files, this.#folder, renewed, this.#clock.randomHex(6));
    this.#checkTime(0);
    this.#owner = renewed;
    this.#untilMs = fromMs + this.#leaseMs;
  }
}

/** A holder in words. */
export function nameOf(owner: LockOwner): string {
  const { operation, host, pid, acquiredAt } = owner;
  return `\`${operation}\` on ${host} (process ${pid}, since ${acquiredAt})`;
}
