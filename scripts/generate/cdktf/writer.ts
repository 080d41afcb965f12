import { camelCase } from "../../../src/terraform/schema/names.ts";
import { isNested, type Attribute, type Attributes } from "../../../src/terraform/schema/schema.ts";
import { comment } from "./comment.ts";

/** Collects the interfaces and classes that one class of the provider needs. */
export class Writer {
  readonly types: string[] = [];
  readonly classes: string[] = [];
  readonly #parts: string[] = [];
  readonly #used = new Set<string>();

  text(): string {
    return this.#parts.join("\n");
  }

  uses(name: string): boolean {
    return this.#used.has(name);
  }

  /** The interface of a configuration and of all that lies in it. Returns its name. */
  config(owner: string, attributes: Attributes, about: string, base: string): string {
    this.#interface(`${owner}Config`, owner, attributes, about, base);
    return `${owner}Config`;
  }

  getters(owner: string, attributes: Attributes, parent: string): string[] {
    return Object.entries(attributes).map(([name, attribute]) => {
      const { type, body } = this.#getter(owner, name, attribute, parent);
      return `${comment(attribute.description, "  ")}  get ${camelCase(name)}(): ${type} {
    return ${body};
  }`;
    });
  }

  #interface(
    name: string,
    owner: string,
    attributes: Attributes,
    about: string,
    base?: string,
  ): void {
    const settable = Object.entries(attributes).filter(([, each]) => isSettable(each));
    const fields = settable.map(([field, each]) => {
      const type = this.#inputType(`${owner}${pascalCase(field)}`, each);
      const [mark, none] = each.required ? ["", ""] : ["?", " | undefined"];
      const what = comment(each.description, "  ");
      return `${what}  readonly ${camelCase(field)}${mark}: ${type}${none};`;
    });
    const extension = base === undefined ? "" : ` extends ${base}`;
    this.types.push(name);
    this.#parts.push(
      `${comment(about, "")}export interface ${name}${extension} {\n${fields.join("\n")}\n}\n`,
    );
  }

  #inputType(owner: string, attribute: Attribute): string {
    if (!isNested(attribute)) return this.#plainType(attribute);
    const { mode, attributes } = attribute.nested;
    this.#interface(owner, owner, attributes, attribute.description);
    this.#used.add("IResolvable");
    if (mode === "single") return `${owner} | IResolvable`;
    return mode === "map"
      ? `Readonly<Record<string, ${owner}>> | IResolvable`
      : `readonly ${owner}[] | IResolvable`;
  }

  #plainType({ type, enum: choices, pattern }: Exclude<Attribute, { nested: unknown }>): string {
    if (typeof type !== "string") {
      if (type[1] === "string" && type[0] !== "object")
        return type[0] === "map" ? "Readonly<Record<string, string>>" : "readonly string[]";
      throw new Error(`no attribute was of the type ${JSON.stringify(type)} so far`);
    }
    if (type === "number") return "number";
    if (type === "bool") {
      this.#used.add("IResolvable");
      return "boolean | IResolvable";
    }
    // A token is text of any kind, so that the choices are a help and no limit.
    if (choices)
      return `${choices.map((each) => JSON.stringify(each)).join(" | ")} | (string & {})`;
    return isCount(pattern) ? "string | number" : "string";
  }

  #getter(
    owner: string,
    name: string,
    attribute: Attribute,
    parent: string,
  ): { type: string; body: string } {
    const quoted = JSON.stringify(name);
    if (isNested(attribute)) {
      const { mode, attributes } = attribute.nested;
      const reference = this.#reference(`${owner}${pascalCase(name)}`, attributes);
      if (mode === "single") {
        return { type: reference, body: `new ${reference}(${parent}, ${quoted}, false)` };
      }
      this.#used.add("ObjectList");
      return {
        type: `ObjectList<${reference}>`,
        body: `new ObjectList(${parent}, ${quoted}, ${reference})`,
      };
    }
    const { type } = attribute;
    if (type === "string") return { type, body: `this.getStringAttribute(${quoted})` };
    if (type === "number") return { type, body: `this.getNumberAttribute(${quoted})` };
    if (type === "bool") {
      this.#used.add("IResolvable");
      return { type: "IResolvable", body: `this.getBooleanAttribute(${quoted})` };
    }
    return { type: "string[]", body: `this.getListAttribute(${quoted})` };
  }

  /** The class of references to an object. */
  #reference(owner: string, attributes: Attributes): string {
    const name = `${owner}OutputReference`;
    const getters = this.getters(owner, attributes, "this");
    this.classes.push(name);
    const about = comment(`References to ${owner}.`, "");
    const body = getters.join("\n\n");
    this.#parts.push(`${about}export class ${name} extends ComplexObject {\n${body}\n}\n`);
    return name;
  }
}

function isSettable({ required, optional }: Attribute): boolean {
  return required === true || optional === true;
}

/** Text that is a number most of the time. */
function isCount(pattern: string | undefined): boolean {
  if (pattern === undefined) return false;
  const form = new RegExp(pattern);
  return form.test("1") && !form.test("a");
}

/** `backup_policy` becomes `BackupPolicy`. */
export function pascalCase(name: string): string {
  const camel = camelCase(name);
  return `${camel[0]?.toUpperCase()}${camel.slice(1)}`;
}
