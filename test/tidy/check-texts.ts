import { liesIn, placeOf } from "./check-imports.ts";
import { bans, textRules } from "./rules.ts";
import { codeOf, lineAt } from "./source.ts";
import type { Breach, SourceFile } from "./tree.ts";

/** Breaches of the bans in the code of src/. */
export function checkBans(files: readonly SourceFile[]): Breach[] {
  return files.flatMap(({ path, text }) => {
    const code = codeOf(text);
    return bans
      .filter((ban) => !ban.allowedIn.some((room) => liesIn(placeOf(path), room)))
      .flatMap((ban) =>
        found(code, ban.pattern).map(
          (hit) => `${path}:${hit.line}: ${ban.name} (\`${hit.text}\`): ${ban.instead}`,
        ),
      );
  });
}

/** Breaches of the rules on texts, in any file. */
export function checkTexts(files: readonly SourceFile[]): Breach[] {
  return files.flatMap(({ path, text }) =>
    textRules
      .filter((rule) => rule.files.test(path) && !rule.except?.test(path))
      .flatMap((rule) =>
        found(text, rule.pattern).map((hit) => `${path}:${hit.line}: ${rule.name}: ${hit.text}`),
      ),
  );
}

const workerUrl =
  /new URL\(\s*import\.meta\.url\.endsWith\("\.ts"\) \? "\.\/([\w-]+-worker)\.ts" : "\.\/\1\.js",\s*import\.meta\.url,?\s*\)/g;

/**
 * `import.meta` in src/ serves only to find a worker beside the module, in the one form that works
 * from source, from the compiled library and from the bundle.
 */
export function checkWorkers(files: readonly SourceFile[]): Breach[] {
  const paths = new Set(files.map(({ path }) => path));
  return files.flatMap(({ path, text }) => {
    const names = [...text.matchAll(workerUrl)].map((match) => match[1] ?? "");
    const missing = names
      .map((name) => path.replace(/[^/]+$/, `${name}.ts`))
      .filter((worker) => !paths.has(worker))
      .map((worker) => `${path}: starts ${worker}, which does not exist`);
    const others = found(codeOf(text.replaceAll(workerUrl, "")), /\bimport\.meta\b/);
    const breaches = others.map(() => `${path}: uses import.meta for something else than a worker`);
    return [...missing, ...breaches];
  });
}

function found(text: string, pattern: RegExp): { line: number; text: string }[] {
  const flags = pattern.flags.includes("g") ? pattern.flags : `${pattern.flags}g`;
  return [...text.matchAll(new RegExp(pattern.source, flags))].map((match) => ({
    line: lineAt(text, match.index),
    text: match[0],
  }));
}
