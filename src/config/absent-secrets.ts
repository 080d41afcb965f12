import { CONFIG_SHAPE } from "../desired/shape.gen.ts";
import { shapeAt } from "../desired/shape.ts";
import type { Finding } from "./finding.ts";
import { interpolate, type Environment } from "./interpolate.ts";
import type { ConfigFile } from "./load-config.ts";
import { valueAt, type Path } from "./located.ts";
import { parseYaml, type ParsedFile } from "./parse-yaml.ts";

/** Shown to nobody, as the value of a secret never is. */
const standIn = "(not read)";

/** Reads files where a variable that only secrets refer to need not be set. */
export function parseWithoutSecrets(
  files: readonly ConfigFile[],
  env: Environment,
): readonly ParsedFile[] {
  const parsed = files.map(({ path, text }) => parseYaml(path, text, env));
  const absent = parsed.flatMap((file) => {
    const missing = file.findings.filter((finding) => isMissing(finding) && isSecret(finding.path));
    return missing.flatMap(({ path }) => interpolate(declaredAt(file, path), env).missing);
  });
  if (absent.length === 0) return parsed;
  const filled = { ...env, ...Object.fromEntries(absent.map((name) => [name, standIn])) };
  return files.map(({ path, text }, index) => {
    const again = parseYaml(path, text, filled);
    // The same variable may also stand where its value is needed.
    const needed = parsed[index]?.findings.filter(
      (each) => isMissing(each) && !isSecret(each.path),
    );
    return { ...again, findings: [...again.findings, ...(needed ?? [])] };
  });
}

function isMissing({ code }: Finding): boolean {
  return code === "missing-variable";
}

function isSecret(path: Path): boolean {
  const shape = shapeAt(CONFIG_SHAPE, path);
  return shape !== null && "sensitive" in shape && shape.sensitive === true;
}

function declaredAt({ root }: ParsedFile, path: Path): string {
  const value = root && valueAt(root, path);
  return value?.kind === "scalar" ? (value.declared ?? "") : "";
}
