import { isNested, type Attribute, type Block } from "../wire/schema.ts";

/** By schema, since each call asks. */
const secretive = new WeakMap<Block, boolean>();

/** Whether anything in it is sensitive or write-only. */
export function mayHoldSecrets(block: Block): boolean {
  const known = secretive.get(block);
  if (known !== undefined) return known;
  const { attributes, blocks = {} } = block;
  const found =
    Object.values(attributes).some(hasSecret) || Object.values(blocks).some(mayHoldSecrets);
  secretive.set(block, found);
  return found;
}

function hasSecret(attribute: Attribute): boolean {
  if (attribute.sensitive || attribute.writeOnly) return true;
  return isNested(attribute) && mayHoldSecrets(attribute.nested);
}
