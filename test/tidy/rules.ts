// The architecture as tables. The checks beside this file read them and hold no rules themselves.
//
// A file of src/ lies in the room with the longest matching name; a room may import itself and
// what its row names. Everything not named is forbidden.

/** No I/O and no sense of now. Words may import words, and everybody may import them. */
export const words = [
  "address",
  "clock",
  "desired",
  "diagnostics",
  "errors",
  "ledger",
  "plan",
  "policy",
  "schema",
  "snapshot",
] as const;

/** The interfaces of the edges, without the implementations behind them. */
const interfaces = ["clock/clock", "engine", "repository", "state"];

/** The implementations: only workspace and testing may name them. */
const concrete = ["clock/system-clock", "engines/*", "repository/filesystem", "state/local"];

export interface Room {
  /** Path below src without extension; `*` stands for one path segment. */
  readonly room: string;
  /** Rooms that it may import besides itself and the words. */
  readonly imports: readonly string[];
  /** Rooms of which it may import types only. */
  readonly types?: readonly string[];
  /** May it import Node's modules that touch the world (`worldModules`)? */
  readonly world?: boolean;
}

export const rooms: readonly Room[] = [
  ...words.map((room) => ({ room, imports: [] })),

  // edges
  { room: "clock/clock", imports: [] },
  { room: "clock/system-clock", imports: ["clock/clock"] },
  { room: "config", imports: ["clock/clock"], world: true },
  { room: "engine", imports: ["clock/clock"], types: ["repository"], world: true },
  { room: "engines/*", imports: ["clock/clock", "engine"], types: ["repository"], world: true },
  { room: "repository", imports: ["clock/clock", "engine"], world: true },
  { room: "repository/filesystem", imports: ["clock/clock", "engine", "repository"], world: true },
  { room: "state", imports: ["clock/clock"], world: true },
  { room: "state/local", imports: ["clock/clock", "state"], world: true },

  // doing
  { room: "apply", imports: interfaces },
  {
    room: "workspace",
    imports: [...interfaces, ...concrete, "config", "apply", "workspace/engine-checking"],
  },
  // The contract is shipped as a command: loaded when it is run, never before.
  {
    room: "workspace/engine-checking",
    imports: ["workspace", "testing", "engine", "engines/*"],
  },

  // surfaces: nobody imports them
  {
    room: "cli",
    imports: ["workspace", "cli/commands/synth", "index"],
    types: ["apply", "clock/clock"],
  },
  { room: "cli/main", imports: ["cli", "workspace", "index"], types: ["apply"], world: true },
  // Loaded when it is run, never before: the engine of constructs is large.
  { room: "cli/commands/synth", imports: ["cli", "cdktf"] },
  { room: "cdktf", imports: ["config", "terraform/schema", "workspace", "index"] },
  { room: "daemon", imports: ["workspace", "index"], types: ["apply", "clock/clock"] },
  {
    room: "terraform",
    imports: [
      "terraform/plugin",
      "terraform/schema",
      "terraform/server",
      "terraform/wire",
      "workspace",
      "index",
    ],
    types: ["apply", "clock/clock"],
  },
  // Values of Terraform become a configuration, checked as the one in YAML is.
  { room: "terraform/schema", imports: ["config"] },
  { room: "terraform/wire", imports: [] },
  { room: "terraform/server", imports: ["terraform/wire"], types: ["clock/clock"] },
  {
    room: "terraform/plugin",
    imports: ["terraform/server", "terraform/wire"],
    types: ["clock/clock"],
    world: true,
  },

  // published
  {
    room: "testing",
    imports: [...interfaces, ...concrete, "config", "apply", "workspace"],
    world: true,
  },
  { room: "index", imports: [...interfaces, "config", "apply", "workspace"] },
];

/** Node's modules that touch the world. The rest (`path`, `url`, `crypto`, ...) is for everybody. */
export const worldModules = [
  "child_process",
  "cluster",
  "dgram",
  "dns",
  "fs",
  "http",
  "http2",
  "https",
  "net",
  "os",
  "process",
  "readline",
  "sqlite",
  "tls",
  "worker_threads",
] as const;

/** Packages that src/ uses, each with the rooms (and the rooms below) that may name it. */
export const packages: Readonly<Record<string, readonly string[]>> = {
  "@lancedb/lancedb": ["engines/lancedb", "testing"],
  "@napi-rs/blake-hash": ["repository"],
  "@stricli/core": ["cli"],
  "apache-arrow": ["engines/lancedb", "testing"],
  cdktf: ["cdktf"],
  constructs: ["cdktf"],
  croner: ["policy"],
  "hash-wasm": ["repository"],
  picocolors: ["cli"],
  undici: ["engines/qdrant", "testing"],
  yaml: ["config"],
};

export interface Ban {
  readonly name: string;
  /** What must not be found in code. Comments and the contents of strings are not looked at. */
  readonly pattern: RegExp;
  /** Rooms (and the rooms below them) where it is allowed. */
  readonly allowedIn: readonly string[];
  /** What to do instead. */
  readonly instead: string;
}

const ownsTime = ["clock/system-clock", "workspace", "cli/main", "testing"];
const ownsProcess = ["cli", "cdktf/process", "daemon/main", "terraform/main"];

/** Bans in the code of src/. */
export const bans: readonly Ban[] = [
  {
    name: "reads the time",
    pattern: /\bDate\.now\b|\bnew Date\b(\(\s*\)|(?!\s*\())|\bperformance\.now\b|\bTemporal\.Now\b/,
    allowedIn: ownsTime,
    instead: "take a Clock",
  },
  {
    name: "uses a timer",
    pattern: /\bset(Timeout|Interval|Immediate)\b|\bAbortSignal\.timeout\b/,
    allowedIn: ownsTime,
    instead: "take a Clock",
  },
  {
    name: "uses chance",
    pattern: /\bMath\.random\b|\brandom(UUID|Bytes|Int|FillSync|Fill)\b|\bgetRandomValues\b/,
    allowedIn: ownsTime,
    instead: "take a Clock",
  },
  {
    // `process.pid` and the like name this process in locks and temporary files.
    name: "touches the process",
    pattern: /(?<![.\w$])(globalThis\.)?process\??\.(?!(pid|platform|arch|kill)\b)\w+/,
    allowedIn: ownsProcess,
    instead: "take what it needs as an argument",
  },
  {
    name: "asks who it is",
    pattern: /(?<![.\w$])process\.(pid|platform|arch|kill)\b/,
    allowedIn: [...ownsProcess, "repository/filesystem", "state/local", "workspace"],
    instead: "take what it needs as an argument",
  },
  {
    name: "prints",
    pattern: /(?<![.\w$])console\.\w+/,
    allowedIn: ownsProcess,
    instead: "return it or emit an event",
  },
  {
    // Pure functions refuse impossible values with it; an engine maps it where it maps the rest.
    name: "throws a RangeError",
    pattern: /\bthrow new RangeError\(/,
    allowedIn: [...words, "engines/*"],
    instead: "throw a SnapformError, return a diagnostic, or assert",
  },
  {
    name: "throws a bare error",
    pattern: /\bthrow new (?!SnapformError|RangeError)\w*Error\(/,
    allowedIn: ["errors"],
    instead: "throw a SnapformError, return a diagnostic, or assert",
  },
  {
    name: "makes another error class",
    pattern: /\bclass \w+ extends \w*Error\b/,
    allowedIn: ["errors"],
    instead: "add a code to src/errors/codes.ts",
  },
  {
    name: "has a name that says nothing",
    pattern:
      /\b(class|interface|type|function|const) \w*(Manager|Helpers?|Utils?|Handler|Info|Data)\b/,
    allowedIn: [],
    instead: "name it after what it is or does",
  },
];

export interface TextRule {
  readonly name: string;
  readonly pattern: RegExp;
  /** Which files it looks at (paths from the package root). */
  readonly files: RegExp;
  readonly except?: RegExp;
}

/** Bans in the text of any file, comments and strings included. */
export const textRules: readonly TextRule[] = [
  {
    name: "unfinished business is not left in the tree",
    pattern: new RegExp(`\\b(${["TO" + "DO", "FIX" + "ME", "XX" + "X"].join("|")})\\b`),
    files: /./,
    except: /^(package-lock\.json|test\/tidy\/)/,
  },
  {
    name: "no path of one person's machine",
    pattern: /(?<![\w.])\/(work|root|Users|home)\/\w|\b[A-Z]:\\\\?Users\b/,
    files: /./,
    except: /^(package-lock\.json|test\/tidy\/)/,
  },
  {
    name: "no host of a package registry",
    pattern:
      /\bnpmjs\.(org|com)\b|\byarnpkg\.com\b|https?:\/\/[^\s"'/]*(registry|artifactory|jfrog|nexus|npm)\b(?!\.terraform\.io)/i,
    files: /./,
    except: /^test\/tidy\//,
  },
  {
    name: "test titles are sentences in the present tense",
    pattern: /\b(test|it|describe)(\.\w+)*\(\s*["'`]should\b/i,
    files: /^test\/.*\.ts$/,
    except: /^test\/tidy\//,
  },
  {
    name: "no test is run alone",
    pattern: /\b(test|it|describe)\.only\b/,
    files: /^test\/.*\.ts$/,
    except: /^test\/tidy\//,
  },
];

/** Written by scripts/generate.ts: exempt from the limits on size. */
export const generated = /\.gen\.ts$|\/generated\//;

/** Pages that the Terraform Registry wants under the names of what they describe. */
export const registryPages = /^docs\/(resources|data-sources|functions)\/[a-z0-9_]+\.md$/;

/** Names of files and folders that become dumping grounds. */
export const bannedNames =
  /(^|[/-])(utils?|common|helpers?|managers?|misc)(?=[./-]|$)|(^|\/)types\.ts$|[/-](info|data|handler)\.ts$/;

export const limits = {
  sourceLineCount: 400,
  columnCount: 100,
  headerLineCount: { min: 3, max: 8 },
  binaryByteCount: 200 * 1024,
} as const;
