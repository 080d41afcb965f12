import { ComplexList, type IInterpolatingParent } from "cdktf";

/** How one item of a list is referred to. */
export type ItemReference<Item> = new (
  parent: IInterpolatingParent,
  attribute: string,
  isFromSet: boolean,
  index: number,
) => Item;

/** A reference to a list of objects. */
export class ObjectList<Item> extends ComplexList {
  readonly #item: ItemReference<Item>;

  constructor(parent: IInterpolatingParent, attribute: string, item: ItemReference<Item>) {
    super(parent, attribute, false);
    this.#item = item;
  }

  /** A reference to the object at this position. */
  get(index: number): Item {
    return new this.#item(this.terraformResource, this.terraformAttribute, this.wrapsSet, index);
  }
}
