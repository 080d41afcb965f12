import { isAbsolute, relative, resolve } from "node:path";
import type { SnapformConfig as Config } from "../../desired/canonical.ts";
import { IMPLIED_REPOSITORY } from "../../desired/implied-repository.ts";
import { CONFIG_SHAPE } from "../../desired/shape.gen.ts";
import { shapeBelow, type Shape } from "../../desired/shape.ts";
import type { Json } from "../../snapshot/manifest.ts";
import type { YamlConfig } from "./read-config.ts";
import type { SecretVariables } from "./secret-variables.ts";

type Path = readonly (string | number)[];

/** What one configuration means from another folder. */
export interface InputOptions {
  /** Absolute: where Terraform will run. */
  readonly runsIn: string;
  readonly secrets: SecretVariables;
}

/**
 * The configuration in the words of the bindings: paths as they are seen from where Terraform will
 * run, secrets as variables, and text in which Terraform finds nothing to replace.
 */
export function terraformInput(yaml: YamlConfig, { runsIn, secrets }: InputOptions): Config {
  const change = (shape: Shape, value: Json, path: Path): Json => {
    if (typeof value === "object" && value !== null) {
      const entries = Object.entries(value).map(([key, each]: [string, Json]) => {
        const step = Array.isArray(value) ? Number(key) : key;
        const below = shapeBelow(shape, step);
        return [key, below === null ? each : change(below, each, [...path, step])] as const;
      });
      return Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries);
    }
    if (typeof value !== "string") return value;
    if ("sensitive" in shape && shape.sensitive === true) {
      return secrets.reference(path, yaml.declared(path));
    }
    const isPath = "format" in shape && shape.format === "path";
    return escaped(isPath ? seenFrom(runsIn, resolve(yaml.folderOf(path), value), value) : value);
  };
  const { statePath, config, desired } = yaml;
  const whole = change(CONFIG_SHAPE, config as unknown as Json, []) as unknown as Config;
  const implied = desired.repositories.find(({ name }) => name === IMPLIED_REPOSITORY);
  const isDeclared = Object.hasOwn(config.repositories ?? {}, IMPLIED_REPOSITORY);
  const added: Config["repositories"] =
    implied && !isDeclared
      ? { [implied.name]: { type: implied.type, path: escaped(seenFrom(runsIn, implied.path)) } }
      : {};
  return {
    ...whole,
    state: { path: escaped(seenFrom(runsIn, statePath, config.state?.path)) },
    repositories: { ...whole.repositories, ...added },
  };
}

/** An absolute path as declared if it was declared absolute, else relative to the folder. */
function seenFrom(folder: string, path: string, declared = ""): string {
  if (isAbsolute(declared)) return declared;
  const seen = relative(folder, path).replaceAll("\\", "/");
  return seen.startsWith("..") || isAbsolute(seen) ? seen : `./${seen}`;
}

/** Text that Terraform takes as it is. */
function escaped(text: string): string {
  return text.replace(/([$%])\{/g, "$1$1{");
}
