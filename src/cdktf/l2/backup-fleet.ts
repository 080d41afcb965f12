import { createHash } from "node:crypto";
import { Construct } from "constructs";
import { parseSpan } from "../../clock/duration.ts";
import { SnapformError } from "../../errors/index.ts";
import {
  BackupPolicy,
  type BackupPolicyConfig,
  type BackupPolicyRetention,
} from "../l1/backup-policy.gen.ts";
import type { SnapformProvider } from "../l1/snapform-provider.gen.ts";
import { nameOf } from "./name-of.ts";

/** When the runs of a fleet may begin. */
export interface FleetWindow {
  /** `HH:MM`, in the time zone. */
  readonly start: string;
  /** How long the window is open: whole minutes up to a day, such as `4h`. */
  readonly length: string;
  /** The days of the week as in cron; every day unless given. */
  readonly days?: string;
  /** IANA name; the provider's default, else UTC, unless given. */
  readonly timezone?: string;
}

/** What a fleet takes. */
export interface BackupFleetProps {
  /** Goes before the names of the policies: `NAME-COLLECTION`. */
  readonly name: string;
  /** The cluster that has the collections, by its name at the provider. */
  readonly cluster: string;
  /** Names, no patterns; each gets a policy of its own. */
  readonly collections: readonly string[];
  /** When the runs may begin. */
  readonly window: FleetWindow;
  /** What is kept of each; see `RetentionRules`. */
  readonly retention: BackupPolicyRetention;
  /** Where copies go, by its name at the provider. */
  readonly repository?: string;
  /** What else the policies shall have. */
  readonly policy?: Omit<
    BackupPolicyConfig,
    "name" | "cluster" | "collections" | "schedule" | "retention" | "repository"
  >;
  /** Which provider all of it goes through; the one without alias unless given. */
  readonly provider?: SnapformProvider;
}

const dayMinutes = 24 * 60;

/**
 * One policy over many collections, whose runs begin spread over a window of time, so that they do
 * not all load the cluster at once. Where in the window a collection's run begins follows from its
 * name: it stays there whatever other collections come and go.
 */
export class BackupFleet extends Construct {
  /** By collection. */
  readonly policies: ReadonlyMap<string, BackupPolicy>;

  /** @throws SnapformError `invalid-argument` */
  constructor(scope: Construct, id: string, props: BackupFleetProps) {
    super(scope, id);
    const { name, cluster, window, retention, repository, provider } = props;
    const starts = this.#starts(window);
    const { days = "*", timezone } = window;
    const names = [...new Set(props.collections)];
    if (names.length < props.collections.length) {
      throw this.#refusal("collections: one of them stands there twice");
    }
    this.policies = new Map(
      names.map((collection) => {
        const minute = starts(`${name}/${collection}`);
        const at = `${minute % 60} ${Math.floor(minute / 60)} * * ${days}`;
        const policy = new BackupPolicy(this, nameOf(this, collection), {
          ...props.policy,
          name: `${name}-${nameOf(this, collection)}`,
          cluster,
          collections: [collection],
          schedule: { cron: at, timezone },
          retention,
          ...(repository === undefined ? {} : { repository }),
          ...(provider === undefined ? {} : { provider }),
        });
        return [collection, policy];
      }),
    );
  }

  /** The minute of the day at which the run of a key begins. */
  #starts({ start, length, days = "*" }: FleetWindow): (key: string) => number {
    const [, hour = "", minute = ""] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(start) ?? [];
    if (hour === "") throw this.#refusal(`window.start: expected HH:MM, found "${start}"`);
    const first = Number(hour) * 60 + Number(minute);
    const minutes = this.#minutes(length);
    if (first + minutes > dayMinutes && days !== "*") {
      throw this.#refusal("window: it ends on the next day, so `days` would not say which day");
    }
    return (key) => {
      const digest = createHash("sha256").update(key).digest();
      return (first + (digest.readUInt32BE(0) % minutes)) % dayMinutes;
    };
  }

  #minutes(length: string): number {
    let minutes: number;
    try {
      minutes = parseSpan(length) / 60_000;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw this.#refusal(`window.length: ${error.message}`, error);
    }
    if (Number.isInteger(minutes) && minutes >= 1 && minutes <= dayMinutes) return minutes;
    throw this.#refusal(`window.length: expected whole minutes up to a day, found "${length}"`);
  }

  #refusal(message: string, cause?: Error): SnapformError {
    const options = cause === undefined ? {} : { cause };
    return new SnapformError("invalid-argument", `${this.node.path}: ${message}`, options);
  }
}
