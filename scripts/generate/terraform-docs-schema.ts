import { isNested } from "../../src/terraform/schema/schema.ts";
import type {
  Attribute,
  Attributes,
  CtyType,
  ObjectSchema,
} from "../../src/terraform/schema/schema.ts";

const groups = [
  { title: "Required", fits: ({ required }: Attribute) => required === true },
  { title: "Optional", fits: ({ optional }: Attribute) => optional === true },
  {
    title: "Read-Only",
    fits: ({ required, optional }: Attribute) => required !== true && optional !== true,
  },
] as const;

/** The section "Schema" of a page, nested schemas behind it with anchors of their own. */
export function schemaSection({ attributes, blocks }: ObjectSchema): string {
  const blockLines = Object.entries(blocks).map(([name, block]) => {
    return `- \`${name}\` (Block, Optional) ${block.description} ${link("block", [name])}`;
  });
  const nested = [
    ...below(attributes, []),
    ...Object.entries(blocks).map(([name, block]) => {
      return nestedSection("block", [name], block.attributes);
    }),
  ];
  const lists = groupsOf(attributes, [], "###", blockLines);
  return `## Schema\n\n${[...lists, ...nested].join("\n")}`;
}

/** `List of String`, as the Registry writes types. */
export function typeWords(type: CtyType): string {
  if (typeof type !== "string") {
    const [kind, inner] = type;
    if (kind === "object") {
      const fields = Object.entries(inner).map(([name, each]) => `${name} ${typeWords(each)}`);
      return `Object(${fields.join(", ")})`;
    }
    return `${kind.charAt(0).toUpperCase()}${kind.slice(1)} of ${typeWords(inner)}`;
  }
  return { string: "String", number: "Number", bool: "Boolean" }[type];
}

type Path = readonly string[];

/** Where `heading` is empty, as in nested schemas, a group is opened by a word and a colon. */
function groupsOf(
  attributes: Attributes,
  path: Path,
  heading: string,
  optional: readonly string[] = [],
): string[] {
  return groups.flatMap(({ title, fits }) => {
    const lines = Object.entries(attributes)
      .filter(([, attribute]) => fits(attribute))
      .map(([name, attribute]) => line(name, attribute, [...path, name]));
    const all = title === "Optional" ? [...lines, ...optional] : lines;
    if (all.length === 0) return [];
    return [`${heading === "" ? `${title}:` : `${heading} ${title}`}\n\n${all.join("\n")}\n`];
  });
}

function line(name: string, attribute: Attribute, path: Path): string {
  const secret = attribute.sensitive ? ", Sensitive" : "";
  if (!isNested(attribute)) {
    return `- \`${name}\` (${typeWords(attribute.type)}${secret}) ${attribute.description}`;
  }
  const { mode } = attribute.nested;
  const kind = { single: "", list: " List", map: " Map", set: " Set" }[mode];
  return `- \`${name}\` (Attributes${kind}${secret}) ${attribute.description} ${link("att", path)}`;
}

function anchor(kind: "att" | "block", path: Path): string {
  return `nested${kind}--${path.join("--")}`;
}

function link(kind: "att" | "block", path: Path): string {
  return `(see [below for nested schema](#${anchor(kind, path)}))`;
}

function below(attributes: Attributes, path: Path): string[] {
  return Object.entries(attributes).flatMap(([name, attribute]) => {
    if (!isNested(attribute)) return [];
    const here = [...path, name];
    const { attributes: inner } = attribute.nested;
    return [nestedSection("att", here, inner), ...below(inner, here)];
  });
}

function nestedSection(kind: "att" | "block", path: Path, attributes: Attributes): string {
  const lists = groupsOf(attributes, path, "");
  return `<a id="${anchor(kind, path)}"></a>
### Nested Schema for \`${path.join(".")}\`

${lists.join("\n")}`;
}
