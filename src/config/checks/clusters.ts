import {
  ENGINE_FIELDS,
  ENGINE_NAMES,
  USABLE_ENGINES,
  type EngineFields,
} from "../../desired/engine-fields.ts";
import { atKey, atValue, type Draft, type PartlyConfig } from "../draft.ts";
import type { Finding } from "../finding.ts";
import type { Path } from "../located.ts";
import { suggestion } from "../nearest.ts";

type PartlyCluster = NonNullable<PartlyConfig["clusters"]>[string];

const fieldNames = [
  ...new Set(Object.values(ENGINE_FIELDS).flatMap((each) => [...each.required, ...each.optional])),
];

/** Each cluster has the fields that its engine needs, and no others. */
export function checkClusters(draft: Draft): readonly Finding[] {
  return Object.entries(draft.config.clusters ?? {}).flatMap(([name, cluster]) => {
    const path = ["clusters", name];
    const engine = cluster?.engine;
    const addresses = checkAddresses(draft, path, cluster);
    if (engine === undefined) return addresses;
    const fields = Object.hasOwn(ENGINE_FIELDS, engine) ? ENGINE_FIELDS[engine] : undefined;
    if (fields === undefined) return [unknownEngine(draft, path, engine), ...addresses];
    return [
      ...checkUsable(draft, path, engine),
      ...checkFields(draft, path, engine, fields),
      ...checkLogin(draft, path, engine),
      ...addresses,
    ];
  });
}

function unknownEngine(draft: Draft, path: Path, engine: string): Finding {
  const near = suggestion(engine, ENGINE_NAMES);
  const known = ENGINE_NAMES.join(", ");
  const detail = `There is no engine ${JSON.stringify(engine)}. ${near}Engines: ${known}.`;
  const words = { code: "unknown-engine", summary: "Unknown engine", detail };
  return atValue(draft, [...path, "engine"], words);
}

/** A file for an engine that is to come can be written and checked, but not yet carried out. */
function checkUsable(draft: Draft, path: Path, engine: string): Finding[] {
  if (USABLE_ENGINES.includes(engine)) return [];
  const usable = ENGINE_NAMES.filter((name) => USABLE_ENGINES.includes(name)).join(", ");
  const detail =
    `This version of snapform checks clusters of the engine ${engine} but cannot work with them: ` +
    `plan and apply refuse this configuration. Engines that work: ${usable}.`;
  const words = { code: "engine-not-available", summary: "Engine not available yet", detail };
  return [{ ...atValue(draft, [...path, "engine"], words), severity: "warning" }];
}

function checkFields(draft: Draft, path: Path, engine: string, fields: EngineFields): Finding[] {
  const missing = fields.required
    .filter((field) => draft.lacks([...path, field]))
    .map((field) => {
      const detail = `A cluster with the engine ${engine} needs the key "${field}".`;
      return atKey(draft, path, { code: "missing-key", summary: "Missing key", detail });
    });
  const allowed = [...fields.required, ...fields.optional];
  const foreign = fieldNames
    .filter((field) => !allowed.includes(field) && draft.has([...path, field]))
    .map((field) => {
      const detail = `The engine ${engine} has no key "${field}". Its keys: ${allowed.join(", ")}.`;
      const words = { code: "foreign-key", summary: "Key of another engine", detail };
      return atKey(draft, [...path, field], words);
    });
  return [...missing, ...foreign];
}

function checkLogin(draft: Draft, path: Path, engine: string): Finding[] {
  if (engine !== "milvus" && engine !== "zilliz") return [];
  const has = (key: string): boolean => draft.has([...path, key]);
  const lacks = (key: string): boolean => draft.lacks([...path, key]);
  const at = (key: string, detail: string): Finding[] => [
    atKey(draft, [...path, key], { code: "invalid-login", summary: "Unclear login", detail }),
  ];
  if (has("token") && has("username")) {
    return at("username", 'Give either "token" or "username" and "password", not both.');
  }
  if (has("username") && lacks("password")) return at("username", 'A "password" is missing.');
  return has("password") && lacks("username") ? at("password", 'A "username" is missing.') : [];
}

function checkAddresses(draft: Draft, path: Path, cluster: PartlyCluster | undefined): Finding[] {
  const findings: Finding[] = [];
  const refuse = (at: Path, code: string, summary: string, detail: string): void => {
    findings.push(atValue(draft, at, { code, summary, detail }));
  };
  const refuseLogin = (at: Path): void =>
    refuse(at, "login-in-address", "Login in an address", login);
  const login = "An address must not hold a user name or password. Use the keys that exist for it.";
  const isLancedb = cluster?.engine === "lancedb";
  if (isLancedb && /^[a-z][a-z0-9+.-]+:\/\//i.test(cluster.uri ?? "")) {
    const detail =
      "Only LanceDB databases in a local folder are supported. Give the path of the folder, not " +
      "the address of an object store or server.";
    refuse([...path, "uri"], "not-local", "Not a local folder", detail);
  }
  if (hasLogin(cluster?.address)) refuseLogin([...path, "address"]);
  const seen = new Map<string, number>();
  (cluster?.nodes ?? []).forEach((node, index) => {
    const at = [...path, "nodes", index, "url"];
    const { url } = node ?? {};
    if (url === undefined) return;
    const text = url.replace(/\/+$/, "").toLowerCase();
    if (hasLogin(url)) refuseLogin(at);
    else if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      const detail = "Expected a URL with scheme and port such as https://node-0.example:6333.";
      refuse(at, "invalid-url", "Not a URL", detail);
    } else if (seen.has(text)) {
      refuse(
        at,
        "node-twice",
        "Node given twice",
        `The node stands at position ${seen.get(text)} already.`,
      );
    }
    seen.set(text, index + 1);
  });
  return findings;
}

function hasLogin(address: string | undefined): boolean {
  return address !== undefined && /^([a-z][a-z0-9+.-]*:\/\/)?[^/?#]*@/i.test(address);
}
