import { at, isList } from "./canonical-value.ts";
import type { Mistake } from "./mistake.ts";
import { UNKNOWN, type Attributes, type TerraformObject } from "./schema.ts";

/**
 * What a change of a resource must not change. Another value of such an attribute is refused: a
 * replacement would lose what the resource stands for.
 */
export function checkImmutable(
  attributes: Attributes,
  prior: TerraformObject,
  planned: TerraformObject,
): readonly Mistake[] {
  return Object.entries(attributes).flatMap(([name, { immutable }]): Mistake[] => {
    const [before, after] = [at(prior, name), at(planned, name)];
    // After an import nothing but the name or id is known of what was there.
    if (!immutable || before === null || before === after || after === UNKNOWN) return [];
    const { exceptFor } = immutable;
    const former = exceptFor === null ? [] : at(planned, exceptFor);
    if (former === UNKNOWN) return [];
    if (isList(former) && former.some((each) => each === before || each === UNKNOWN)) return [];
    const was = JSON.stringify(before);
    const detail =
      exceptFor === null
        ? `It is ${was} and stays so. Declare another resource for another one, or go back.`
        : `It was ${was}. What belongs to that name would be left behind: add ${was} to ` +
          `\`${exceptFor}\`, or declare another resource.`;
    const words = { code: "immutable", summary: "This cannot change", detail };
    return [{ severity: "error", ...words, path: [name] }];
  });
}
