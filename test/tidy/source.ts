// Reads TypeScript just well enough: tells code from comments, strings and regular expressions,
// and finds imports. Offsets and lines stay those of the original text.

export interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
  /** From 1. */
  readonly line: number;
}

/** What can stand before a slash that opens a regular expression rather than divides. */
const beforeRegExp = /(^|[(,=:[!&|?{};+\-*%<>~^]|\b(return|typeof|case|of|in|await|yield|throw))$/;

const blank = (text: string): string => text.replace(/[^\n]/g, " ");

/**
 * The text with comments, and what stands between the quotes of strings, templates and regular
 * expressions, replaced by spaces. Code inside `${}` stays.
 */
export function codeOf(text: string): string {
  let code = "";
  let at = 0;
  /** Depth of braces at which each open `${` ends. */
  const templates: number[] = [];
  let braceDepth = 0;
  const copy = (count: number): void => {
    code += text.slice(at, at + count);
    at += count;
  };
  const erase = (count: number): void => {
    code += blank(text.slice(at, at + count));
    at += count;
  };
  const templateText = (): void => {
    const length = /^(?:\\[^]|\$(?!\{)|[^\\`$])*/.exec(text.slice(at))?.[0].length ?? 0;
    erase(length);
    if (text.startsWith("${", at)) {
      templates.push(braceDepth);
      copy(2);
    } else copy(1);
  };
  while (at < text.length) {
    const rest = text.slice(at);
    const comment = /^(?:\/\/[^\n]*|\/\*[^]*?\*\/)/.exec(rest)?.[0];
    const quoted = /^(["'])((?:\\[^]|(?!\1)[^\\\n])*)\1/.exec(rest)?.[2];
    const char = rest[0] ?? "";
    if (comment !== undefined) erase(comment.length);
    else if (quoted !== undefined) {
      copy(1);
      erase(quoted.length);
      copy(1);
    } else if (char === "`") {
      copy(1);
      templateText();
    } else if (char === "}" && templates.at(-1) === braceDepth) {
      templates.pop();
      copy(1);
      templateText();
    } else if (char === "/" && beforeRegExp.test(code.slice(-200).trimEnd())) {
      copy(1);
      erase(/^(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])*/.exec(text.slice(at))?.[0].length ?? 0);
      copy(1);
    } else {
      if (char === "{") braceDepth += 1;
      if (char === "}") braceDepth -= 1;
      copy(/^[\w$]+/.exec(rest)?.[0].length ?? 1);
    }
  }
  return code;
}

/** `import ... from`, `export ... from`, `import "x"`, `import("x")` and `typeof import("x")`. */
const importForms =
  /\b(?:import|export)\s+(type\s+(?!from\b|,))?(?:[\w$*\s{},]*?\bfrom\s*)["']( +)["']|\bimport\s*["']( +)["']|(\btypeof\s+)?\bimport\s*\(\s*["'`]( +)["'`]/dg;

/** Every import and re-export of a module, in the order of the text. */
export function importsOf(text: string): Import[] {
  return [...codeOf(text).matchAll(importForms)].map((match) => {
    const [from, to] = match.indices?.[2] ?? match.indices?.[3] ?? match.indices?.[5] ?? [0, 0];
    return {
      specifier: text.slice(from, to),
      typeOnly: match[1] !== undefined || match[4] !== undefined,
      line: lineAt(text, from),
    };
  });
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
